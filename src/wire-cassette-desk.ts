import { resolve as resolvePath } from 'node:path';
import type { CassetteDesk, OpenedCassette } from './admin/cassette-desk.ts';
import type {
  CassetteAnswer,
  CassetteReport,
  DriftEstimate,
  RecordingAnswer,
} from './admin/contract-exchanges.ts';
import type { CassetteContents } from './admin/encode-cassette.ts';
import {
  cassetteContents,
  encodeCassetteLine,
  encodeCassetteReport,
} from './admin/encode-cassette.ts';
import { whyNotAskable } from './cassettes/ask-again.ts';
import { askCassette } from './cassettes/ask-cassette.ts';
import type { CassetteLine } from './cassettes/parse-cassette.ts';
import type { Recording } from './cassettes/recorder.ts';
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
import { cassetteFile, loadCassette, recordingInto, redactionRulesOf } from './wire-cassettes.ts';
import { wireEmulator } from './wire-emulator.ts';

export interface CassetteDeskWiring {
  readonly clock: Clock;
  readonly secrets: SecretSources;
  readonly configNow: () => Config;
  readonly upstreams: () => Upstreams;
  /** What operators have recorded; the walk looks into it. */
  readonly recordings: Map<string, Recording>;
}

interface AskedUpstream {
  readonly upstream: Upstream;
  close(): Promise<void>;
}

/** A larger one is read on the command line: reading it here would hold up whoever is served. */
const READ_BYTES_MAX = 16 * 1024 * 1024;
const RECORDINGS_MAX = 100;
/** How long a replay or a drift may take in all. */
const ASKING_MS = 120_000;

/** Cassettes, for an operator. */
export function wireCassetteDesk(wiring: CassetteDeskWiring): CassetteDesk {
  const { configNow, recordings } = wiring;
  let isAsking = false;
  /** By name, what was read of a file as long as that is the same. */
  const known = new Map<string, { readonly stamp: string; readonly cassette: CassetteAnswer }>();
  const describe = (name: string): CassetteAnswer => {
    const facts = factsOf(configNow(), name);
    const stamp = `${String(facts.bytes)} ${facts.changed_at}`;
    const kept = known.get(name);
    if (kept?.stamp === stamp) return kept.cassette;
    const opened = openCassette(configNow(), name);
    const cassette = opened.kind === 'opened' ? opened.cassette : { ...facts, ...unread(opened) };
    known.set(name, { stamp, cassette });
    return cassette;
  };
  const ask = async (
    name: string,
    limit: number,
    upstreamOf: () => AskedUpstream | Refusal,
  ): Promise<CassetteReport | Refusal> => {
    const opened = openCassette(configNow(), name);
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
  return {
    list: () => cassetteNames(resolvePath(configNow().data_dir)).map((name) => describe(name)),
    open: (name): OpenedCassette | Refusal => {
      const opened = openCassette(configNow(), name);
      if (opened.kind !== 'opened') return unopened(name, opened);
      const { cassette, lines } = opened;
      return {
        kind: 'cassette',
        cassette,
        exchanges: lines.map((line) => encodeCassetteLine(line)),
      };
    },
    recordings: () => recordingsOf(configNow(), recordings),
    start: (keyId, cassette) => startRecording(wiring, keyId, cassette),
    stop: (keyId) => stopRecording(wiring, keyId),
    replay: (name, limit) => ask(name, limit, () => emulatorOf(wiring)),
    drift: (name, upstream, limit) => ask(name, limit, () => upstreamOf(wiring, upstream)),
    estimate: (name, upstream, limit) => estimate(wiring, { name, upstream, limit }),
  };
}

type Opening =
  | {
      readonly kind: 'opened';
      readonly cassette: CassetteAnswer;
      readonly lines: readonly CassetteLine[];
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly problem: string };

function openCassette(config: Config, name: string): Opening {
  const facts = factsOf(config, name);
  if (facts.changed_at === NEVER) return { kind: 'missing' };
  if (facts.bytes > READ_BYTES_MAX) {
    const problem = `it has ${String(facts.bytes)} bytes: look into it with "quatrain cassettes"`;
    return { kind: 'unreadable', problem };
  }
  try {
    const lines = loadCassette(config, name, name);
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
  const { bytes, changedAtMs } = cassetteFacts(cassetteFile(config, name)) ?? {
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

function recordingsOf(
  config: Config,
  operators: ReadonlyMap<string, Recording>,
): readonly RecordingAnswer[] {
  const configured = config.recordings.map(({ key, cassette }) => ({
    key_id: key,
    cassette,
    source: 'configuration' as const,
  }));
  const own = [...operators].map(([key, { cassette }]) => ({
    key_id: key,
    cassette,
    source: 'operator' as const,
  }));
  return [...configured, ...own];
}

function startRecording(
  { configNow, recordings }: CassetteDeskWiring,
  keyId: string,
  cassette: string,
): Refusal | undefined {
  const isTaken = recordings.has(keyId) || isConfigured(configNow(), keyId);
  if (isTaken) {
    return refusal('conflict', 'The key is recorded already.', { reason: 'already_recorded' });
  }
  if (recordings.size >= RECORDINGS_MAX) {
    const text = `At most ${String(RECORDINGS_MAX)} keys are recorded at once.`;
    return refusal('conflict', text, { reason: 'too_many_recordings' });
  }
  recordings.set(keyId, recordingInto(configNow(), cassette));
  return undefined;
}

function stopRecording(
  { configNow, recordings }: CassetteDeskWiring,
  keyId: string,
): Refusal | undefined {
  if (recordings.delete(keyId)) return undefined;
  return isConfigured(configNow(), keyId)
    ? refusal('conflict', 'The configuration has it recorded: take it out of `recordings` there.', {
        reason: 'configured_recording',
      })
    : refusal('not_found', 'The key is not recorded.', { reason: 'recording_not_found' });
}

function isConfigured({ recordings }: Config, keyId: string): boolean {
  return recordings.some(({ key }) => key === keyId);
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

function estimate(
  wiring: CassetteDeskWiring,
  asked: { readonly name: string; readonly upstream: string | undefined; readonly limit: number },
): DriftEstimate | Refusal {
  const config = wiring.configNow();
  const opened = openCassette(config, asked.name);
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
