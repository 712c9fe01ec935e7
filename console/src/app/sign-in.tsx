import type { ReactElement } from 'react';
import type { SessionAnswer } from '../../../src/admin/contract-session.ts';
import { useSignIn } from '../api/use-sign-in.ts';
import { useForm } from '../ui/use-form.ts';
import { Entrance } from './entrance.tsx';
import { NameAndPassword } from './name-and-password.tsx';

/** Name and password, for who can show them. */
export function SignIn({
  onIn,
}: {
  readonly onIn: (session: SessionAnswer) => void;
}): ReactElement {
  const form = useForm({ name: '', password: '' });
  const order = useSignIn(onIn);
  return (
    <Entrance
      title="Sign in"
      lead="This console administers the gateway: its keys, its money, its traffic."
      submitText="Sign in"
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate(form.values);
      }}
    >
      <NameAndPassword form={form} isNew={false} />
    </Entrance>
  );
}
