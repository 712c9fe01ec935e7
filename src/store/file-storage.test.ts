import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import type { AccountFile, FileCursor } from '../messages/account-file.ts';
import { collect } from '../std/byte-stream.ts';
import { uncancelled } from '../std/cancellation.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

const bounds = { bytesMax: 100, filesMax: 10 };

function fileOf(id: string, more: Partial<AccountFile> = {}): AccountFile {
  return {
    id,
    account: 'a',
    filename: `${id}.txt`,
    mimeType: 'text/plain',
    sizeBytes: 10,
    digest: 'd',
    createdAtMs: 1,
    downloadable: false,
    ...more,
  };
}

const older = (place: number): FileCursor => ({ direction: 'older', place });
const newer = (place: number): FileCursor => ({ direction: 'newer', place });

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = makeDataDir();
  store = await openStore(directory, (reason) => {
    throw new Error(reason);
  });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const onDisk = (): readonly string[] => readdirSync(join(directory, 'files')).toSorted();

describe('SqliteFileRows', () => {
  test('a file comes back as it went in, to its account only', async () => {
    const file = fileOf('f', { expiresAtMs: 5, downloadable: true, filename: 'récit.txt' });
    expect(await store.files.insert(file, bounds)).toBe(true);
    expect(store.files.find('a', 'f')).toEqual(file);
    expect(store.files.find('b', 'f')).toBeUndefined();
    expect(await store.files.delete('b', 'f')).toBe(false);
    expect(await store.files.delete('a', 'f')).toBe(true);
    expect(store.files.find('a', 'f')).toBeUndefined();
  });

  test('of files that come at once, no more are taken than the account may keep', async () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      store.files.insert(fileOf(`f${String(index)}`, { sizeBytes: 30 }), bounds),
    );
    const taken = (await Promise.all(many)).filter(Boolean);
    expect(taken).toHaveLength(3);
    expect(store.files.held('a')).toEqual({ bytes: 90, files: 3 });
    expect(await store.files.insert(fileOf('g', { account: 'b' }), bounds)).toBe(true);
  });

  test('no more files are taken than the account may keep', async () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      store.files.insert(fileOf(`f${String(index)}`, { sizeBytes: 0 }), bounds),
    );
    expect((await Promise.all(many)).filter(Boolean)).toHaveLength(10);
  });

  test('a forgotten content frees its bytes, and the row goes later', async () => {
    await store.files.insert(fileOf('f', { expiresAtMs: 50 }), bounds);
    await store.files.insert(fileOf('g'), bounds);
    expect(store.files.due(49, 10)).toEqual([]);
    expect(store.files.due(50, 10)).toEqual(['f']);
    await store.files.forgetBodies(['f']);
    expect(store.files.due(50, 10)).toEqual([]);
    expect(store.files.held('a')).toEqual({ bytes: 10, files: 2 });
    expect([store.files.hasBody('f'), store.files.hasBody('g')]).toEqual([false, true]);
    await store.files.deleteExpiredBefore(50);
    expect(store.files.find('a', 'f')).toBeDefined();
    await store.files.deleteExpiredBefore(51);
    expect(store.files.find('a', 'f')).toBeUndefined();
  });

  test.each<{
    readonly name: string;
    readonly cursor?: FileCursor;
    readonly limit: number;
    readonly ids: readonly string[];
    readonly hasMore: boolean;
  }>([
    { name: 'the newest', limit: 2, ids: ['f5', 'f4'], hasMore: true },
    { name: 'older ones', cursor: older(3), limit: 5, ids: ['f2', 'f1'], hasMore: false },
    { name: 'the nearest newer', cursor: newer(2), limit: 2, ids: ['f4', 'f3'], hasMore: true },
    { name: 'up to the newest', cursor: newer(3), limit: 2, ids: ['f5', 'f4'], hasMore: false },
    { name: 'none', cursor: older(1), limit: 2, ids: [], hasMore: false },
  ])('lists $name', async ({ cursor, limit, ids, hasMore }) => {
    for (const id of ['f1', 'f2', 'f3', 'f4', 'f5']) await store.files.insert(fileOf(id), bounds);
    const page = store.files.list('a', cursor, limit);
    expect([page.files.map(({ id }) => id), page.hasMore]).toEqual([ids, hasMore]);
  });
});

describe('DiskFileBodies', () => {
  test('a kept content is read back in every way, with its digest', async () => {
    const draft = await store.fileBodies.begin('f');
    await draft.write(Buffer.from('hello '));
    await draft.write(Buffer.from('world'));
    expect(onDisk()).toEqual(['f.draft']);
    expect(await draft.keep()).toEqual({
      sizeBytes: 11,
      digest: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
    });
    expect(onDisk()).toEqual(['f']);
    expect(Buffer.from(store.fileBodies.readNow('f', 5)).toString()).toBe('hello');
    const whole = await store.fileBodies.readWhole('f', 100);
    expect(Buffer.from(whole ?? []).toString()).toBe('hello world');
    const collected = await collect(store.fileBodies.read('f'), 100, uncancelled);
    expect(collected).toMatchObject({ kind: 'bytes', bytes: Buffer.from('hello world') });
    await store.fileBodies.remove('f');
    await store.fileBodies.remove('f');
    expect(await store.fileBodies.readWhole('f', 100)).toBeUndefined();
    expect(onDisk()).toEqual([]);
  });

  test('a source that is given up calls nothing more', async () => {
    const draft = await store.fileBodies.begin('f');
    await draft.write(Buffer.alloc(1_000_000));
    await draft.keep();
    const source = store.fileBodies.read('f');
    const calls: string[] = [];
    const first = new Promise<void>((resolve) => {
      source.open({
        write: () => {
          calls.push('write');
          source.cancel();
          resolve();
          return true;
        },
        end: () => calls.push('end'),
        fail: () => calls.push('fail'),
      });
    });
    await first;
    source.cancel();
    expect(calls).toEqual(['write']);
  });

  test.each(['before it was kept', 'after it was kept'])(
    'a content discarded %s leaves nothing',
    async (when) => {
      const draft = await store.fileBodies.begin('f');
      await draft.write(Buffer.from('x'));
      if (when === 'after it was kept') await draft.keep();
      await draft.discard();
      await draft.discard();
      expect(onDisk()).toEqual([]);
    },
  );

  test('the sweep leaves what is wanted and nothing else', async () => {
    for (const name of ['wanted', 'orphan', 'half.draft', 'wanted.draft'])
      writeFileSync(join(directory, 'files', name), 'x');
    expect(await store.fileBodies.sweep((id) => id === 'wanted')).toBe(3);
    expect(onDisk()).toEqual(['wanted']);
  });
});
