import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { runCommand, temporaryDirectory } from '../support/cli.ts';
import { transferOrder, withWallet } from '../support/ledger-orders.ts';

let place: ReturnType<typeof temporaryDirectory>;
let data: string;
beforeEach(async () => {
  place = temporaryDirectory();
  data = join(place.path, 'data');
  const store = await openStore(data, () => {});
  const audit = { atMs: 1, actor: 'test', action: 'wallet.top_up', subject: 'second' };
  await withWallet(store.ledger);
  await store.ledger.transfer(transferOrder({ transferId: 'second', amountNanoUsd: 7n, audit }));
  await store.close();
});
afterEach(() => {
  place.remove();
});

const verify = (...more: string[]): ReturnType<typeof runCommand> =>
  runCommand(place.path, ['verify-ledger', '--data', data, ...more]);

describe('quatrain verify-ledger', () => {
  test('says what it looked at, and that it adds up', async () => {
    const { code, stdout, stderr } = await verify();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/2 transfers between 8 accounts, 0 open holds/);
    expect(stdout).toMatch(/All of it adds up\./);
  });

  test('runs beside whoever has the store open', async () => {
    const store = await openStore(data, () => {});
    try {
      expect((await verify()).code).toBe(0);
    } finally {
      await store.close();
    }
  });

  test('ends with 1, and words, where somebody was at the file', async () => {
    const database = new DatabaseSync(join(data, 'quatrain.db'));
    database.exec(`DROP TRIGGER ledger_transfer_changed; DROP TRIGGER audit_entry_changed;
      UPDATE ledger_transfers SET amount_nano = 8 WHERE sequence = 2;
      UPDATE audit_log SET actor = 'nobody'`);
    database.close();
    const { code, stderr } = await verify();
    expect(code).toBe(1);
    expect(stderr).toMatch(/transfer 2 \(second\) is not what the chain says/);
    expect(stderr).toMatch(/audit log: entry 1 is not what the chain says/);
    const inJson = await verify('--json');
    expect(inJson.code).toBe(1);
    expect(JSON.parse(inJson.stdout)).toMatchObject({ isSound: false, ledger: { transfers: 2 } });
  });
});
