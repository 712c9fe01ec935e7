import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { SessionAnswer, SignInOrder } from '../../../src/admin/contract-session.ts';
import { callApi } from '../api/call-api.ts';
import { TextField } from '../ui/field.tsx';
import { Entrance } from './entrance.tsx';

/** Name and password, for who can show them. */
export function SignIn({
  onIn,
}: {
  readonly onIn: (session: SessionAnswer) => void;
}): ReactElement {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const order = useMutation({
    mutationFn: (body: SignInOrder) =>
      callApi<SessionAnswer>('/admin/v1/session', { method: 'POST', body }),
    onSuccess: onIn,
  });
  return (
    <Entrance
      title="Sign in"
      lead="This console administers the gateway: its keys, its money, its traffic."
      submitText="Sign in"
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate({ name, password });
      }}
    >
      <TextField
        label="Name"
        autoComplete="username"
        value={name}
        onChange={(event) => {
          setName(event.target.value);
        }}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
    </Entrance>
  );
}
