import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosRow } from './chaos-client.ts';
import { ChaosClient } from './chaos-client.ts';
import type { ChaosName, ChaosSchedule, Outage } from './chaos-schedule.ts';
import { chaosNames, isFullOutage } from './chaos-schedule.ts';
import { ChaosUpstream } from './chaos-upstream.ts';
import type { TestGateway } from './start-test-gateway.ts';
import { startTestGateway } from './start-test-gateway.ts';

/** What a chaos run showed. */
export interface ChaosFigures {
  readonly requests: number;
  /** Of requests while one upstream at least was up, without those whose stream broke after content. */
  readonly successPercent: number;
  readonly failed: readonly ChaosRow[];
  readonly lost: number;
  readonly falseAnswers: readonly ChaosRow[];
  /** Attempts for each request that began while both were away. */
  readonly amplification: number | undefined;
  /** From the beginning of an outage until its breakers were open; of limits, until it was left alone. */
  readonly openedMs: readonly number[];
  /** From the end of an outage until the upstream had answered in full. */
  readonly usedMs: readonly number[];
  /** The longest that this process was kept from running: beyond a time-out, the machine was too busy to judge by. */
  readonly awayMs: number;
}

const FIRST_BYTE_MS = 1500;
const WATCH_MS = 25;
const ONE_PIECE_EACH = 3;
const END_MS_MAX = 60_000;
const SECOND_MS = 1000;
const PERCENT = 100;
const NANO_IN_MS = 1e6;

interface Chaos {
  readonly schedule: ChaosSchedule;
  readonly upstreams: Readonly<Record<ChaosName, ChaosUpstream>>;
  readonly gateway: TestGateway;
  readonly startedMs: number;
}

/** Runs two failing upstreams behind one route at a fixed rate, whatever becomes of the requests. */
export async function runChaos(
  schedule: ChaosSchedule,
  requestsPerSecond: number,
): Promise<ChaosFigures> {
  const upstreams = {
    one: await ChaosUpstream.start(schedule.seed, 1),
    two: await ChaosUpstream.start(schedule.seed, 2),
  };
  const gateway = await startTestGateway(chaosYaml(upstreams));
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const startedMs = performance.now();
  const wallStartedMs = Date.now();
  const chaos = { schedule, upstreams, gateway, startedMs };
  try {
    const outages = schedule.outages.map((outage) => watchOutage(chaos, outage));
    const client = await sendAll(chaos, requestsPerSecond);
    const watched = (await Promise.all(outages)).flat();
    await gateway.gateway.stop();
    return {
      ...figuresOf(client.rows, schedule),
      amplification: amplificationIn(gateway.dataDir, schedule, wallStartedMs),
      openedMs: watched.map(({ openedMs }) => openedMs),
      usedMs: watched.map(({ usedMs }) => usedMs),
      awayMs: delay.max / NANO_IN_MS,
    };
  } finally {
    await gateway.stop();
    await Promise.all(chaosNames.map((name) => upstreams[name].stop()));
  }
}

/** What is looked at is failing upstreams, and not how busy the machine is that all of this runs on. */
const calm = 'limits: { shed_event_loop_ms: 0 }\n';

/** A configuration of a gateway with these upstreams behind one route. */
export function chaosYaml(upstreams: Chaos['upstreams']): string {
  const each = chaosNames.map(
    (name) =>
      `  ${name}:\n    kind: anthropic\n    base_url: ${upstreams[name].url}\n    auth: none\n    timeouts: { connect_ms: 1000, first_byte_ms: ${String(FIRST_BYTE_MS)}, idle_ms: ${String(FIRST_BYTE_MS)} }\n`,
  );
  const targets = chaosNames.map((name) => `      - upstream: ${name}\n`);
  return `${calm}upstreams:\n${each.join('')}default_upstream: one\nroutes:\n  - name: chaos\n    targets:\n${targets.join('')}`;
}

async function sendAll(
  { schedule, gateway, startedMs }: Chaos,
  requestsPerSecond: number,
): Promise<ChaosClient> {
  const client = new ChaosClient(gateway.url, gateway.headers, startedMs);
  const gapMs = SECOND_MS / requestsPerSecond;
  let sent = 0;
  while (sent * gapMs < schedule.durationMs) {
    const dueMs = performance.now() - startedMs;
    for (; sent * gapMs <= dueMs; sent += 1) client.ask(sent, sent % ONE_PIECE_EACH !== 0);
    await sleep(Math.max(1, gapMs / 2));
  }
  const giveUpMs = performance.now() + END_MS_MAX;
  while (client.open > 0 && performance.now() < giveUpMs) await sleep(WATCH_MS);
  if (client.open > 0) throw new Error(`${String(client.open)} requests had no end`);
  client.close();
  return client;
}

interface Watched {
  readonly openedMs: number;
  readonly usedMs: number;
}

/** Makes an outage happen, and sees how long it takes the gateway to act on its beginning and its end. */
async function watchOutage(chaos: Chaos, outage: Outage): Promise<readonly Watched[]> {
  const { upstreams, startedMs } = chaos;
  const nowMs = (): number => performance.now() - startedMs;
  await sleep(outage.fromMs - nowMs());
  const fromMs = nowMs();
  await Promise.all(outage.away.map((name) => upstreams[name].fail(outage.fault)));
  const opened = await Promise.all(
    outage.away.map(async (name) => {
      while (!isLeftAlone(chaos, name) && nowMs() < outage.toMs) await sleep(WATCH_MS);
      return nowMs() - fromMs;
    }),
  );
  await sleep(Math.max(0, outage.toMs - nowMs()));
  const toMs = performance.now();
  await Promise.all(outage.away.map((name) => upstreams[name].fail(undefined)));
  return Promise.all(
    outage.away.map(async (name, at) => {
      const isOver = (): boolean => nowMs() > chaos.schedule.durationMs;
      while (upstreams[name].servedAtMs < toMs && !isOver()) await sleep(WATCH_MS);
      return { openedMs: opened[at] ?? Infinity, usedMs: performance.now() - toMs };
    }),
  );
}

/** Its breaker is open; one that is limited is paused, since that is no failure. */
function isLeftAlone({ gateway }: Chaos, name: ChaosName): boolean {
  const states = gateway.gateway.parts.walk.health?.snapshot() ?? [];
  return states.some(
    ({ healthKey, isBroken, pauseLeftMs }) =>
      healthKey.startsWith(name) && (isBroken || pauseLeftMs > 0),
  );
}

function figuresOf(
  rows: readonly ChaosRow[],
  schedule: ChaosSchedule,
): Pick<ChaosFigures, 'requests' | 'successPercent' | 'failed' | 'lost' | 'falseAnswers'> {
  const judged = rows.filter(
    ({ sentAtMs, endedAtMs, outcome }) =>
      outcome !== 'lost' && !isFullOutage(schedule, sentAtMs, endedAtMs),
  );
  const answered = judged.filter(({ outcome }) => outcome === 'answered').length;
  return {
    requests: rows.length,
    successPercent: (answered / judged.length) * PERCENT,
    failed: judged.filter(({ outcome }) => outcome === 'refused'),
    lost: rows.filter(({ outcome }) => outcome === 'lost').length,
    falseAnswers: rows.filter(({ outcome }) => outcome === 'false-answer'),
  };
}

/** As the request log has it: a refused connection is an attempt that no upstream sees. */
function amplificationIn(
  dataDir: string,
  schedule: ChaosSchedule,
  wallStartedMs: number,
): number | undefined {
  const database = new DatabaseSync(join(dataDir, 'quatrain.db'), { readOnly: true });
  try {
    const rows = database
      .prepare('SELECT started_at_ms, attempts FROM request_log')
      .all() as unknown as readonly { readonly started_at_ms: number; readonly attempts: number }[];
    const during = rows.filter(({ started_at_ms }) =>
      isFullOutage(schedule, started_at_ms - wallStartedMs),
    );
    const attempts = during.reduce((sum, row) => sum + row.attempts, 0);
    return during.length === 0 ? undefined : attempts / during.length;
  } finally {
    database.close();
  }
}
