import type { ReactElement } from 'react';
import { useState } from 'react';
import type { SessionAnswer } from '../../../src/admin/contract-session.ts';
import { useSignIn } from '../api/use-sign-in.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';

/** Where a session ended while somebody was at work: what they typed is still there behind it. */
export function SignInAgain(props: {
  readonly name: string;
  readonly onIn: (session: SessionAnswer) => void;
  readonly onLeave: () => void;
}): ReactElement {
  const { name, onIn, onLeave } = props;
  const [password, setPassword] = useState('');
  const order = useSignIn(onIn);
  return (
    <FormDialog
      title="Your session is over"
      description={`Sign in again as ${name} to go on where you are.`}
      hidesPage
      isOpen
      onClose={onLeave}
      submitText="Sign in"
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate({ name, password });
      }}
    >
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
    </FormDialog>
  );
}
