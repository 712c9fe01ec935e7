import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { SessionAnswer, SetupOrder } from '../../../src/admin/contract-session.ts';
import { hasCode } from '../api/api-error.ts';
import { callApi } from '../api/call-api.ts';
import { TextField } from '../ui/field.tsx';
import { useToasts } from '../ui/toasts.tsx';
import { useForm } from '../ui/use-form.ts';
import { Entrance } from './entrance.tsx';
import { NameAndPassword } from './name-and-password.tsx';

/** The first operator is made with the token that the gateway printed when it started. */
export function FirstRun({
  onIn,
  onDone,
}: {
  readonly onIn: (session: SessionAnswer) => void;
  /** Somebody else was faster, or it was done at the command line. */
  readonly onDone: () => void;
}): ReactElement {
  const toasts = useToasts();
  // A link that the gateway printed may have the token behind its `#`, which no server sees.
  const [token, setToken] = useState(() => window.location.hash.replace(/^#token=/, ''));
  const form = useForm({ name: '', password: '' });
  const order = useMutation({
    mutationFn: (body: SetupOrder) =>
      callApi<SessionAnswer>('/admin/v1/setup', { method: 'POST', body }),
    onSuccess(session) {
      forgetToken();
      onIn(session);
    },
    onError(error) {
      if (!hasCode(error, 'setup_done')) return;
      forgetToken();
      toasts.say(error.message);
      onDone();
    },
  });
  return (
    <Entrance
      title="Set up the console"
      lead="Nobody can sign in yet. The gateway printed a set-up token when it started; it works once, for fifteen minutes."
      submitText="Make the first operator"
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate({ token: token.trim(), ...form.values });
      }}
    >
      <TextField
        label="Set-up token"
        mono
        value={token}
        onChange={(event) => {
          setToken(event.target.value);
        }}
      />
      <NameAndPassword form={form} isNew error={order.error} />
    </Entrance>
  );
}

/** It works no more, and the address goes on to the page that was asked for. */
function forgetToken(): void {
  const { pathname, search } = window.location;
  window.history.replaceState(null, '', `${pathname}${search}`);
}
