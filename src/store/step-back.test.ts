import { execFileSync } from 'node:child_process';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Standing } from './step-back.ts';

/** In a thread of its own, which says how it stands after, and then waits. */
const codeFor = (standing: Standing, path: string | undefined): string => `
  import { readlinkSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  import { stepBack } from ${JSON.stringify(new URL('step-back.ts', import.meta.url).href)};
  process.env.PATH = ${JSON.stringify(path)} ?? process.env.PATH;
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  parentPort.postMessage([thread, stepBack(${JSON.stringify(standing)})]);
  parentPort.on('message', () => {});
`;

const policyOf = (thread: number): string =>
  execFileSync('chrt', ['-p', String(thread)], { encoding: 'utf8' });

const hasChrt = ((): boolean => {
  try {
    return policyOf(process.pid).includes('SCHED_OTHER');
  } catch {
    return false;
  }
})();

/** Has a thread step back; looks at it while it is there. */
async function look<Found>(
  standing: Standing,
  path: string | undefined,
  see: (thread: number) => Found,
): Promise<readonly [Standing | undefined, Found]> {
  const code = encodeURIComponent(codeFor(standing, path));
  const worker = new Worker(new URL(`data:text/javascript,${code}`));
  try {
    const [thread, done] = await new Promise<readonly [number, Standing | undefined]>(
      (resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      },
    );
    return [done, see(thread)];
  } finally {
    await worker.terminate();
  }
}

const isLinux = process.platform === 'linux';

test.skipIf(!isLinux)(
  'a thread that steps back has a lower priority, and no other one',
  async () => {
    const own = getPriority();
    expect(await look('back', undefined, (thread) => getPriority(thread))).toEqual(['back', 10]);
    expect(getPriority()).toBe(own);
  },
);

test.skipIf(!isLinux || !hasChrt)('one that stands aside is idle to the system', async () => {
  const [done, policy] = await look('aside', undefined, policyOf);
  expect(done).toBe('aside');
  expect(policy).toContain('SCHED_IDLE');
  expect(policyOf(process.pid)).toContain('SCHED_OTHER');
});

test.skipIf(!isLinux)('without the program for it, a lower priority has to do', async () => {
  const nowhere = '/nowhere';
  expect(await look('aside', nowhere, (thread) => getPriority(thread))).toEqual(['back', 10]);
});
