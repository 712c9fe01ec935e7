import { readFileSync, readdirSync } from 'node:fs';
import { candidateCore } from './machine.ts';

/** Clock ticks a second in /proc/PID/stat; fixed at 100 for user space on Linux. */
const ticksPerSecond = 100;

/** What a process and its descendants have used so far, and what everything on the candidate's core has. */
export type TreeUsage = {
  readonly cpuUs: number;
  readonly rssKb: number;
  readonly coreBusyUs: number;
  readonly readAtUs: number;
};

function readIfAlive(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    // A process of the tree may end between listing and reading; it then counts for nothing.
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw cause;
  }
}

function listTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readIfAlive(`/proc/${pid}/task/${task}/children`)
      .split(' ')
      .filter((each) => each !== '')
      .map(Number),
  );
  return [pid, ...children.flatMap(listTree)];
}

function readCpuTicks(pid: number): number {
  const stat = readIfAlive(`/proc/${pid}/stat`);
  // The command name may hold spaces and brackets: count fields behind its closing bracket. utime is the 14th, stime the 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

function readRssKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readIfAlive(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** All time of the core that was not idle, the hypervisor's theft included. */
function readCoreBusyTicks(core: number): number {
  const line = readIfAlive('/proc/stat')
    .split('\n')
    .find((each) => each.startsWith(`cpu${core} `));
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = (
    line ?? ''
  )
    .split(' ')
    .slice(1)
    .map(Number);
  return user + nice + system + interrupts + softInterrupts + stolen;
}

/** Sums CPU time and resident memory over the trees of the given processes. */
export function readTreeUsage(pids: readonly number[]): TreeUsage {
  const tree = pids.flatMap(listTree);
  const cpuTicks = tree.reduce((sum, pid) => sum + readCpuTicks(pid), 0);
  return {
    cpuUs: (cpuTicks * 1_000_000) / ticksPerSecond,
    coreBusyUs: (readCoreBusyTicks(candidateCore) * 1_000_000) / ticksPerSecond,
    rssKb: tree.reduce((sum, pid) => sum + readRssKb(pid), 0),
    readAtUs: performance.now() * 1_000,
  };
}
