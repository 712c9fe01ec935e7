import { useMutation } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { createContext, useCallback, useContext, useRef, useState } from 'react';
import type { SessionAnswer } from '../../../src/admin/contract-session.ts';
import { callApi, keepCsrfToken } from '../api/call-api.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { errorAt } from '../ui/use-form.ts';

type AskPassword = () => Promise<void>;

const Context = createContext<AskPassword | undefined>(undefined);

/** Asks the operator for the password again; what is thrown says that they would not. */
export function usePasswordAgain(): AskPassword {
  const ask = useContext(Context);
  if (ask === undefined) throw new Error('there is nobody around this who asks for a password');
  return ask;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** The one dialog that asks for a password where a write wants a fresh sign-in. */
export function PasswordAgainProvider({
  children,
}: {
  readonly children: ReactNode;
}): ReactElement {
  const waiting = useRef<Waiting>(undefined);
  const [isOpen, setOpen] = useState(false);
  const [password, setPassword] = useState('');
  const ask = useCallback<AskPassword>(
    () =>
      new Promise((resolve, reject) => {
        waiting.current = { resolve, reject };
        setPassword('');
        setOpen(true);
      }),
    [],
  );
  const confirm = useMutation({
    mutationFn: () =>
      callApi<SessionAnswer>('/admin/v1/session/confirm', { method: 'POST', body: { password } }),
    onSuccess(session) {
      keepCsrfToken(session.csrf_token);
      setOpen(false);
      waiting.current?.resolve();
    },
  });
  const close = (): void => {
    setOpen(false);
    confirm.reset();
    waiting.current?.reject(new Error('The password was not given, so nothing was changed.'));
  };
  return (
    <Context value={ask}>
      {children}
      <FormDialog
        title="Your password, again"
        description="What you are about to do wants a fresh sign-in."
        isOpen={isOpen}
        onClose={close}
        submitText="Go on"
        isBusy={confirm.isPending}
        error={confirm.error}
        onSubmit={() => {
          confirm.mutate();
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
          error={errorAt(confirm.error, 'password')}
        />
      </FormDialog>
    </Context>
  );
}
