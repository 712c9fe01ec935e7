import type { UseMutationResult } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { usePasswordAgain } from '../app/password-again.tsx';
import { useToasts } from '../ui/toasts.tsx';
import { hasCode } from './api-error.ts';

/** An order to the gateway, and what is to be read anew once it was carried out. */
export interface Order<Asked, Answer> {
  readonly send: (asked: Asked) => Promise<Answer>;
  /** Beginnings of query keys: paths of the admin API. */
  readonly changes: readonly string[];
  /** What is said when it was done; nothing where absent. */
  readonly done?: string | ((answer: Answer) => string);
}

/**
 * Sends an order. Where the gateway wants a fresh sign-in for it, the operator is asked for the
 * password and the order is sent again.
 */
export function useOrder<Asked, Answer>({
  send,
  changes,
  done,
}: Order<Asked, Answer>): UseMutationResult<Answer, Error, Asked> {
  const queries = useQueryClient();
  const askPassword = usePasswordAgain();
  const toasts = useToasts();
  return useMutation({
    async mutationFn(asked: Asked): Promise<Answer> {
      try {
        return await send(asked);
      } catch (error) {
        if (!hasCode(error, 'confirm_needed')) throw error;
        await askPassword();
        return send(asked);
      }
    },
    async onSuccess(answer) {
      if (done !== undefined) toasts.say(typeof done === 'string' ? done : done(answer));
      await queries.invalidateQueries({
        predicate: ({ queryKey: [first] }) =>
          typeof first === 'string' && changes.some((path) => first.startsWith(path)),
      });
    },
  });
}
