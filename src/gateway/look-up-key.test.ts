import { expect, test } from 'vitest';
import type { ClaimLook } from '../ledger/idempotency-store.ts';
import type { KeyLook } from './look-up-key.ts';
import { lookUpKey } from './look-up-key.ts';

const ask = { key: 'order-7', scope: 'POST messages', fingerprint: 'print' };

/** What is made of what a store says, and what is logged of it. */
async function made(
  look: (() => Promise<ClaimLook>) | undefined,
): Promise<readonly [KeyLook, readonly string[]]> {
  const events: string[] = [];
  const log = { error: (event: string) => events.push(event) };
  const asked = { principal: { account: 'one' }, startedAtMs: 1000, walk: { log } };
  return [await lookUpKey(asked, ask, look && { look }), events];
}

const requestId = 'req_1';

test.each<[ClaimLook, object]>([
  [{ kind: 'free' }, { kind: 'free' }],
  [
    { kind: 'done', requestId, isKept: true },
    { kind: 'repeats', requestId },
  ],
  [
    { kind: 'done', requestId, isKept: false },
    {
      kind: 'refused',
      why: 'not_kept',
      requestId,
      said: { reason: 'idempotency_stream_not_replayable' },
    },
  ],
  [
    { kind: 'running', requestId },
    { kind: 'refused', why: 'running', requestId, said: { reason: 'idempotency_key_running' } },
  ],
  [
    { kind: 'differs' },
    { kind: 'refused', why: 'differs', said: { reason: 'idempotency_key_reused' } },
  ],
  [{ kind: 'full' }, { kind: 'refused', why: 'full', said: { reason: 'idempotency_keys_full' } }],
])('%j', async (found, wanted) => {
  const [look, events] = await made(() => Promise.resolve(found));
  expect(look).toMatchObject(wanted);
  expect(events).toEqual([]);
});

test.each<[string, (() => Promise<ClaimLook>) | undefined, readonly string[]]>([
  ['no keys are kept', undefined, []],
  ['keys cannot be read', () => Promise.reject(new Error('no disk')), ['idempotency_look_failed']],
])('%s: a request with one would not run', async (_what, store, logged) => {
  const [look, events] = await made(store);
  expect(look).toMatchObject({
    kind: 'refused',
    why: 'unavailable',
    said: { reason: 'idempotency_unavailable' },
  });
  expect(events).toEqual(logged);
});
