/** Everything one cell may measure, with its unit in its name. */
export type Metric =
  | 'requestsPerSecond'
  | 'cpuUsPerRequest'
  | 'coreShare'
  | 'otherShareOfCore'
  | 'failed'
  | 'firstByteMsP50'
  | 'firstByteMsP99'
  | 'totalMsP50'
  | 'totalMsP90'
  | 'totalMsP99'
  | 'addedFirstByteMsP50'
  | 'addedFirstByteMsP99'
  | 'addedTotalMsP50'
  | 'addedTotalMsP99'
  | 'sendDelayMsP50'
  | 'sendDelayMsP99'
  | 'rssIdleMb'
  | 'rssLoadedMb'
  | 'rssKbPerStream'
  | 'cpuUsPerEvent'
  | 'eventsPerSecond'
  | 'eventDelayMsP50'
  | 'eventDelayMsP99';

/** The figures of one cell; null for one that has no finite value, absent for one that was not measured. */
export type Figures = Readonly<Partial<Record<Metric, number | null>>>;

/** One scenario of one candidate in one pass. */
export type Cell = {
  readonly scenario: string;
  readonly candidate: string;
  readonly pass: number;
  readonly runtime: string;
  readonly figures: Figures;
  /** Why there are no figures. */
  readonly error?: string;
};

/** The middle value; a null (no answer in time) counts as larger than every number. */
export function findMedian(values: readonly (number | null)[]): number | null {
  const sorted = values.map((value) => value ?? Infinity).toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Infinity;
  const median = (low + high) / 2;
  return Number.isFinite(median) ? median : null;
}

const addedFrom = {
  addedFirstByteMsP50: 'firstByteMsP50',
  addedFirstByteMsP99: 'firstByteMsP99',
  addedTotalMsP50: 'totalMsP50',
  addedTotalMsP99: 'totalMsP99',
} as const satisfies Partial<Record<Metric, Metric>>;

/** What a candidate adds to the direct way, within the same pass, so that the machine's drift cancels. */
export function withAdded(cells: readonly Cell[]): readonly Cell[] {
  return cells.map((cell) => {
    const baseline = cells.find(
      ({ candidate, scenario, pass }) =>
        candidate === 'direct' && scenario === cell.scenario && pass === cell.pass,
    );
    if (baseline === undefined || cell.candidate === 'direct') return cell;
    const added: Partial<Record<Metric, number | null>> = {};
    for (const [metric, from] of Object.entries(addedFrom) as [keyof typeof addedFrom, Metric][]) {
      const own = cell.figures[from];
      const direct = baseline.figures[from];
      if (own === undefined || direct === undefined) continue;
      added[metric] = own === null || direct === null ? null : own - direct;
    }
    return { ...cell, figures: { ...cell.figures, ...added } };
  });
}

/** The medians over the passes of one scenario and candidate; undefined when no pass gave figures. */
export function summarizeCells(
  cells: readonly Cell[],
  scenario: string,
  candidate: string,
): Figures | undefined {
  const own = cells.filter(
    (cell) =>
      cell.scenario === scenario && cell.candidate === candidate && cell.error === undefined,
  );
  if (own.length === 0) return undefined;
  const summary: Partial<Record<Metric, number | null>> = {};
  for (const metric of new Set(own.flatMap((cell) => Object.keys(cell.figures) as Metric[]))) {
    summary[metric] = findMedian(
      own.map((cell) => cell.figures[metric]).filter((value) => value !== undefined),
    );
  }
  return summary;
}
