import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BackgroundReader } from './background-reader.ts';

let directory: string;
let reader: BackgroundReader;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quatrain-reader-'));
  const path = join(directory, 'some.db');
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('a'), ('b')");
  database.close();
  reader = new BackgroundReader(path);
});
afterEach(async () => {
  await reader.close();
  rmSync(directory, { recursive: true, force: true });
});

const words = 'SELECT word FROM words WHERE word > ? ORDER BY word';

test('queries are answered each with its own rows', async () => {
  const [all, some] = await Promise.all([
    reader.query(words, [''], 'a'),
    reader.query(words, ['a'], 'a'),
  ]);
  expect([...all].map(({ word }) => word)).toEqual(['a', 'b']);
  expect([...some].map(({ word }) => word)).toEqual(['b']);
});

test('one that fails leaves the others alone, and nothing can be written', async () => {
  const failed = [
    reader.query('SELECT word FROM nowhere', [], 'a'),
    reader.query('DELETE FROM words', [], 'a'),
  ];
  const after = reader.query(words, [''], 'a');
  await expect(failed[0]).rejects.toThrow('no such table');
  await expect(failed[1]).rejects.toThrow('readonly');
  expect(await after).toHaveLength(2);
});

test('accounts take turns: whoever asks much makes nobody wait for all of it', async () => {
  const order: string[] = [];
  const ask = async (account: string): Promise<void> => {
    await reader.query(words, [''], account);
    order.push(account);
  };
  await Promise.all([...Array.from({ length: 5 }, () => ask('a')), ask('b'), ask('c')]);
  expect(order).toEqual(['a', 'a', 'b', 'c', 'a', 'a', 'a']);
});

test('a closed one answers nothing', async () => {
  const waiting = reader.query(words, [''], 'a');
  const closed = reader.close();
  await expect(waiting).rejects.toThrow('the store is closed');
  await closed;
  await expect(reader.query(words, [''], 'a')).rejects.toThrow('the store is closed');
});

test('where the file cannot be read, the question fails and the next one asks anew', async () => {
  const away = new BackgroundReader(join(directory, 'nowhere', 'some.db'));
  for (let time = 0; time < 2; time += 1) {
    await expect(away.query(words, [''], 'a')).rejects.toThrow('unable to open database file');
  }
  await away.close();
});
