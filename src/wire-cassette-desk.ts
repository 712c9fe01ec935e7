import { resolve as resolvePath } from 'node:path';
import type { CassetteDesk, OpenedCassette } from './admin/cassette-desk.ts';
import type { CassetteAnswer, CassetteReport, DriftEstimate } from './admin/contract-exchanges.ts';
import type { CassetteContents } from './admin/encode-cassette.ts';
import {
  cassetteContents,
  encodeCassetteLine,
  encodeCassetteReport,
} from './admin/encode-cassette.ts';
import { whyNotAskable } from './cassettes/ask-again.ts';
import { askCassette } from './cassettes/ask-cassette.ts';
import type { CassetteLine } from './cassettes/parse-cassette.ts';
import { createRedactor } from './cassettes/redact-exchange.ts';
import { resolveAnyName } from './catalog/resolve-model.ts';
import type { Config } from './config/config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import type { Refusal } from './messages/errors.ts';
import { refusal } from './messages/errors.ts';
import { isRecordedRefusal } from './messages/recorded-exchange.ts';
import type { Upstream } from './messages/upstream.ts';
import { UsageState } from './messages/usage.ts';
import { priceUsage } from './metering/price-usage.ts';
import type { Upstreams } from './routing/plan-route.ts';
import type { Clock } from './std/clock.ts';
import { StartProblem } from './start-problem.ts';
import { cassetteFacts, cassetteNames } from './store/cassette-files.ts';
import { loadNamedCassette, namedCassetteFile, redactionRulesOf } from './wire-cassettes.ts';
import { wireEmulator } from './wire-emulator.ts';
import type { RecordingWiring } from './wire-recordings.ts';
import { orderedRecordings, startRecording, stopRecording } from './wire-recordings.ts';

export interface CassetteDeskWiring extends RecordingWiring {
  readonly clock: Clock;
  readonly secrets: SecretSources;
  readonly upstreams: () => Upstreams;
}

interface AskedUpstream {
  readonly upstream: Upstream;
  close(): Promise<void>;
}

/** A larger one is read on the command line: all that it holds stands in memory here. */
const READ_BYTES_MAX = 16 * 1024 * 1024;
/** How long a replay or a drift may take in all. */
const ASKING_MS = 120_000;

/** Cassettes, for an operator. */
export function wireCassetteDesk(wiring: CassetteDeskWiring): CassetteDesk {
  const { configNow, recordings } = wiring;
  let isAsking = false;
  const ask = async (
    name: string,
    limit: number,
    upstreamOf: () => AskedUpstream | Refusal,
  ): Promise<CassetteReport | Refusal> => {
    const opened = await openCassette(wiring, name);
    if (opened.kind !== 'opened') return unopened(name, opened);
    if (isAsking) return refusal('conflict', 'A replay or a drift is running.', { reason: 'busy' });
    const asked = upstreamOf();
    if ('kind' in asked) return asked;
    isAsking = true;
    try {
      const report = await askCassette(opened.lines.slice(0, limit), {
        upstream: asked.upstream,
        clock: wiring.clock,
        redactor: createRedactor(redactionRulesOf(configNow())),
        answerBytesMax: configNow().limits.answer_bytes_max,
        forMs: ASKING_MS,
      });
      return encodeCassetteReport(report, {
        cassette: name,
        upstream: asked.upstream.name,
        exchanges: opened.lines.length,
      });
    } finally {
      isAsking = false;
      await asked.close();
    }
  };
  const list = lister(wiring);
  return {
    list,
    open: async (name): Promise<OpenedCassette | Refusal> => {
      const opened = await openCassette(wiring, name);
      if (opened.kind !== 'opened') return unopened(name, opened);
      const { cassette, lines } = opened;
      return {
        kind: 'cassette',
        cassette,
        exchanges: lines.map((line) => encodeCassetteLine(line)),
      };
    },
    recordings: () => orderedRecordings(configNow(), recordings),
    start: (keyId, cassette) => startRecording(wiring, keyId, cassette),
    stop: (keyId) => stopRecording(wiring, keyId),
    replay: (name, limit) => ask(name, limit, () => emulatorOf(wiring)),
    drift: (name, upstream, limit) => ask(name, limit, () => upstreamOf(wiring, upstream)),
    estimate: (name, upstream, limit) => estimate(wiring, { name, upstream, limit }),
  };
}

/** Lists cassettes. Who asks while a list is being made gets the same one. */
function lister(wiring: CassetteDeskWiring): CassetteDesk['list'] {
  /** By name, what was read of a file as long as that is the same. */
  let known = new Map<string, { readonly stamp: string; readonly cassette: CassetteAnswer }>();
  let listing: Promise<readonly CassetteAnswer[]> | undefined;
  const listAll = async (): Promise<readonly CassetteAnswer[]> => {
    const read: typeof known = new Map();
    for (const name of cassetteNames(resolvePath(wiring.configNow().data_dir))) {
      const facts = factsOf(wiring.configNow(), name);
      const stamp = `${String(facts.bytes)} ${facts.changed_at}`;
      const kept = known.get(name);
      const isKept = kept?.stamp === stamp;
      read.set(name, isKept ? kept : { stamp, cassette: await describe(wiring, facts) });
    }
    known = read;
    return [...read.values()].map(({ cassette }) => cassette);
  };
  return () => {
    listing ??= listAll().finally(() => {
      listing = undefined;
    });
    return listing;
  };
}

async function describe(
  wiring: CassetteDeskWiring,
  facts: ReturnType<typeof factsOf>,
): Promise<CassetteAnswer> {
  const opened = await openCassette(wiring, facts.name);
  return opened.kind === 'opened' ? opened.cassette : { ...facts, ...unread(opened) };
}

type Opening =
  | {
      readonly kind: 'opened';
      readonly cassette: CassetteAnswer;
      readonly lines: readonly CassetteLine[];
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly problem: string };

async function openCassette(
  { configNow, clock }: CassetteDeskWiring,
  name: string,
): Promise<Opening> {
  const config = configNow();
  const facts = factsOf(config, name);
  if (facts.changed_at === NEVER) return { kind: 'missing' };
  if (facts.bytes > READ_BYTES_MAX) {
    const problem = `it has ${String(facts.bytes)} bytes: look into it with "quatrain cassettes"`;
    return { kind: 'unreadable', problem };
  }
  try {
    const lines = await loadNamedCassette(config, name, clock);
    return { kind: 'opened', lines, cassette: { ...facts, ...cassetteContents(lines) } };
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error;
    return { kind: 'unreadable', problem: error.message };
  }
}

const NEVER = new Date(0).toISOString();

function factsOf(
  config: Config,
  name: string,
): Pick<CassetteAnswer, 'name' | 'bytes' | 'changed_at'> {
  const { bytes, changedAtMs } = cassetteFacts(namedCassetteFile(config, name)) ?? {
    bytes: 0,
    changedAtMs: 0,
  };
  return { name, bytes, changed_at: new Date(changedAtMs).toISOString() };
}

function unread(opening: Exclude<Opening, { kind: 'opened' }>): CassetteContents {
  const problem = opening.kind === 'missing' ? 'it is gone' : opening.problem;
  return { ...cassetteContents([]), problem };
}

function unopened(name: string, opening: Exclude<Opening, { kind: 'opened' }>): Refusal {
  return opening.kind === 'missing'
    ? refusal('not_found', `There is no cassette "${name}".`, { reason: 'cassette_not_found' })
    : refusal('conflict', opening.problem, { reason: 'cassette_unreadable' });
}

/** One of its own, without delays, limits and faults: nobody else's state changes. */
function emulatorOf({ clock, secrets, configNow }: CassetteDeskWiring): AskedUpstream | Refusal {
  const config = configNow();
  const emulator = {
    ...config.emulator,
    first_token_ms: 0,
    tokens_per_second: 0,
    jitter_percent: 0,
    faults: [],
    limits: { accounts: {} },
  };
  try {
    const { upstream, takeScenarios } = wireEmulator({ ...config, emulator }, { clock, secrets });
    takeScenarios();
    return { upstream, close: () => upstream.close() };
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error;
    return refusal('conflict', error.message, { reason: 'scenarios_unreadable' });
  }
}

function upstreamOf(
  { upstreams }: CassetteDeskWiring,
  named: string | undefined,
): AskedUpstream | Refusal {
  const { byName, defaultName } = upstreams();
  const name = named ?? defaultName;
  const upstream = byName.get(name);
  if (upstream !== undefined) return { upstream, close: () => Promise.resolve() };
  const text = `upstream: none is called "${name}"; there are: ${[...byName.keys()].join(', ')}`;
  return refusal('invalid_request', text, { param: 'upstream' });
}

async function estimate(
  wiring: CassetteDeskWiring,
  asked: { readonly name: string; readonly upstream: string | undefined; readonly limit: number },
): Promise<DriftEstimate | Refusal> {
  const config = wiring.configNow();
  const opened = await openCassette(wiring, asked.name);
  if (opened.kind !== 'opened') return unopened(asked.name, opened);
  const found = upstreamOf(wiring, asked.upstream);
  if ('kind' in found) return found;
  const taken = opened.lines.slice(0, asked.limit);
  const sent = taken.filter(({ exchange }) => whyNotAskable(exchange) === undefined);
  const costs = sent.map((line) => costOf(line, config, wiring.clock.wallMs()));
  const isKnown = costs.every((cost) => cost !== undefined);
  const sum = costs.reduce<bigint>((total, cost) => total + (cost ?? 0n), 0n);
  return {
    upstream: found.upstream.name,
    requests: sent.length,
    left_out: opened.lines.length - taken.length,
    skipped: taken.length - sent.length,
    cost_nano: isKnown ? String(sum) : null,
  };
}

/** What an exchange cost when it was recorded, at the prices of now. */
function costOf(
  { exchange }: CassetteLine,
  { emulator }: Config,
  atMs: number,
): bigint | undefined {
  const { operation, model = '', usage, response } = exchange;
  const isFree = operation !== 'messages.create' && operation !== 'complete.create';
  if (isFree || isRecordedRefusal(response) || response.status >= 400) return 0n;
  const known = resolveAnyName(model, emulator.profile);
  if (known === undefined || usage === undefined) return undefined;
  const state = new UsageState();
  state.mergeFinal(usage);
  return priceUsage(state.usage, known.prices, atMs);
}
