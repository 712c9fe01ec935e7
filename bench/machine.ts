import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';

/** The core the candidate runs on, all its threads. */
export const candidateCore = 0;

/** The core everything else runs on: generator, upstream, and this program. */
export const loadCore = 1;

/** Where a command is on the path, `/usr/sbin` included; undefined when it is not installed. */
export function findCommand(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders.filter((each) => each !== '')) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') throw cause;
    }
  }
  return undefined;
}

/** What the figures were measured on; printed and kept beside them. */
export type MachineFacts = {
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly nodeVersion: string;
  readonly nginxVersion: string | undefined;
  readonly isPinned: boolean;
  readonly saturationGenerator: 'wrk' | 'own';
  readonly upstream: 'own, node:net';
};

function readNginxVersion(): string | undefined {
  const nginx = findCommand('nginx');
  if (nginx === undefined) return undefined;
  const printed = execFileSync('sh', ['-c', '"$0" -v 2>&1', nginx], { encoding: 'utf8' });
  return /nginx\/([\d.]+)/.exec(printed)?.[1];
}

/** Whether processes can be given a core of their own here. */
export function canPin(): boolean {
  return findCommand('taskset') !== undefined && cpus().length > Math.max(candidateCore, loadCore);
}

/** Reads the facts of this machine. */
export function readMachineFacts(): MachineFacts {
  return {
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1_048_576),
    kernel: release(),
    nodeVersion: process.version,
    nginxVersion: readNginxVersion(),
    isPinned: canPin(),
    saturationGenerator: findCommand('wrk') === undefined ? 'own' : 'wrk',
    upstream: 'own, node:net',
  };
}

/** Moves all threads of this program to the load core, so that its own work never takes the candidate's time. */
export function pinThisProcess(): void {
  if (!canPin()) return;
  execFileSync('taskset', ['-a', '-c', '-p', String(loadCore), String(process.pid)], {
    stdio: 'ignore',
  });
}

/** Load average of the last minute: a busy machine makes rough figures, and the report says so. */
export function readLoadAverage(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
}
