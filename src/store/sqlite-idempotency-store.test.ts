import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import type {
  ClaimLook,
  ClaimOrder,
  IdempotencyStore,
  KeptAnswer,
} from '../ledger/idempotency-store.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

let directory: string;
let store: Store;
let keys: IdempotencyStore;
beforeEach(async () => {
  directory = makeDataDir();
  store = await openStore(directory, () => {});
  keys = store.idempotency;
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const hourMs = 3_600_000;

function claim(more: Partial<ClaimOrder> = {}): ClaimOrder {
  return {
    account: 'acme',
    scope: 'POST /v1/messages',
    key: 'order-7',
    requestId: 'req_1',
    fingerprint: 'print',
    owner: 'epoch1',
    atMs: 1000,
    expiresAtMs: 1000 + 24 * hourMs,
    ...more,
  };
}

const answer: KeptAnswer = {
  status: 200,
  headers: ['content-type', 'application/json', 'request-id', 'req_1'],
  body: new TextEncoder().encode('{"text":"a word that nobody else says: zanzibarian"}'),
};

describe('an idempotency key', () => {
  test('is claimed once, however many ask (I10)', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        keys.claim(claim({ requestId: `req_${String(index)}` })),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'running')).toHaveLength(19);
  });

  test('gives its answer again, byte by byte (I01)', async () => {
    await keys.claim(claim());
    expect(await keys.complete({ ...claim(), answer })).toBe(true);
    const again = await keys.claim(claim({ requestId: 'req_2' }));
    expect(again).toMatchObject({ kind: 'done', requestId: 'req_1', answer: { status: 200 } });
    if (again.kind !== 'done') return;
    expect(again.answer?.headers).toEqual(answer.headers);
    expect(Buffer.from(again.answer?.body ?? []).equals(answer.body)).toBe(true);
  });

  test.each([
    ['I02 another body', { fingerprint: 'other' }, 'differs'],
    ['I03 the same while it runs', {}, 'running'],
    ['I06 another account', { account: 'other' }, 'claimed'],
    ['another path', { scope: 'POST /v1/chat/completions' }, 'claimed'],
    ['I08 after its time', { atMs: 1000 + 25 * hourMs, expiresAtMs: 10 ** 13 }, 'claimed'],
  ])('%s', async (_case, more, kind) => {
    await keys.claim(claim());
    expect((await keys.claim(claim({ requestId: 'req_2', ...more }))).kind).toBe(kind);
  });

  test.each<[string, object, ClaimLook]>([
    ['nobody has it', { key: 'order-8' }, { kind: 'free' }],
    ['its request runs', { key: 'runs' }, { kind: 'running', requestId: 'req_9' }],
    ['it was answered', {}, { kind: 'done', requestId: 'req_1', isKept: true }],
    ['it is another request', { fingerprint: 'other' }, { kind: 'differs' }],
    ['it is past its time', { atMs: 1000 + 25 * hourMs }, { kind: 'free' }],
    [
      'a millisecond before that',
      { atMs: 999 + 24 * hourMs },
      { kind: 'done', requestId: 'req_1', isKept: true },
    ],
  ])(
    'can be looked at: %s; and what was looked at is claimed as before',
    async (_case, more, found) => {
      await keys.claim(claim());
      await keys.complete({ ...claim(), answer });
      await keys.claim(claim({ key: 'runs', requestId: 'req_9' }));
      const asked = claim({ requestId: 'req_2', ...more });
      for (let time = 0; time < 2; time += 1) expect(await keys.look(asked)).toEqual(found);
      const { kind } = await keys.claim({ ...asked, expiresAtMs: 10 ** 13 });
      expect(kind).toBe(found.kind === 'free' ? 'claimed' : found.kind);
    },
  );

  test('is free again once it is given back, by its owner only (I04, I05)', async () => {
    await keys.claim(claim());
    await keys.abandon(claim({ requestId: 'req_2' }));
    expect((await keys.claim(claim({ requestId: 'req_2' }))).kind).toBe('running');
    await keys.abandon(claim());
    expect((await keys.claim(claim({ requestId: 'req_2' }))).kind).toBe('claimed');
    expect(await keys.complete({ ...claim(), answer })).toBe(false);
  });

  test('that is done is not given back any more', async () => {
    await keys.claim(claim());
    await keys.complete({ ...claim(), answer });
    await keys.abandon(claim());
    expect((await keys.claim(claim({ requestId: 'req_2' }))).kind).toBe('done');
  });

  test('of a process that died is given back by the next', async () => {
    await keys.claim(claim());
    await keys.claim(claim({ key: 'done', requestId: 'req_9' }));
    await keys.complete({ ...claim({ key: 'done', requestId: 'req_9' }), answer });
    await keys.claim(claim({ key: 'mine', owner: 'epoch2' }));
    expect((await keys.runningOwners()).toSorted()).toEqual(['epoch1', 'epoch2']);
    expect(await keys.abandonOwner('epoch1')).toBe(1);
    expect(await keys.runningOwners()).toEqual(['epoch2']);
    expect((await keys.claim(claim({ requestId: 'req_2' }))).kind).toBe('claimed');
    expect((await keys.claim(claim({ key: 'mine', requestId: 'req_2' }))).kind).toBe('running');
    expect((await keys.claim(claim({ key: 'done', requestId: 'req_2' }))).kind).toBe('done');
  });

  test('whose process died is claimed again after the first of those that died, within its time', async () => {
    await keys.claim(claim({ expiresAtMs: 9000 }));
    await keys.abandonOwner('epoch1');
    const second = claim({ requestId: 'req_2', owner: 'epoch2', expiresAtMs: 9500 });
    expect(await keys.claim(second)).toEqual({ kind: 'claimed', after: 'req_1' });
    await keys.abandonOwner('epoch2');
    const third = claim({ requestId: 'req_3', owner: 'epoch3', expiresAtMs: 9900 });
    expect(await keys.claim(third)).toEqual({ kind: 'claimed', after: 'req_1' });
    await keys.abandon(third);
    const other = claim({ requestId: 'req_4', fingerprint: 'other' });
    expect(await keys.claim(other)).toEqual({ kind: 'claimed' });
    await keys.abandon(other);
    const late = claim({ requestId: 'req_5', atMs: 9000, expiresAtMs: 20_000 });
    expect(await keys.claim(late)).toEqual({ kind: 'claimed' });
  });

  test('with an answer that is too large is known to be done, without it', async () => {
    await keys.claim(claim());
    const body = new Uint8Array(16_777_217);
    expect(await keys.complete({ ...claim(), answer: { ...answer, body } })).toBe(true);
    const again = await keys.claim(claim({ requestId: 'req_2' }));
    expect(again).toEqual({ kind: 'done', requestId: 'req_1', answer: undefined });
  });

  test('is forgotten after its time, so many at once', async () => {
    for (const key of ['a', 'b', 'c']) await keys.claim(claim({ key, expiresAtMs: 2000 }));
    expect(await keys.forgetExpired(1999, 10)).toBe(0);
    expect(await keys.forgetExpired(2000, 2)).toBe(2);
    expect(await keys.forgetExpired(2000, 2)).toBe(1);
  });

  test('shows nothing of what was said in the files of the store', async () => {
    await keys.claim(claim());
    await keys.complete({ ...claim(), answer });
    const files = readdirSync(directory)
      .filter((name) => name.startsWith('quatrain.db'))
      .map((name) => readFileSync(join(directory, name)));
    expect(files.some((bytes) => bytes.includes('order-7'))).toBe(true);
    expect(files.some((bytes) => bytes.includes('zanzibarian'))).toBe(false);
  });
});

describe('the keys of one account', () => {
  test('are bounded in number', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => [
      'acme',
      'scope',
      String(index),
      'print',
      'req',
      'owner',
      1,
      5000,
      10_000,
    ]);
    await store.writer.write({ statement: 'claimKey', rows });
    expect(await keys.look(claim())).toEqual({ kind: 'full' });
    expect(await keys.claim(claim())).toEqual({ kind: 'full' });
    // One that is past its time makes room for itself.
    const expired = claim({ scope: 'scope', key: '7', atMs: 5000 });
    expect(await keys.look(expired)).toEqual({ kind: 'free' });
    expect((await keys.claim(claim({ account: 'other' }))).kind).toBe('claimed');
    await keys.forgetExpired(5000, 1);
    expect((await keys.claim(claim())).kind).toBe('claimed');
  });
});
