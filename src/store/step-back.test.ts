import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

/** In a thread of its own, which says how it stood before and stands after. */
const code = `
  import { readlinkSync } from 'node:fs';
  import { getPriority } from 'node:os';
  import { parentPort } from 'node:worker_threads';
  import { stepBack } from ${JSON.stringify(new URL('step-back.ts', import.meta.url).href)};
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  const before = getPriority(thread);
  parentPort.postMessage([before, stepBack(), getPriority(thread)]);
`;

test.skipIf(process.platform !== 'linux')(
  'the thread that steps back does, and no other one',
  async () => {
    const own = getPriority();
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    const [before, isDone, after] = await new Promise<readonly [number, boolean, number]>(
      (resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      },
    );
    expect([before, isDone, after]).toEqual([own, true, 10]);
    expect(getPriority()).toBe(own);
    await worker.terminate();
  },
);
