import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  account,
  holdOrder,
  settlementOrder,
  transferOrder,
  withWallet,
} from '../../test/support/ledger-orders.ts';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import type { AuditEntry } from '../ledger/audit-trail.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

let directory: string;
let store: Store;
beforeAll(async () => {
  directory = makeDataDir();
  store = await openStore(directory, () => {});
  await withWallet(store.ledger);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const entry: AuditEntry = {
  atMs: 1000,
  actor: 'admin',
  keyId: 'abcdefghij',
  address: '10.1.2.3',
  requestId: 'req_1',
  action: 'wallet.adjust',
  account,
  subject: 'adjust-1',
  reason: 'ticket 7',
  before: '{"posted":"1"}',
  after: '{"posted":"2"}',
};

describe('the audit log', () => {
  test('has an entry with the transfer that it is about, and none without', async () => {
    const adjust = transferOrder({ transferId: 'adjust-1', reason: 'adjust_up', audit: entry });
    expect((await store.ledger.transfer(adjust)).kind).toBe('done');
    expect((await store.ledger.transfer(adjust)).kind).toBe('already');
    const tooMuch = transferOrder({
      transferId: 'adjust-2',
      reason: 'adjust_down',
      amountNanoUsd: 10n ** 15n,
      audit: entry,
    });
    expect((await store.ledger.transfer(tooMuch)).kind).toBe('refused');
    expect(await store.auditLog.list({ limit: 10 })).toEqual({
      records: [{ ...entry, sequence: 1n }],
      lookedTo: undefined,
    });
  });

  test('has an entry with a wallet that is frozen', async () => {
    const frozen = { ...entry, action: 'wallet.freeze' };
    await store.ledger.setWalletStatus(account, 'frozen', 5, frozen);
    await store.ledger.setWalletStatus('nobody', 'frozen', 5, frozen);
    await store.ledger.setWalletStatus(account, 'open', 6);
    const { records } = await store.auditLog.list({ account, limit: 10 });
    expect(records.map(({ action }) => action)).toEqual(['wallet.freeze', 'wallet.adjust']);
  });

  test('is read page by page, newest first; members that an entry lacks stay away', async () => {
    const bare = { atMs: 2000, actor: 'cli', action: 'plan.create', subject: 'gold' };
    const sequence = await store.auditLog.append(bare);
    const [newest] = (await store.auditLog.list({ limit: 1 })).records;
    expect(newest).toStrictEqual({ ...bare, sequence });
    const after = { atMs: bare.atMs, sequence };
    const older = await store.auditLog.list({ after, limit: 10 });
    expect(older.records.map((one) => one.sequence)).toEqual([2n, 1n]);
    const none = { records: [], lookedTo: undefined };
    expect(await store.auditLog.list({ account: 'nobody', limit: 10 })).toEqual(none);
  });

  test('and the books are verified on a thread of their own', async () => {
    expect(await store.auditLog.verify()).toMatchObject({ entries: 3, problems: [] });
    const audit = await store.ledger.verify();
    expect(audit).toMatchObject({ transfers: 2, problems: [] });
    expect(audit.head).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the writer', () => {
  test('carries out orders between writes; one that fails leaves its neighbours alone', async () => {
    const row = ['k', 'scope', 'key', 'print', 'req', 'owner', 1, 2, 10];
    const hold = holdOrder({ holdId: 'mixed', amountNanoUsd: 5n });
    const outcomes = await Promise.allSettled([
      store.ledger.openHold(hold),
      store.writer.write({ statement: 'claimKey', rows: [row] }),
      store.writer.write({ statement: 'claimKey', rows: [[null, ...row.slice(1)]] }),
      store.writer.order('settle', { ...settlementOrder({ holdId: 'mixed' }), amountNanoUsd: -1n }),
      store.ledger.settle(settlementOrder({ holdId: 'mixed', amountNanoUsd: 3n })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(await store.ledger.hold('mixed')).toMatchObject({
      state: 'settled',
      chargedNanoUsd: 3n,
    });
    expect((await store.ledger.verify()).problems).toEqual([]);
  });
});
