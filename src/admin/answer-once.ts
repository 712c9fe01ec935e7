import type { WalkReply } from '../gateway/exchange.ts';
import type { GatewayApiRequest } from '../gateway/gateway-api.ts';
import { fingerprintOf } from '../gateway/idempotent-ask.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { ClaimPlace, KeptAnswer } from '../ledger/idempotency-store.ts';
import { unreachable } from '../std/assert.ts';
import type { ApiCall } from './api-route.ts';
import { encodeRefusal } from './encode-reply.ts';

const KEPT_MS = 86_400_000;
const RUNNING_RETRY_MS = 1000;
const REFUSED_FROM = 400;

/**
 * Carries out a write that came with an idempotency key once: the same again is its answer, the same
 * key for something else is refused (wallet reference §8). What was refused, or failed, may be asked
 * again; money is kept from moving twice by the books themselves, for ever.
 */
export async function answerOnce(
  call: ApiCall,
  request: GatewayApiRequest,
  run: () => Promise<WalkReply>,
): Promise<WalkReply> {
  const { parts, idempotencyKey: key } = call;
  const asker = askerOf(call);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (key === undefined || asker === undefined || isRead) return run();
  const { idempotency, owner } = parts;
  const place: ClaimPlace = {
    account: asker.account,
    scope: `${request.method} ${request.path}`,
    key,
    requestId: call.requestId,
  };
  const outcome = await idempotency.claim({
    ...place,
    // Another key of the account may do less: it does not get what this one did, a key's secret least of all.
    fingerprint: fingerprintOf([asker.id], call.bodyBytes),
    owner,
    atMs: call.atMs,
    expiresAtMs: call.atMs + KEPT_MS,
  });
  switch (outcome.kind) {
    case 'claimed':
      return runClaimed(call, place, run);
    case 'running': {
      const text = 'The first request with this idempotency key has not ended yet.';
      const said = { reason: 'idempotency_key_running', retryAfterMs: RUNNING_RETRY_MS };
      return encodeRefusal(refusal('conflict', text, said), call.requestId);
    }
    case 'differs':
      return encodeRefusal(reusedKey(), call.requestId);
    case 'done':
      return outcome.answer === undefined
        ? encodeRefusal(notKept(), call.requestId)
        : replayed(outcome.answer, call.requestId);
    case 'full': {
      const text = 'This account has as many idempotency keys as are kept for one.';
      return encodeRefusal(refusal('rate_limited', text), call.requestId);
    }
    default:
      return unreachable(outcome);
  }
}

/** Whose idempotency keys they are. An operator has their own, whichever session they ask in. */
function askerOf({
  principal,
  session,
}: ApiCall): { readonly account: string; readonly id: string } | undefined {
  if (principal !== undefined) return { account: principal.account, id: principal.keyId };
  if (session === undefined) return undefined;
  const name = `operator:${session.operator}`;
  return { account: name, id: name };
}

/** That an idempotency key was used for something else. */
export function reusedKey(): Refusal {
  const text = 'idempotency-key: it was used for another request; use a new one for this';
  return refusal('unprocessable', text, {
    reason: 'idempotency_key_reused',
    param: 'idempotency-key',
  });
}

function notKept(): Refusal {
  const text = 'This was done already, and its answer was too large to be kept.';
  return refusal('conflict', text, { reason: 'idempotency_answer_not_kept' });
}

async function runClaimed(
  { parts: { idempotency } }: ApiCall,
  place: ClaimPlace,
  run: () => Promise<WalkReply>,
): Promise<WalkReply> {
  let isKept = false;
  try {
    const reply = await run();
    const { status, headers, body } = reply;
    if (status < REFUSED_FROM && body instanceof Uint8Array) {
      isKept = await idempotency.complete({ ...place, answer: { status, headers, body } });
    }
    return reply;
  } finally {
    if (!isKept) await idempotency.abandon(place);
  }
}

/** The first answer under this request's own id. */
function replayed({ status, headers, body }: KeptAnswer, requestId: string): WalkReply {
  const at = headers.indexOf('request-id');
  const kept = at < 0 ? headers : [...headers.slice(0, at), ...headers.slice(at + 2)];
  const own = ['request-id', requestId, 'idempotent-replayed', 'true'];
  return { status, headers: [...kept, ...own], body };
}
