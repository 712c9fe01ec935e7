import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  account,
  budgetClaim,
  holdOrder,
  settlementOrder,
  transferOrder,
  withWallet,
} from '../../test/support/ledger-orders.ts';
import { LedgerBreach } from './ledger-order-runner.ts';
import { verifyAuditLog, verifyLedger } from './ledger-verification.ts';
import { migrate } from './open-database.ts';
import { SqliteLedgerStore } from './sqlite-ledger-store.ts';

let database: DatabaseSync;
let ledger: SqliteLedgerStore;
beforeEach(async () => {
  database = new DatabaseSync(':memory:');
  migrate(database);
  ledger = SqliteLedgerStore.inProcess(database);
  const { atMs } = holdOrder();
  const audit = { atMs, actor: 'test', action: 'wallet.top_up', subject: 'x' };
  await withWallet(ledger);
  await ledger.transfer(transferOrder({ transferId: 'second', amountNanoUsd: 77n, audit }));
  await ledger.transfer(transferOrder({ transferId: 'third', amountNanoUsd: 78n, audit }));
  const budgets = [budgetClaim({ limitNanoUsd: 10n ** 12n })];
  await ledger.openHold(holdOrder({ budgets }));
  await ledger.settle(settlementOrder());
  await ledger.openHold(holdOrder({ holdId: 'open', budgets }));
});
afterEach(() => {
  database.close();
});

/** As somebody with the file would, who has no use for triggers. */
function tamper(text: string): void {
  database.exec(`DROP TRIGGER ledger_transfer_changed; DROP TRIGGER ledger_transfer_removed;
    DROP TRIGGER ledger_hold_resolved; DROP TRIGGER audit_entry_changed;
    DROP TRIGGER audit_entry_removed; PRAGMA ignore_check_constraints = ON; ${text}`);
}

describe('verification', () => {
  test('takes no text for changed that has half a surrogate pair', async () => {
    const { atMs } = holdOrder();
    const half = 'what \ud83d is \ude00\ud83d here';
    const audit = { atMs, actor: 'test', action: 'wallet.top_up', subject: half, reason: half };
    await ledger.transfer(transferOrder({ transferId: 'half', note: half, audit }));
    expect(verifyLedger(database)).toMatchObject({ transfers: 5, problems: [] });
    expect(verifyAuditLog(database)).toMatchObject({ entries: 3, problems: [] });
  });

  test('finds nothing where nothing was done', async () => {
    expect(verifyLedger(database)).toMatchObject({ transfers: 4, openHolds: 1, problems: [] });
    expect(await ledger.verify()).toEqual(verifyLedger(database));
    expect(verifyAuditLog(database)).toMatchObject({ entries: 2, problems: [] });
  });

  test.each([
    [
      'an amount that was changed',
      'UPDATE ledger_transfers SET amount_nano = 1 WHERE sequence = 2',
      /transfer 2 \(second\) is not what the chain says/,
    ],
    [
      'words that were changed',
      `UPDATE ledger_transfers SET note = 'other' WHERE sequence = 3`,
      /transfer 3 \(third\) is not/,
    ],
    [
      'a transfer that was taken out',
      'DELETE FROM ledger_transfers WHERE sequence = 2',
      /transfer 3 follows 1: what was between them is gone/,
    ],
    [
      'the last transfer that was taken out',
      'DELETE FROM ledger_transfers WHERE sequence = 4',
      /hold req_1 does not say what its transfers say/,
    ],
    [
      'a balance that was changed',
      `UPDATE ledger_accounts SET credits_posted = credits_posted + 5 WHERE kind = 'wallet_paid'`,
      /account wallet:acme:paid: credits 1000000160 nano-USD stored, 1000000155/,
    ],
    [
      'money that is held for nobody',
      `UPDATE ledger_accounts SET debits_pending = debits_pending + 5 WHERE kind = 'wallet_paid'`,
      /held 64440005 nano-USD stored, 64440000 nano-USD by the rows/,
    ],
    [
      'a hold that was made larger',
      `UPDATE ledger_holds SET held_nano = 1 WHERE hold_id = 'open'`,
      /hold open says 1 nano-USD, its parts 64440000/,
    ],
    [
      'a charge that was made smaller',
      `UPDATE ledger_holds SET posted_nano = 1, cost_nano = 1 WHERE hold_id = 'req_1'`,
      /hold req_1 does not say what its transfers say/,
    ],
    [
      'a budget that was forgotten',
      'UPDATE budgets SET spent_nano = 0',
      /budget key1 from \d+: spent 0 nano-USD stored, 621000/,
    ],
    ['a budget that is gone', 'DELETE FROM budgets', /budget key1 from \d+ was claimed, but is/],
    [
      'an account that is gone',
      `DELETE FROM ledger_accounts WHERE id = 'processor:clearing'`,
      /account processor:clearing has transfers, but is not there/,
    ],
    [
      'a wallet below zero',
      `UPDATE ledger_accounts SET debits_posted = 3000000000 WHERE kind = 'wallet_paid'`,
      /account wallet:acme:paid is below zero/,
    ],
  ])('finds %s', (_case, text, problem) => {
    tamper(text);
    expect(verifyLedger(database).problems.join('\n')).toMatch(problem);
  });

  test('names at most a hundred problems, and says how many more there are', () => {
    database.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
      INSERT INTO budgets SELECT 'made up ' || i, 0, NULL, 5, 0 FROM n`);
    const { problems } = verifyLedger(database);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('and 50 more');
  });

  test.each([
    ['changed', `UPDATE audit_log SET actor = 'nobody' WHERE sequence = 1`, /entry 1/],
    ['taken out', 'DELETE FROM audit_log WHERE sequence = 1', /entry 2/],
  ])('finds an entry of the audit log that was %s', (_case, text, problem) => {
    tamper(text);
    expect(verifyAuditLog(database).problems.join()).toMatch(problem);
  });
});

describe('a rule of the books that is about to be broken', () => {
  test('stops the order, freezes the wallet and leaves the books as they were', async () => {
    // What cannot happen: a hold whose money is no longer held.
    tamper(`UPDATE ledger_accounts SET debits_pending = 0, credits_pending = 0;
      PRAGMA ignore_check_constraints = OFF`);
    const before = database.prepare('SELECT * FROM ledger_accounts').all();
    const settlement = ledger.settle(settlementOrder({ holdId: 'open' }));
    await expect(settlement).rejects.toThrow(LedgerBreach);
    await expect(settlement).rejects.toThrow(/settle: .*the wallet of acme is frozen/);
    expect(database.prepare('SELECT * FROM ledger_accounts').all()).toEqual(before);
    expect((await ledger.hold('open'))?.state).toBe('open');
    expect((await ledger.wallet(account))?.status).toBe('frozen');
    expect(await ledger.openHold(holdOrder({ holdId: 'next' }))).toMatchObject({
      why: 'wallet_frozen',
    });
  });
});
