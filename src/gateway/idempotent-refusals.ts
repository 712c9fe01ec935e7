import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';

/** How soon whoever is told that the first request still runs may ask again; wallet reference §8. */
const RUNNING_RETRY_MS = 1000;
const param = 'Idempotency-Key';

/** Why a key can be neither claimed nor answered by. */
export type TakenKey = 'running' | 'differs' | 'not_kept' | 'full';

/** What whoever asks with such a key is told. */
export function refuseTaken(taken: TakenKey): Refusal {
  return refusals[taken]();
}

const refusals: Readonly<Record<TakenKey, () => Refusal>> = {
  running: runningKey,
  differs: reusedKey,
  not_kept: notReplayable,
  full: tooManyKeys,
};

/** Case I07. */
export function invalidKey(): Refusal {
  const text = 'Idempotency-Key: 1 to 255 visible ASCII characters are wanted.';
  return refusal('invalid_request', text, { param, reason: 'idempotency_key_invalid' });
}

/** Case I03. */
function runningKey(): Refusal {
  const text =
    'Idempotency-Key: the first request with this key has not ended yet. Please try again in a moment.';
  const reason = 'idempotency_key_running';
  return refusal('conflict', text, { param, reason, retryAfterMs: RUNNING_RETRY_MS });
}

/** Case I02. */
function reusedKey(): Refusal {
  const text =
    'Idempotency-Key: this key was used for another request. Use a new key for a new request.';
  return refusal('unprocessable', text, { param, reason: 'idempotency_key_reused' });
}

/** The answer was given and could not be kept: asking again would be paid for again. */
function notReplayable(): Refusal {
  const text =
    'Idempotency-Key: the request with this key was answered, and its answer was too large to be kept. Use a new key to ask anew.';
  const reason = 'idempotency_stream_not_replayable';
  return refusal('conflict', text, { param, reason, isRetryable: false });
}

/** Every table has a bound. */
function tooManyKeys(): Refusal {
  const text =
    'Idempotency-Key: this account has as many keys as are kept for one. Each is forgotten 24 hours after it was first used.';
  const reason = 'idempotency_keys_full';
  return refusal('rate_limited', text, { param, reason, isRetryable: false });
}

/** Whoever sends a key counts on it, so nothing runs without it. */
export function keysUnavailable(): Refusal {
  const text =
    'Idempotency-Key: keys cannot be kept at the moment, so nothing was asked. Please try again later.';
  return refusal('unavailable', text, { param, reason: 'idempotency_unavailable' });
}
