import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrations } from './migrations.ts';
import { migrate, openDatabase } from './open-database.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';
import type { SqlValue } from './statements.ts';
import { keyRecord } from '../../test/support/key-record.ts';

const run = promisify(execFile);

let directory: string;
const opened: Store[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quatrain-store-'));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function open(onDeath: (reason: string) => void = () => {}): Promise<Store> {
  const store = await openStore(directory, onDeath);
  opened.push(store);
  return store;
}

async function close(store: Store): Promise<void> {
  opened.splice(opened.indexOf(store), 1);
  await store.close();
}

const file = (name: string): string => join(directory, name);

/** Runs SQL on a connection of its own, as another process would. */
function sql(text: string): void {
  const database = new DatabaseSync(file('quatrain.db'));
  database.exec(text);
  database.close();
}

describe('an empty directory', () => {
  test('becomes a store, private to its owner', async () => {
    const nested = join(directory, 'not', 'there', 'yet');
    const store = await openStore(nested, () => {});
    await store.close();
    expect(statSync(nested).mode & 0o777).toBe(0o700);
    expect(statSync(join(nested, 'pepper')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(nested, 'pepper'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(readdirSync(nested).filter((name) => name.startsWith('pepper'))).toEqual(['pepper']);
  });

  test('has every migration, and opening it again changes nothing', async () => {
    const version = (): unknown => {
      const database = new DatabaseSync(file('quatrain.db'));
      const row = database.prepare('PRAGMA user_version').get();
      database.close();
      return row?.['user_version'];
    };
    await close(await open());
    const pepper = readFileSync(file('pepper'), 'utf8');
    expect(version()).toBe(migrations.length);
    await close(await open());
    expect(version()).toBe(migrations.length);
    expect(readFileSync(file('pepper'), 'utf8')).toBe(pepper);
  });

  test('several processes at once: all get the same store and pepper', async () => {
    const entry = new URL('./open-store.ts', import.meta.url).href;
    const script = `
      const { openStore } = await import(${JSON.stringify(entry)});
      const store = await openStore(${JSON.stringify(directory)}, () => {});
      const id = 'process' + String(process.pid).padStart(8, '0');
      const record = ${JSON.stringify(keyRecord('any'))};
      const digest = new Uint8Array(32);
      await store.keys.insert({ ...record, publicId: id, accountId: id, digest });
      console.log(store.pepper.reveal());
      await store.close();`;
    writeFileSync(file('open.mjs'), script);
    const outputs = await Promise.all(
      Array.from({ length: 4 }, () =>
        run(process.execPath, [file('open.mjs')], { timeout: 20_000 }),
      ),
    );
    const peppers = outputs.map(({ stdout }) => stdout.trim());
    expect(new Set(peppers)).toEqual(new Set([readFileSync(file('pepper'), 'utf8').trim()]));
    expect((await open()).keys.list()).toHaveLength(4);
  });
});

describe('pragmas', () => {
  test('a commit is synced and goes through the log, on the connection as it is', () => {
    const database = openDatabase(file('quatrain.db'));
    const read = (name: string): unknown =>
      Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect([read('journal_mode'), read('synchronous'), read('foreign_keys')]).toEqual([
      'wal',
      2,
      1,
    ]);
    expect(Number(read('busy_timeout'))).toBeGreaterThanOrEqual(1000);
    database.close();
  });

  test('where no write-ahead log is possible, nothing opens', () => {
    expect(() => openDatabase(':memory:')).toThrow(/journal_mode=wal.*local disk/);
  });
});

describe('what is refused', () => {
  test('a store of a newer version', async () => {
    await close(await open());
    sql(`PRAGMA user_version = ${String(migrations.length + 1)}`);
    await expect(open()).rejects.toThrow(
      /written by a newer Quatrain \(schema \d+, .* run that version/,
    );
  });

  test('keys without their pepper; without keys a new one is made', async () => {
    const store = await open();
    await close(store);
    unlinkSync(file('pepper'));
    const again = await open();
    await again.keys.insert(keyRecord('a'));
    await close(again);
    unlinkSync(file('pepper'));
    await expect(open()).rejects.toThrow(/pepper is missing.*restore it from a backup/);
    expect(existsSync(file('pepper'))).toBe(false);
  });

  test.each([
    ['empty', ''],
    ['short', 'abcd'],
    ['long', 'a'.repeat(65)],
    ['no hexadecimal', 'z'.repeat(64)],
  ])('a pepper that is %s', async (_name, text) => {
    await close(await open());
    writeFileSync(file('pepper'), text);
    await expect(open()).rejects.toThrow(/pepper is damaged; restore it from a backup/);
    expect(readFileSync(file('pepper'), 'utf8')).toBe(text);
  });

  test('a file that is no database', async () => {
    writeFileSync(file('quatrain.db'), 'x'.repeat(8192));
    await expect(open()).rejects.toThrow(/not a database/);
  });

  test('a migration that fails leaves the version as it was', () => {
    const database = openDatabase(file('quatrain.db'));
    database.exec('CREATE TABLE request_log (odd)');
    expect(() => {
      migrate(database);
    }).toThrow(/request_log already exists/);
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    expect(tables).toEqual([{ name: 'request_log' }]);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 0 });
    database.close();
  });
});

describe('keys', () => {
  test('are found and listed as they were stored, newest first', async () => {
    const store = await open();
    const old = keyRecord('old', { createdAtMs: 1, expiresAtMs: 5, name: 'näme “x”' });
    const young = keyRecord('young', { createdAtMs: 2, kind: 'admin', environment: 'dev' });
    await store.keys.insert(old);
    await store.keys.insert(young);
    expect(store.keys.list()).toEqual([young, old]);
    expect(store.keys.find('old')).toEqual(old);
    expect(store.keys.find('none')).toBeUndefined();
  });

  test('are revoked once', async () => {
    const { keys } = await open();
    await keys.insert(keyRecord('a'));
    expect(await keys.revoke('a', 77)).toBe(true);
    expect(await keys.revoke('a', 88)).toBe(false);
    expect(await keys.revoke('none', 88)).toBe(false);
    expect(keys.find('a')?.revokedAtMs).toBe(77);
  });

  test('made through one store are seen by another on the same directory', async () => {
    const [one, two] = [await open(), await open()];
    await one.keys.insert(keyRecord('a'));
    expect(two.keys.find('a')).toEqual(keyRecord('a'));
    await two.keys.revoke('a', 5);
    expect(one.keys.find('a')?.revokedAtMs).toBe(5);
    expect(one.pepper.reveal()).toBe(two.pepper.reveal());
  });
});

describe('the writer', () => {
  test('many at once: each acknowledged, all there after reopening', async () => {
    const store = await open();
    const ids = Array.from({ length: 1000 }, (_, index) => `key${String(index)}`);
    await Promise.all(ids.map((id) => store.keys.insert(keyRecord(id))));
    await close(store);
    const again = await open();
    expect(again.keys.list()).toHaveLength(1000);
    expect(again.integrityProblems()).toEqual([]);
  });

  test('an acknowledged write is there for others before the store is closed', async () => {
    const store = await open();
    await store.keys.insert(keyRecord('a'));
    const other = new DatabaseSync(file('quatrain.db'), { readOnly: true });
    expect(other.prepare('SELECT COUNT(*) AS count FROM api_keys').get()).toEqual({ count: 1 });
    other.close();
  });

  test('a write that fails is rejected alone; the others of its batch land', async () => {
    const { keys } = await open();
    await keys.insert(keyRecord('twice'));
    const outcomes = await Promise.allSettled([
      keys.insert(keyRecord('before')),
      keys.insert(keyRecord('twice')),
      keys.insert(keyRecord('after')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(keys.list().map(({ publicId }) => publicId)).toEqual(['after', 'before', 'twice']);
  });

  test('of a write with several rows, one that fails takes all of its own back', async () => {
    const { keys, writer } = await open();
    const key = (id: string): SqlValue[] => [id, id, new Uint8Array(32), 'last', null, null];
    const kind = ['inference', 'live', 'name', 'active', '[]'];
    const rights = Array<null>(9).fill(null);
    const row = (id: string): SqlValue[] => [...key(id), ...kind, ...rights, 1, null, null, null];
    const write = writer.write({ statement: 'insertKey', rows: [row('a'), row('a')] });
    await expect(write).rejects.toThrow(/UNIQUE/);
    expect(keys.list()).toEqual([]);
  });

  test('rows are counted', async () => {
    const { keys, writer } = await open();
    await keys.insert(keyRecord('a'));
    const rows = [
      [1, 'a'],
      [1, 'none'],
    ];
    expect(await writer.write({ statement: 'revokeKey', rows })).toBe(1);
  });

  test('closed, it waits for what was handed over, and takes nothing more', async () => {
    const store = await open();
    const writes = Array.from({ length: 50 }, (_, index) =>
      store.keys.insert(keyRecord(`key${String(index)}`)),
    );
    const closing = close(store);
    expect((await Promise.allSettled(writes)).every(({ status }) => status === 'fulfilled')).toBe(
      true,
    );
    await closing;
    await expect(store.writer.write({ statement: 'revokeKey', rows: [] })).rejects.toThrow(
      /closed/,
    );
  });

  test('that cannot open its database rejects the start', async () => {
    writeFileSync(file('pepper'), 'a'.repeat(64));
    const { startWriter } = await import('./writer.ts');
    const reasons: string[] = [];
    await expect(
      startWriter(join(directory, 'none', 'x.db'), (reason) => reasons.push(reason)),
    ).rejects.toThrow(/unable to open/);
    expect(reasons).toHaveLength(1);
  });

  test('closing twice is closing once, and no death is reported', async () => {
    const reasons: string[] = [];
    const store = await open((reason) => reasons.push(reason));
    await store.writer.close();
    await store.writer.close();
    expect(reasons).toEqual([]);
  });
});
