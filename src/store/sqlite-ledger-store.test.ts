import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeLedger } from '../../test/support/ledger-contract.ts';
import { describeLedgerProperties } from '../../test/support/ledger-properties.ts';
import type { OpenedLedger } from '../../test/support/open-books.ts';
import { migrate, openDatabase } from './open-database.ts';
import { verifyLedger } from './ledger-verification.ts';
import { SqliteLedgerStore } from './sqlite-ledger-store.ts';
import { startWriter } from './writer.ts';

function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'quatrain-ledger-'));
}

/** On the calling thread, as simulations have it. */
function openInProcess(directory: string = newDirectory()): Promise<OpenedLedger> {
  const database = openDatabase(join(directory, 'quatrain.db'));
  migrate(database);
  return Promise.resolve({
    ledger: SqliteLedgerStore.inProcess(database),
    sql: (text: string) => {
      database.exec(text);
    },
    reopen: () => {
      database.close();
      return openInProcess(directory);
    },
    close: () => {
      database.close();
      rmSync(directory, { recursive: true });
      return Promise.resolve();
    },
  });
}

/** Through the writer thread, as a gateway has it. */
async function openThreaded(directory: string = newDirectory()): Promise<OpenedLedger> {
  const path = join(directory, 'quatrain.db');
  const reader = openDatabase(path);
  migrate(reader);
  const writer = await startWriter(path, () => {});
  const close = async (): Promise<void> => {
    await writer.close();
    reader.close();
  };
  return {
    ledger: new SqliteLedgerStore(
      reader,
      writer,
      async () => await Promise.resolve(verifyLedger(reader)),
    ),
    sql: (text: string) => {
      const database = new DatabaseSync(path, { timeout: 5000 });
      try {
        database.exec(text);
      } finally {
        database.close();
      }
    },
    reopen: async () => {
      await close();
      return await openThreaded(directory);
    },
    close: async () => {
      await close();
      rmSync(directory, { recursive: true });
    },
  };
}

const inProcess = { name: 'in SQLite, in process', open: openInProcess };
const threaded = { name: 'in SQLite, through the writer thread', open: openThreaded };
describeLedger([inProcess, threaded]);
describeLedgerProperties(inProcess);
