import { resolve as resolvePath } from 'node:path';
import { CassetteIndex } from './cassettes/cassette-index.ts';
import type { CassetteLine, ParsedCassette } from './cassettes/parse-cassette.ts';
import { parseCassette, parseCassetteByLine } from './cassettes/parse-cassette.ts';
import type { Recording } from './cassettes/recorder.ts';
import { createRedactor } from './cassettes/redact-exchange.ts';
import type { RedactionRules } from './cassettes/redaction-rules.ts';
import type { Config, ReplayUpstreamConfig } from './config/config.ts';
import type { Upstream } from './messages/upstream.ts';
import { StartProblem } from './start-problem.ts';
import type { Clock } from './std/clock.ts';
import { runInSteps } from './std/run-in-steps.ts';
import { cassettePath, cassetteStamp, readCassette } from './store/cassette-files.ts';
import { createReplayUpstream } from './upstreams/replay/replay-upstream.ts';

/** The keys that a configuration records, by public id. */
export function recordingsOf(config: Config): ReadonlyMap<string, Recording> {
  return new Map(
    config.recordings.map(({ key, cassette }) => [key, recordingInto(config, cassette)] as const),
  );
}

/** What a recording into a cassette goes by. */
export function recordingInto(config: Config, cassette: string): Recording {
  const { limits } = config;
  const bounds = {
    exchangeBytesMax: limits.recording_bytes_max,
    waitingBytesMax: limits.recordings_waiting_bytes_max,
    cassetteBytesMax: limits.cassette_bytes_max,
  };
  return { cassette, rules: redactionRulesOf(config), bounds };
}

/** What a configuration keeps out of cassettes. */
export function redactionRulesOf({ redact }: Config): RedactionRules {
  return {
    patterns: redact.patterns,
    emails: redact.emails ? 'redact' : 'keep',
    media: redact.media,
    mediaBytesMax: redact.media_bytes_max,
  };
}

interface ReplayWiring {
  readonly name: string;
  readonly upstream: ReplayUpstreamConfig;
  readonly config: Config;
  readonly wiring: { readonly clock: Clock };
  /** What is wired already: every upstream that plays no cassette. */
  readonly wired: {
    readonly byName: ReadonlyMap<string, Upstream>;
    readonly madeFrom: ReadonlyMap<string, string>;
    readonly emulator: { readonly madeFrom: string };
  };
}

/** How a replay is made, and from what: the same again stays, and goes on where it was. */
export function wireReplay({ name, upstream, config, wiring, wired }: ReplayWiring): {
  readonly from: string;
  readonly make: () => Upstream;
} {
  const path = cassetteFile(config, upstream.cassette);
  const { on_miss: onMiss } = upstream;
  const fallback = onMiss === 'refuse' ? undefined : wired.byName.get(onMiss);
  const from = JSON.stringify([
    upstream,
    config.redact,
    path,
    cassetteStamp(path),
    onMiss,
    wired.madeFrom.get(onMiss) ?? wired.emulator.madeFrom,
  ]);
  const make = (): Upstream => {
    const lines = loadCassette(config, upstream.cassette, `upstreams.${name}.cassette`);
    return createReplayUpstream({
      name,
      clock: wiring.clock,
      cassetteName: upstream.cassette,
      exchanges: new CassetteIndex(lines, createRedactor(redactionRulesOf(config))),
      timing: upstream.timing,
      ...(fallback === undefined ? {} : { onMiss: fallback }),
    });
  };
  return { from, make };
}

/** The file of a cassette of the data directory, whatever its name looks like. */
export function namedCassetteFile({ data_dir }: Config, name: string): string {
  return cassettePath(resolvePath(data_dir), name);
}

/** The file of a cassette: a name stands for one in the data directory, a path for itself. */
export function cassetteFile(config: Config, nameOrPath: string): string {
  const isPath = nameOrPath.includes('/') || nameOrPath.endsWith('.jsonl');
  return isPath ? resolvePath(nameOrPath) : namedCassetteFile(config, nameOrPath);
}

/** The exchanges of a cassette; `asked` says in the message who wanted it. */
export function loadCassette(
  config: Config,
  nameOrPath: string,
  asked: string,
): readonly CassetteLine[] {
  const path = cassetteFile(config, nameOrPath);
  return linesOf(parseCassette(textOf(path, config, asked)), path, asked);
}

/** The same of the data directory's own, for whoever has requests to serve meanwhile. */
export async function loadNamedCassette(
  config: Config,
  name: string,
  clock: Clock,
): Promise<readonly CassetteLine[]> {
  const path = namedCassetteFile(config, name);
  const text = textOf(path, config, name);
  return linesOf(await runInSteps(parseCassetteByLine(text), clock), path, name);
}

function textOf(path: string, { limits }: Config, asked: string): string {
  const read = readCassette(path, limits.cassette_bytes_max);
  if (read.kind === 'text') return read.text;
  throw new StartProblem(`${asked}: ${read.message}`);
}

function linesOf(parsed: ParsedCassette, path: string, asked: string): readonly CassetteLine[] {
  if (parsed.kind === 'cassette') return parsed.lines;
  throw new StartProblem(`${asked}: ${path}:${String(parsed.line)}: ${parsed.detail}`);
}
