import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Candidate, RunningCandidate } from './candidates/candidate.ts';
import type { Figures } from './figures.ts';
import { Connection, encodeRequest } from './load/connection.ts';
import type { Target } from './load/jobs.ts';
import { candidateCore } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { readTreeUsage, type TreeUsage } from './process-tree.ts';
import { buildRequestBody } from './request-bodies.ts';
import { runOwnLoad, runSaturation } from './run-load.ts';
import type {
  OpenLoopScenario,
  OpenStreamsScenario,
  SaturationScenario,
  Scenario,
} from './scenarios.ts';

const idleSettleMs = 1_500;
const leadInMs = 1_000;
const streamsOpenedPerSecond = 500;
const checkWithinMs = 10_000;

/** What all cells of a run share. */
export type Bench = {
  readonly options: BenchOptions;
  readonly upstreamPort: number;
  readonly workFolder: string;
};

type CellRun = {
  readonly options: BenchOptions;
  readonly running: RunningCandidate;
  readonly target: Target;
  readonly workFolder: string;
  readonly pass: number;
  readonly warmUpSeconds: number;
};

function divide(amount: number, by: number): number | null {
  return by === 0 ? null : amount / by;
}

/** The part of the candidate's core that went to processes which are no part of this run. */
function readOtherShare(before: TreeUsage, after: TreeUsage): number {
  const otherUs = after.coreBusyUs - before.coreBusyUs - readCpuUs(before, after);
  return Math.max(0, otherUs / (after.readAtUs - before.readAtUs));
}

function readCpuUs(before: TreeUsage, after: TreeUsage): number {
  return after.cpuUs - before.cpuUs;
}

/** One request before the load: a candidate that refuses quickly must not win. */
async function checkAnswer(
  { running, target }: CellRun,
  body: Buffer,
  ending: string,
): Promise<void> {
  const request = encodeRequest({ ...target, body });
  const connection = new Connection(running.port);
  let answer = '';
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no answer to a single request in ${checkWithinMs} ms`)),
      checkWithinMs,
    );
    connection.send(request, {
      onBody: (bytes) => {
        answer += bytes.toString('latin1');
      },
      onEnd: (value) => {
        clearTimeout(timer);
        resolve(value);
      },
    });
  }).finally(() => connection.close());
  if (status !== 200 || !answer.includes(ending)) {
    throw new Error(
      `a single request was answered ${status ?? 'by a closed connection'}: ${answer.slice(0, 300)}`,
    );
  }
}

/** A gateway in service has long been compiled by its engine; one just started costs up to three times as much a request. */
async function warmUp({
  options,
  running,
  target,
  workFolder,
  warmUpSeconds,
}: CellRun): Promise<void> {
  await runSaturation(
    { target, connections: options.connections, seconds: warmUpSeconds },
    running,
    workFolder,
  );
}

async function measureSaturation({
  options,
  running,
  target,
  workFolder,
}: CellRun): Promise<Figures> {
  const { connections, seconds } = options;
  const { result, before, after } = await runSaturation(
    { target, connections, seconds },
    running,
    workFolder,
  );
  const requestsPerSecond = (result.requests * 1_000) / result.durationMs;
  if (running.pids.length === 0) return { requestsPerSecond, failed: result.failed };
  const cpuUs = readCpuUs(before, after);
  return {
    requestsPerSecond,
    failed: result.failed,
    cpuUsPerRequest: divide(cpuUs, result.requests),
    coreShare: cpuUs / (result.durationMs * 1_000),
    otherShareOfCore: readOtherShare(before, after),
    rssLoadedMb: after.rssKb / 1_024,
  };
}

async function measureOpenLoop(
  { options, running, target, workFolder, pass }: CellRun,
  scenario: OpenLoopScenario,
): Promise<Figures> {
  const { result, before, after } = await runOwnLoad(
    {
      kind: 'open-loop',
      target,
      ratePerSecond: scenario.ratePerSecond,
      warmUpMs: leadInMs,
      durationMs: options.seconds * 1_000,
      // Another pass draws other instants; every candidate of one pass gets the same.
      seed: options.seed + pass,
    },
    running,
    workFolder,
  );
  return {
    failed: result.failed,
    firstByteMsP50: result.firstByteMs.p50,
    firstByteMsP99: result.firstByteMs.p99,
    totalMsP50: result.totalMs.p50,
    totalMsP90: result.totalMs.p90,
    totalMsP99: result.totalMs.p99,
    sendDelayMsP50: result.sendDelayMs.p50,
    sendDelayMsP99: result.sendDelayMs.p99,
    ...(running.pids.length === 0
      ? {}
      : { cpuUsPerRequest: divide(readCpuUs(before, after), result.sent) }),
  };
}

async function measureOpenStreams(
  { options, running, target, workFolder, warmUpSeconds }: CellRun,
  scenario: OpenStreamsScenario,
): Promise<Figures> {
  await sleep(idleSettleMs);
  const idle = readTreeUsage(running.pids);
  const { result, before, after } = await runOwnLoad(
    {
      kind: 'open-streams',
      target,
      streams: scenario.streams,
      rampMs: Math.ceil((scenario.streams * 1_000) / streamsOpenedPerSecond),
      // The events of this time are the warm-up: load of another kind would have grown the heap before memory is measured.
      settleMs: warmUpSeconds * 1_000,
      durationMs: options.seconds * 1_000,
    },
    running,
    workFolder,
  );
  const shared: Figures = {
    failed: result.streamsFailed,
    firstByteMsP50: result.firstByteMs.p50,
    firstByteMsP99: result.firstByteMs.p99,
    eventsPerSecond: result.events / options.seconds,
    eventDelayMsP50: result.eventDelayMs.p50,
    eventDelayMsP99: result.eventDelayMs.p99,
  };
  if (running.pids.length === 0) return shared;
  return {
    ...shared,
    rssIdleMb: idle.rssKb / 1_024,
    rssKbPerStream: divide(after.rssKb - idle.rssKb, result.streamsOpen),
    cpuUsPerEvent: divide(readCpuUs(before, after), result.events),
  };
}

async function measureScenario(run: CellRun, scenario: Scenario, body: Buffer): Promise<Figures> {
  switch (scenario.kind) {
    case 'saturation':
      await checkAnswer(run, body, endingOf(scenario));
      await warmUp(run);
      return measureSaturation(run);
    case 'open-loop':
      await checkAnswer(run, body, endingOf(scenario));
      await warmUp(run);
      return measureOpenLoop(run, scenario);
    case 'open-streams':
      return measureOpenStreams(run, scenario);
  }
}

function endingOf(scenario: SaturationScenario | OpenLoopScenario): string {
  return scenario.answer.kind === 'json' ? '"output_tokens"' : 'event: message_stop';
}

/** Starts the candidate afresh, measures one scenario, ends it; nothing of one cell warms or burdens the next. */
export async function measureCell(
  bench: Bench,
  candidate: Candidate,
  at: { scenario: Scenario; pass: number },
): Promise<{ figures: Figures; runtime: string }> {
  const { options, upstreamPort } = bench;
  const workFolder = mkdtempSync(join(bench.workFolder, `${candidate.name}-`));
  const body = buildRequestBody({
    bytes: at.scenario.bodyBytes,
    model: options.model,
    answer: at.scenario.answer,
  });
  const bodyPath = join(workFolder, 'body.json');
  writeFileSync(bodyPath, body);
  const running = await candidate.start({ upstreamPort, core: candidateCore, workFolder });
  try {
    const target = {
      port: running.port,
      path: running.path,
      headers: running.requestHeaders,
      bodyPath,
    };
    const warmUpSeconds = candidate.isJustInTime ? options.warmUpSeconds : 1;
    const run = { options, running, target, workFolder, pass: at.pass, warmUpSeconds };
    const figures = await measureScenario(run, at.scenario, body);
    return { figures, runtime: running.runtime };
  } finally {
    await running.stop();
    rmSync(workFolder, { recursive: true, force: true });
  }
}
