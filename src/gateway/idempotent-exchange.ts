import type { KeptAnswer } from '../ledger/idempotency-store.ts';
import { isRefusal } from '../messages/errors.ts';
import { authorizeCalledModel } from './authorize-call.ts';
import type { AttemptedExchange, DecodedExchange, WalkReply } from './exchange.ts';
import type { EndedWalk } from './ended-walk.ts';
import { answerIdempotently } from './idempotent-answer.ts';
import { repeatKept } from './idempotent-repeat.ts';
import { settleBeforeReply } from './settle-request.ts';

/** What stands for an upstream where none was asked. */
const REPEAT_NAME = 'idempotency';

type ServedOnce = EndedWalk | { readonly kind: 'served'; readonly reply: WalkReply };

/**
 * Serves an exchange once where it has an idempotency key, and as it is where it has none. A caller
 * who leaves does not end what is served with a key. Wallet reference §8.
 */
export async function serveOnce(
  exchange: DecodedExchange,
  serve: (exchange: DecodedExchange) => Promise<WalkReply>,
): Promise<ServedOnce> {
  const { idempotent: ask, walk, request, principal } = exchange;
  if (ask === undefined) return { kind: 'served', reply: await serve(exchange) };
  const outcome = await answerIdempotently({
    walk,
    ask,
    account: principal.account,
    requestId: request.id,
    cancellation: request.cancellation,
    run: (as) => serve({ ...exchange, request: { ...request, ...as } }),
  });
  if (isRefusal(outcome)) return { kind: 'refused', at: exchange, refused: outcome };
  return outcome.kind === 'served' ? outcome : serveAgain(exchange, outcome.answer);
}

/** The answer to an earlier request: it costs nothing, and goes to nobody who may not ask for it. */
async function serveAgain(exchange: DecodedExchange, answer: KeptAnswer): Promise<EndedWalk> {
  const denied = authorizeCalledModel(exchange);
  if (denied !== undefined) return { kind: 'refused', at: exchange, refused: denied };
  const { request, walk } = exchange;
  const at: AttemptedExchange = { ...exchange, isRepeat: true, upstream: { name: REPEAT_NAME } };
  await settleBeforeReply(at, {
    status: answer.status,
    responseBytes: answer.body.length,
    firstByteAtMs: walk.clock.monotonicMs(),
  });
  return { kind: 'reply', at, reply: repeatKept(answer, request.id) };
}
