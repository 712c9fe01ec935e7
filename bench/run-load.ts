import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningCandidate } from './candidates/candidate.ts';
import {
  type LoadJob,
  type LoadResult,
  measureBeginsLine,
  measureEndsLine,
  resultLinePrefix,
  type Target,
} from './load/jobs.ts';
import { findCommand, loadCore } from './machine.ts';
import { startPinned } from './pinned-process.ts';
import { readTreeUsage, type TreeUsage } from './process-tree.ts';

const loadPath = join(import.meta.dirname, 'load.ts');
const wrkScriptPath = join(import.meta.dirname, 'wrk-post.lua');
const marginMs = 30_000;

/** A load's result, and what the candidate used between its begin and its end. */
export type MeasuredLoad<Result> = {
  readonly result: Result;
  readonly before: TreeUsage;
  readonly after: TreeUsage;
};

/** Picks the results of one kind of job. */
type ResultOf<Job extends LoadJob> = Extract<LoadResult, { kind: Job['kind'] }>;

function isResultOf<Job extends LoadJob>(job: Job, result: LoadResult): result is ResultOf<Job> {
  return result.kind === job.kind;
}

function readResult<Job extends LoadJob>(job: Job, logPath: string): ResultOf<Job> {
  const line = readFileSync(logPath, 'utf8')
    .split('\n')
    .find((each) => each.startsWith(resultLinePrefix));
  if (line === undefined) throw new Error(`the load generator gave no result, see ${logPath}`);
  const result = JSON.parse(line.slice(resultLinePrefix.length)) as LoadResult;
  if (!isResultOf(job, result)) throw new Error(`asked for ${job.kind}, got ${result.kind}`);
  return result;
}

/** Runs a job of our own generator; usage is read when it says that measuring begins and ends. */
export async function runOwnLoad<Job extends LoadJob>(
  job: Job,
  candidate: RunningCandidate,
  workFolder: string,
): Promise<MeasuredLoad<ResultOf<Job>>> {
  const untilBeginsMs =
    job.kind === 'open-streams'
      ? job.rampMs + job.settleMs
      : job.kind === 'open-loop'
        ? job.warmUpMs
        : 0;
  const before = readTreeUsage(candidate.pids);
  const load = await startPinned({
    command: process.execPath,
    args: [loadPath, JSON.stringify(job)],
    core: loadCore,
    env: {},
    cwd: workFolder,
    logPath: join(workFolder, 'load.log'),
  });
  try {
    if (job.kind === 'closed-loop') {
      await load.waitForExit(job.durationMs + marginMs);
      return {
        result: readResult(job, load.logPath),
        before,
        after: readTreeUsage(candidate.pids),
      };
    }
    await load.waitForLog(new RegExp(`^${measureBeginsLine}$`, 'm'), untilBeginsMs + marginMs);
    const atBegin = readTreeUsage(candidate.pids);
    await load.waitForLog(new RegExp(`^${measureEndsLine}$`, 'm'), job.durationMs + marginMs);
    const after = readTreeUsage(candidate.pids);
    await load.waitForExit(marginMs);
    return { result: readResult(job, load.logPath), before: atBegin, after };
  } finally {
    await load.stop();
  }
}

/** What a saturation run counted. */
export type SaturationResult = {
  readonly requests: number;
  readonly failed: number;
  readonly durationMs: number;
};

/** What wrk-post.lua prints. */
type WrkCounts = {
  readonly requests: number;
  readonly durationUs: number;
  readonly statusErrors: number;
  readonly socketErrors: number;
  readonly timeouts: number;
};

function decodeWrkResult(log: string): SaturationResult {
  const line = log.split('\n').find((each) => each.startsWith('{"requests"'));
  if (line === undefined) throw new Error(`wrk gave no result: ${log.slice(-400)}`);
  const counted = JSON.parse(line) as WrkCounts;
  return {
    requests: counted.requests - counted.statusErrors,
    failed: counted.statusErrors + counted.socketErrors + counted.timeouts,
    durationMs: counted.durationUs / 1_000,
  };
}

/** Keeps connections busy for some time: with wrk where it is installed, for it leaves more of the load core to the upstream. */
export async function runSaturation(
  load: { target: Target; connections: number; seconds: number },
  candidate: RunningCandidate,
  workFolder: string,
): Promise<MeasuredLoad<SaturationResult>> {
  const { target, connections, seconds } = load;
  const wrk = findCommand('wrk');
  if (wrk === undefined) {
    return runOwnLoad(
      { kind: 'closed-loop', target, connections, durationMs: seconds * 1_000 },
      candidate,
      workFolder,
    );
  }
  const headersPath = join(workFolder, 'headers.txt');
  writeFileSync(
    headersPath,
    Object.entries(target.headers)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(''),
  );
  const before = readTreeUsage(candidate.pids);
  const started = await startPinned({
    command: wrk,
    args: [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '10s',
      '-s',
      wrkScriptPath,
      `http://127.0.0.1:${target.port}${target.path}`,
      '--',
      target.bodyPath,
      headersPath,
    ],
    core: loadCore,
    env: {},
    cwd: workFolder,
    logPath: join(workFolder, 'wrk.log'),
  });
  await started.waitForExit(seconds * 1_000 + marginMs);
  const after = readTreeUsage(candidate.pids);
  return { result: decodeWrkResult(readFileSync(started.logPath, 'utf8')), before, after };
}
