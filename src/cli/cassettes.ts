import { resolve as resolvePath } from 'node:path';
import { askCassette } from '../cassettes/ask-cassette.ts';
import type { DriftReport } from '../cassettes/drift-report.ts';
import { driftText, requestLabel } from '../cassettes/drift-report.ts';
import type { CassetteLine } from '../cassettes/parse-cassette.ts';
import { createRedactor } from '../cassettes/redact-exchange.ts';
import type { Config } from '../config/config.ts';
import { isRecordedRefusal } from '../messages/recorded-exchange.ts';
import { StartProblem } from '../start-problem.ts';
import { systemClock } from '../std/clock.ts';
import { cassetteNames } from '../store/cassette-files.ts';
import { createLog } from '../telemetry/log.ts';
import { loadCassette, redactionRulesOf } from '../wire-cassettes.ts';
import { wireUpstreams } from '../wire-upstreams.ts';
import { usageProblem } from './command-problem.ts';
import type { ConfigFlags } from './load-config.ts';
import { loadConfig, secretSources } from './load-config.ts';
import { Progress } from './progress.ts';
import { complain, say } from './terminal.ts';

export interface CassetteFlags extends ConfigFlags {
  readonly json?: boolean;
}

export interface DriftFlags extends CassetteFlags {
  readonly upstream?: string;
}

/** Shows which cassettes there are; one that cannot be read says why. */
export function listCassettesCommand(flags: CassetteFlags): void {
  const config = loadConfig(flags);
  const rows = cassetteNames(resolvePath(config.data_dir)).map((name) => describe(config, name));
  if (flags.json === true) {
    say(JSON.stringify(rows));
    return;
  }
  if (rows.length === 0) say('There are no cassettes yet; docs/cassettes.md says how to record.');
  for (const { name, exchanges, last, problem } of rows) {
    say(problem ?? `${name}  ${String(exchanges)} exchanges  ${last ?? ''}`.trimEnd());
  }
}

interface CassetteRow {
  readonly name: string;
  readonly exchanges?: number;
  /** When the last exchange was recorded. */
  readonly last?: string | undefined;
  readonly problem?: string;
}

function describe(config: Config, name: string): CassetteRow {
  try {
    const lines = loadCassette(config, name, name);
    return { name, exchanges: lines.length, last: lines.at(-1)?.exchange.recorded_at };
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error;
    return { name, problem: error.message };
  }
}

/** Shows what a cassette holds, an exchange a line. */
export function showCassetteCommand(name: string, flags: CassetteFlags): void {
  const lines = loadCassette(loadConfig(flags), name, name);
  if (flags.json === true) say(JSON.stringify(lines.map(({ exchange }) => exchange)));
  else for (const line of lines) say(summaryOf(line));
}

function summaryOf({ line, exchange }: CassetteLine): string {
  const { response, recorded_at: at, upstream } = exchange;
  const outcome = isRecordedRefusal(response) ? response.refused.code : String(response.status);
  const { how, at_ms: tookMs } = response.ended;
  const ended = how === 'complete' ? '' : ` (${how})`;
  const label = requestLabel(exchange);
  return `${String(line)}  ${at}  ${upstream}  ${label}  ${outcome}${ended}  ${String(tookMs)} ms`;
}

/** Sends the requests of a cassette once more and reports what of the answers' form has changed. */
export async function driftCommand(name: string, flags: DriftFlags): Promise<void> {
  const config = loadConfig(flags);
  const lines = loadCassette(config, name, name);
  const asking = new Progress({
    label: `asking what ${name} asked`,
    total: lines.length,
    out: process.stderr,
    clock: systemClock,
    isSilent: flags.json === true,
  });
  const report = await driftOf(config, lines, {
    named: flags.upstream,
    onAsked: (asked) => {
      asking.at(asked);
    },
  }).finally(() => {
    asking.end();
  });
  say(flags.json === true ? JSON.stringify(report) : driftText(report));
  if (report.drifted > 0) complain('the answers are not as they were recorded');
}

async function driftOf(
  config: Config,
  lines: readonly CassetteLine[],
  {
    named,
    onAsked,
  }: { readonly named: string | undefined; readonly onAsked: (asked: number) => void },
): Promise<DriftReport> {
  const log = createLog({ clock: systemClock, level: () => 'error', write: () => {} });
  const wired = wireUpstreams(config, { clock: systemClock, log, secrets: secretSources });
  try {
    const upstreamName = named ?? wired.defaultName;
    const upstream = wired.byName.get(upstreamName);
    if (upstream === undefined) {
      const known = [...wired.byName.keys()].join(', ');
      throw usageProblem(`no upstream is called "${upstreamName}"; there are: ${known}`);
    }
    const redactor = createRedactor(redactionRulesOf(config));
    const answerBytesMax = config.limits.answer_bytes_max;
    const asking = { upstream, clock: systemClock, redactor, answerBytesMax, onAsked };
    return await askCassette(lines, asking);
  } finally {
    await Promise.all(wired.all.map((upstream) => upstream.close()));
  }
}
