import { answerIdempotently } from '../gateway/idempotent-answer.ts';
import { idempotentAskOf } from '../gateway/idempotent-ask.ts';
import { repeatKept } from '../gateway/idempotent-repeat.ts';
import type { WalkReply } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { ApiCall } from './api-route.ts';

/**
 * Serves the steps of a universal request, once where it has an idempotency key: all of them are one
 * request for it. A key within a step says nothing. Wallet reference §8.
 */
export async function serveStepsOnce(
  call: ApiCall,
  body: Uint8Array,
  serve: (call: ApiCall) => Promise<WalkReply>,
): Promise<WalkReply | Refusal> {
  const { account, headers, params, parts, request, requestId } = call;
  const scope = ['POST', 'universal', params['gateway'] ?? ''];
  const ask = idempotentAskOf(headers, body, { scope, beside: [] });
  if (ask === undefined) return serve(call);
  if (isRefusal(ask)) return ask;
  const outcome = await answerIdempotently({
    walk: parts.walk,
    ask,
    account,
    requestId,
    cancellation: request.cancellation,
    run: ({ cancellation, onSettled }) =>
      serve({ ...call, request: { ...request, cancellation }, onSettled }),
  });
  if (isRefusal(outcome)) return outcome;
  return outcome.kind === 'served' ? outcome.reply : repeatKept(outcome.answer, requestId);
}
