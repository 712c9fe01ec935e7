import { type Cell, type Figures, type Metric, summarizeCells } from './figures.ts';
import type { MachineFacts } from './machine.ts';
import type { Scenario } from './scenarios.ts';

type Column = {
  readonly title: string;
  readonly metric: Metric;
  readonly digits: number;
  readonly factor?: number;
};

const columns: Readonly<Record<Scenario['kind'], readonly Column[]>> = {
  saturation: [
    { title: 'req/s', metric: 'requestsPerSecond', digits: 0 },
    { title: 'CPU µs/req', metric: 'cpuUsPerRequest', digits: 0 },
    { title: 'core %', metric: 'coreShare', digits: 0, factor: 100 },
    { title: 'others %', metric: 'otherShareOfCore', digits: 0, factor: 100 },
    { title: 'RSS MB', metric: 'rssLoadedMb', digits: 0 },
    { title: 'failed', metric: 'failed', digits: 0 },
  ],
  'open-loop': [
    { title: '+first p50 ms', metric: 'addedFirstByteMsP50', digits: 2 },
    { title: '+first p99', metric: 'addedFirstByteMsP99', digits: 2 },
    { title: '+total p50', metric: 'addedTotalMsP50', digits: 2 },
    { title: '+total p99', metric: 'addedTotalMsP99', digits: 2 },
    { title: 'total p50', metric: 'totalMsP50', digits: 2 },
    { title: 'total p99', metric: 'totalMsP99', digits: 2 },
    { title: 'late send p99', metric: 'sendDelayMsP99', digits: 2 },
    { title: 'CPU µs/req', metric: 'cpuUsPerRequest', digits: 0 },
    { title: 'failed', metric: 'failed', digits: 0 },
  ],
  'open-streams': [
    { title: 'events/s', metric: 'eventsPerSecond', digits: 0 },
    { title: 'CPU µs/event', metric: 'cpuUsPerEvent', digits: 1 },
    { title: 'delay p50 ms', metric: 'eventDelayMsP50', digits: 2 },
    { title: 'delay p99', metric: 'eventDelayMsP99', digits: 2 },
    { title: 'first p50', metric: 'firstByteMsP50', digits: 2 },
    { title: 'RSS idle MB', metric: 'rssIdleMb', digits: 0 },
    { title: 'RSS kB/stream', metric: 'rssKbPerStream', digits: 1 },
    { title: 'failed', metric: 'failed', digits: 0 },
  ],
};

function formatFigure(value: number | null | undefined, { digits, factor = 1 }: Column): string {
  if (value === undefined) return '–';
  if (value === null) return 'never';
  return (value * factor).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Aligns rows under each other: the first column to the left, figures to the right. */
function formatRows(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const formatRow = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return rows.map((row) => `  ${formatRow(row)}`).join('\n');
}

/** One scenario as a table, a line a candidate. */
export function formatScenario(
  scenario: Scenario,
  cells: readonly Cell[],
  candidates: readonly string[],
): string {
  const shown = columns[scenario.kind];
  const rows = candidates.map((candidate) => {
    const figures = summarizeCells(cells, scenario.name, candidate);
    return [
      candidate,
      ...shown.map((column) =>
        figures === undefined ? 'error' : formatFigure(figures[column.metric], column),
      ),
    ];
  });
  return `${scenario.kind}: ${scenario.name}\n${formatRows([['', ...shown.map(({ title }) => title)], ...rows])}\n`;
}

/** How a candidate's requests/s at saturation compare with a peer's. */
export type Ratio = {
  readonly scenario: string;
  readonly candidate: string;
  readonly peer: string;
  readonly ratio: number;
};

/** Whose requests/s others are divided by, and which others: all where absent. */
const peers: readonly { readonly peer: string; readonly candidate?: string }[] = [
  { peer: 'portkey' },
  { peer: 'nginx' },
  { peer: 'quatrain', candidate: 'quatrain-prepaid' },
];

/** Every candidate's requests/s divided by Portkey's and by nginx's; with money, by that without. */
export function compareAtSaturation(
  scenarios: readonly Scenario[],
  cells: readonly Cell[],
  candidates: readonly string[],
): readonly Ratio[] {
  const ratios: Ratio[] = [];
  for (const { name, kind } of scenarios) {
    if (kind !== 'saturation') continue;
    const readRate = (candidate: string): number | null | undefined =>
      summarizeCells(cells, name, candidate)?.requestsPerSecond;
    for (const { peer, candidate: only } of peers) {
      const others = candidates.filter((each) => each !== peer && each !== 'direct');
      for (const candidate of others.filter((each) => only === undefined || each === only)) {
        const own = readRate(candidate);
        const other = readRate(peer);
        if (typeof own === 'number' && typeof other === 'number' && other > 0)
          ratios.push({ scenario: name, candidate, peer, ratio: own / other });
      }
    }
  }
  return ratios;
}

/** The ratios as a table. */
export function formatRatios(ratios: readonly Ratio[]): string {
  const scenarios = [...new Set(ratios.map(({ scenario }) => scenario))];
  const pairs = [...new Set(ratios.map(({ candidate, peer }) => `${candidate} ÷ ${peer}`))];
  const rows = pairs.map((pair) => [
    pair,
    ...scenarios.map((scenario) => {
      const found = ratios.find(
        (each) => each.scenario === scenario && `${each.candidate} ÷ ${each.peer}` === pair,
      );
      return found === undefined ? '–' : found.ratio.toFixed(2);
    }),
  ]);
  return rows.length === 0
    ? ''
    : `requests/s at saturation, ratios\n${formatRows([['', ...scenarios], ...rows])}\n`;
}

/** What the figures were measured on, in one paragraph. */
export function formatFacts(facts: MachineFacts, loadAverage: number): string {
  const pinned = facts.isPinned
    ? 'candidate on core 0, generator and upstream on core 1'
    : 'NOT pinned: too few cores or no taskset, ratios are rough';
  const busy =
    loadAverage > 0.5
      ? `\n  the machine was busy before the run (load average ${loadAverage}): the figures are rough`
      : '';
  return (
    `${facts.cpuModel}, ${facts.cores} cores, ${facts.memoryMb} MB, Linux ${facts.kernel}, node ${facts.nodeVersion}, nginx ${facts.nginxVersion ?? 'absent'}\n` +
    `  ${pinned}; saturation by ${facts.saturationGenerator}; upstream: ${facts.upstream}${busy}\n`
  );
}

/** Everything a later reader needs, as written to the JSON file. */
export function buildRecord(run: {
  facts: MachineFacts;
  loadAverage: number;
  options: unknown;
  scenarios: readonly Scenario[];
  candidates: readonly string[];
  skipped: readonly { candidate: string; reason: string }[];
  cells: readonly Cell[];
}): Record<string, unknown> {
  const medians: Record<string, Record<string, Figures>> = {};
  for (const { name } of run.scenarios) {
    const found = run.candidates.flatMap((candidate) => {
      const figures = summarizeCells(run.cells, name, candidate);
      return figures === undefined ? [] : [[candidate, figures] as const];
    });
    medians[name] = Object.fromEntries(found);
  }
  const ratios = compareAtSaturation(run.scenarios, run.cells, run.candidates);
  return { ...run, medians, ratios };
}
