import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startServe, temporaryDirectory } from '../support/cli.ts';

/** Of the system's policies for threads, that of one which makes room for every other one. */
const SCHED_IDLE = 5;
/** Where it stands in what the system says of a thread, behind its name. */
const POLICY_AT = 38;

const hasChrt = process.platform === 'linux' && spawnSync('chrt', ['-i', '0', 'true']).status === 0;

/** The policies of those threads of a process that have a name. */
function policiesOf(pid: number, name: string): readonly number[] {
  const folder = `/proc/${String(pid)}/task`;
  return readdirSync(folder).flatMap((thread) => {
    const said = readFileSync(`${folder}/${thread}/stat`, 'utf8');
    if (!said.includes(`(${name})`)) return [];
    return [Number(said.slice(said.lastIndexOf(')') + 2).split(' ')[POLICY_AT])];
  });
}

test.skipIf(!hasChrt)(
  'lists are read by a thread that stands aside, and no other does',
  async () => {
    const { path: directory, remove } = temporaryDirectory();
    const started = await startServe(directory, [
      '--port',
      '0',
      '--admin-port',
      '0',
      '--dev-key',
      'key',
    ]);
    try {
      const pid = Number(started.process.pid);
      expect(policiesOf(pid, 'store-reader')).toEqual([]);
      const answer = await fetch(`${started.url}/v1/requests`, { headers: { 'x-api-key': 'key' } });
      expect(answer.status).toBe(200);
      // Where the machine is busy, another thread may have answered; it stands where others do.
      expect(policiesOf(pid, 'store-reader')).toContain(SCHED_IDLE);
      expect(policiesOf(pid, 'store-writer')).toEqual([0]);
    } finally {
      await started.kill();
      remove();
    }
  },
);
