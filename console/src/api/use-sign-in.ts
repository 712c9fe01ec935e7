import type { UseMutationResult } from '@tanstack/react-query';
import { useMutation } from '@tanstack/react-query';
import type { SessionAnswer, SignInOrder } from '../../../src/admin/contract-session.ts';
import { callApi } from './call-api.ts';

/** Signs in with a name and a password; before a session there is nothing to be read anew. */
export function useSignIn(
  onIn: (session: SessionAnswer) => void,
): UseMutationResult<SessionAnswer, Error, SignInOrder> {
  return useMutation({
    mutationFn: (body: SignInOrder) =>
      callApi<SessionAnswer>('/admin/v1/session', { method: 'POST', body }),
    onSuccess: onIn,
  });
}
