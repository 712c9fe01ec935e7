import { rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { openStore } from '../store/open-store.ts';
import { KeptFileReader } from './kept-file-reader.ts';

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).toReversed()) await step();
});

async function open(directory: string): ReturnType<typeof openStore> {
  const store = await openStore(directory, (reason) => {
    throw new Error(reason);
  });
  cleanUp.push(() => store.close());
  return store;
}

const file = {
  id: 'file_1',
  account: 'a',
  filename: 'a.txt',
  mimeType: 'text/plain',
  sizeBytes: 1,
  digest: 'd',
  createdAtMs: 1,
  downloadable: false,
};
const bounds = { bytesMax: 100, filesMax: 10 };

test('empty until a file is there: at once for our own, within a second for another process', async () => {
  const directory = makeDataDir();
  cleanUp.push(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const own = await open(directory);
  const other = await open(directory);
  const clock = new ManualClock();
  const [reader, otherReader] = [own, other].map(
    ({ files, fileBodies }) => new KeptFileReader(files, fileBodies, clock),
  );
  expect([reader?.isEmpty, otherReader?.isEmpty]).toEqual([true, true]);
  await own.files.insert(file, bounds);
  expect([reader?.isEmpty, otherReader?.isEmpty]).toEqual([false, true]);
  clock.advance(1000);
  expect(otherReader?.isEmpty).toBe(false);
});
