/** Measures what forwarding costs, candidate beside candidate; `--help` lists the options. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { candidates as allCandidates } from './candidates/all.ts';
import type { Candidate } from './candidates/candidate.ts';
import { type Cell, withAdded } from './figures.ts';
import { loadCore, pinThisProcess, readLoadAverage, readMachineFacts } from './machine.ts';
import { type Bench, measureCell } from './measure.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { startPinned } from './pinned-process.ts';
import {
  buildRecord,
  compareAtSaturation,
  formatFacts,
  formatRatios,
  formatScenario,
} from './report.ts';
import { Progress } from '../src/cli/progress.ts';
import { systemClock } from '../src/std/clock.ts';
import { listScenarios, type Scenario } from './scenarios.ts';

type Skip = { readonly candidate: string; readonly reason: string };

const upstreamWithinMs = 10_000;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function prepareCandidates(
  wanted: readonly string[],
): Promise<{ ready: Candidate[]; skipped: Skip[] }> {
  const unknown = wanted.filter(
    (name) => !allCandidates.some((candidate) => candidate.name === name),
  );
  if (unknown.length > 0) throw new Error(`no such candidate: ${unknown.join(', ')}`);
  const ready: Candidate[] = [];
  const skipped: Skip[] = [];
  for (const candidate of allCandidates) {
    if (wanted.length > 0 && !wanted.includes(candidate.name)) continue;
    const reason = await candidate.prepare();
    if (reason === undefined) {
      ready.push(candidate);
      continue;
    }
    skipped.push({ candidate: candidate.name, reason });
    print(`skipped ${candidate.name}: ${reason}`);
  }
  return { ready, skipped };
}

async function measureOne(
  bench: Bench,
  candidate: Candidate,
  at: { scenario: Scenario; pass: number },
): Promise<Cell> {
  const place = { scenario: at.scenario.name, candidate: candidate.name, pass: at.pass };
  try {
    return { ...place, ...(await measureCell(bench, candidate, at)) };
  } catch (cause) {
    // One candidate that fails must not cost the others their figures; the exit code tells.
    const error = cause instanceof Error ? cause.message : String(cause);
    print(`  ${candidate.name}, ${at.scenario.kind} ${at.scenario.name}: ${error}`);
    return { ...place, runtime: 'unknown', figures: {}, error };
  }
}

async function measureAll(
  bench: Bench,
  ready: readonly Candidate[],
  scenarios: readonly Scenario[],
): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  const { passes } = bench.options;
  const total = passes * scenarios.length * ready.length;
  const label = 'measuring';
  const measuring = new Progress({ label, total, out: process.stderr, clock: systemClock });
  for (let pass = 1; pass <= passes; pass += 1) {
    for (const scenario of scenarios) {
      for (const candidate of ready) {
        const what = `pass ${pass} of ${passes}: ${scenario.name}, ${candidate.name}`;
        measuring.at(cells.length, { label: what });
        cells.push(await measureOne(bench, candidate, { scenario, pass }));
      }
    }
  }
  measuring.at(total, { label });
  measuring.end();
  return withAdded(cells);
}

async function run(options: BenchOptions): Promise<boolean> {
  const facts = readMachineFacts();
  const loadAverage = readLoadAverage();
  const scenarios = listScenarios(options);
  pinThisProcess();
  print(formatFacts(facts, loadAverage));
  const { ready, skipped } = await prepareCandidates(options.candidates);
  const workFolder = mkdtempSync(join(tmpdir(), 'quatrain-bench-'));
  // On exit, not at the end of this function: an interrupted run leaves nothing behind either.
  process.once('exit', () => rmSync(workFolder, { recursive: true, force: true }));
  const upstream = await startPinned({
    command: process.execPath,
    args: [join(import.meta.dirname, 'upstream.ts')],
    core: loadCore,
    env: {},
    cwd: workFolder,
    logPath: join(workFolder, 'upstream.log'),
  });
  try {
    const listening = await upstream.waitForLog(
      /listening on http:\/\/127\.0\.0\.1:(\d+)/,
      upstreamWithinMs,
    );
    const bench = { options, upstreamPort: Number(listening[1]), workFolder };
    const cells = await measureAll(bench, ready, scenarios);
    const names = ready.map(({ name }) => name);
    for (const scenario of scenarios) print(formatScenario(scenario, cells, names));
    print(formatRatios(compareAtSaturation(scenarios, cells, names)));
    mkdirSync(dirname(options.jsonPath), { recursive: true });
    const record = buildRecord({
      facts,
      loadAverage,
      options,
      scenarios,
      candidates: names,
      skipped,
      cells,
    });
    writeFileSync(options.jsonPath, `${JSON.stringify(record, undefined, 2)}\n`);
    print(`figures of every pass: ${options.jsonPath}`);
    return cells.every(({ error }) => error === undefined);
  } finally {
    await upstream.stop();
  }
}

const options = readOptions(process.argv.slice(2));
if (options === undefined) print(usage);
else process.exitCode = (await run(options)) ? 0 : 1;
