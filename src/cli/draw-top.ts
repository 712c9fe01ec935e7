import type { RequestAnswer } from '../admin/contract.ts';
import type { LiveAnswer, LiveStepAnswer, LiveTopAnswer } from '../admin/contract-exchanges.ts';
import type { Paint } from './paint.ts';
import { plain } from './paint.ts';
import { counted, durationText } from './progress.ts';
import { cutText, figuresLine, fitText, printable, textWidth } from './text-width.ts';

/** How much room there is. */
export interface TopSize {
  readonly columns: number;
  /** Undefined where there is no end to it: all is shown. */
  readonly rows?: number | undefined;
}

export interface TopStyle {
  readonly paint?: Paint;
  /** Where the figures come from. */
  readonly source?: string;
  /** Said in the place of the last line, such as why the figures are old. */
  readonly note?: string | undefined;
}

const HEAD_LINES = 5;
/** A heading, and what keeps it apart from the next. */
const TABLE_LINES = 2;
const TOP_ROWS_MAX = 6;
const RATE_STEPS = 6;
const MS_PER_SECOND = 1000;
const bars = '▁▂▃▄▅▆▇█';

interface Column<Row> {
  readonly title: string;
  /** Undefined: takes the room that is left. */
  readonly width?: number;
  readonly align?: 'right';
  /** Left out on terminals that are narrower than this. */
  readonly fromColumns?: number;
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row, paint: Paint) => ((text: string) => string) | undefined;
}

/** The figures of the last five minutes, as lines of a terminal: no line is wider, none too many. */
export function drawTop(
  live: LiveAnswer,
  size: TopSize,
  { paint = plain, source = '', note }: TopStyle = {},
): readonly string[] {
  const { columns, rows } = size;
  const lines = [...headOf(live, columns, { paint, source })];
  const left = (): number => (rows ?? Number.POSITIVE_INFINITY) - lines.length;
  const share = rows === undefined ? TOP_ROWS_MAX : topRowsOf(rows);
  if (share > 0) {
    for (const [title, top] of topsOf(live)) {
      const shown = top.slice(0, share);
      lines.push(...tableOf(shown, topColumns(title), { columns, paint }), '');
    }
  }
  const recent = live.recent.slice(0, Math.max(0, left() - 1));
  if (left() >= 2) lines.push(...tableOf(recent, recentColumns, { columns, paint }));
  const kept = rows === undefined ? lines : lines.slice(0, rows);
  if (note === undefined) return kept;
  const noted = rows !== undefined && kept.length >= rows ? kept.slice(0, rows - 1) : kept;
  return [...noted, paint.yellow(cutText(note, columns))];
}

/** How many rows each of the three tables has, so that the newest requests have a third of the screen. */
function topRowsOf(rows: number): number {
  const room = Math.floor(((rows - HEAD_LINES) * 2) / 3);
  const each = Math.floor(room / 3) - TABLE_LINES;
  return Math.min(TOP_ROWS_MAX, Math.max(0, each));
}

function topsOf(live: LiveAnswer): readonly (readonly [string, readonly LiveTopAnswer[]])[] {
  return [
    ['MODELS', live.models],
    ['KEYS', live.keys],
    ['UPSTREAMS', live.upstreams],
  ];
}

function headOf(
  live: LiveAnswer,
  columns: number,
  { paint, source }: { readonly paint: Paint; readonly source: string },
): readonly string[] {
  const whole = wholeSteps(live);
  const perSecond = ratesOf(live, whole.slice(-RATE_STEPS));
  const sums = sumOf(live.steps);
  const timed = live.steps.findLast(({ p50_ms }) => p50_ms !== null);
  const failedShare = sums.requests === 0 ? 0 : (sums.failed / sums.requests) * 100;
  return [
    titleLine(live, columns, { paint, source }),
    figuresLine(columns, [
      `in flight ${counted(live.in_flight)}`,
      `requests/s ${perSecond.requests.toFixed(1)}`,
      `p50 ${msText(timed?.p50_ms)}   p95 ${msText(timed?.p95_ms)}`,
      `tokens/s in ${counted(perSecond.input)}, out ${counted(perSecond.output)}`,
    ]),
    figuresLine(columns, [
      `5 min: ${counted(sums.requests)} requests`,
      `failed ${counted(sums.failed)} (${failedShare.toFixed(1)} %)`,
      `spent ${usdShort(sums.costNano)}`,
      `in ${countText(sums.input)}, out ${countText(sums.output)}`,
    ]),
    paint.accent(cutText(sparkline(live.steps.map(({ requests }) => requests)), columns)),
    '',
  ];
}

const TITLE = 'quatrain top';

/** The source and the time are left out where there is no room for both. */
function titleLine(
  { at }: LiveAnswer,
  columns: number,
  { paint, source }: { readonly paint: Paint; readonly source: string },
): string {
  const where = printable(source);
  const time = `${at.slice(11, 19)} UTC`;
  const gap = columns - textWidth(`${TITLE}  ${where}${time}`);
  if (gap < 2) return paint.bold(cutText(TITLE, columns));
  return `${paint.bold(TITLE)}  ${paint.dim(where)}${' '.repeat(gap)}${paint.dim(time)}`;
}

/** All but the last, which is still being counted. */
function wholeSteps({ steps }: LiveAnswer): readonly LiveStepAnswer[] {
  return steps.length > 1 ? steps.slice(0, -1) : steps;
}

interface Sums {
  readonly requests: number;
  readonly failed: number;
  readonly input: number;
  readonly output: number;
  readonly costNano: bigint;
}

function sumOf(steps: readonly LiveStepAnswer[]): Sums {
  const sum = (of: (step: LiveStepAnswer) => number): number =>
    steps.reduce((total, step) => total + of(step), 0);
  return {
    requests: sum(({ requests }) => requests),
    failed: sum(({ failed }) => failed),
    input: sum(({ input_tokens }) => input_tokens),
    output: sum(({ output_tokens }) => output_tokens),
    costNano: steps.reduce((total, { cost_nano }) => total + BigInt(cost_nano), 0n),
  };
}

function ratesOf(
  { step_ms }: LiveAnswer,
  steps: readonly LiveStepAnswer[],
): Pick<Sums, 'requests' | 'input' | 'output'> {
  const seconds = Math.max(1, (steps.length * step_ms) / MS_PER_SECOND);
  const { requests, input, output } = sumOf(steps);
  return { requests: requests / seconds, input: input / seconds, output: output / seconds };
}

function topColumns(title: string): readonly Column<LiveTopAnswer>[] {
  return [
    { title, text: ({ name }) => name },
    { title: 'requests', width: 9, align: 'right', text: ({ requests }) => counted(requests) },
    {
      title: 'failed',
      width: 7,
      align: 'right',
      fromColumns: 34,
      text: ({ failed }) => (failed === 0 ? '·' : counted(failed)),
      paint: ({ failed }, paint) => (failed === 0 ? paint.dim : paint.red),
    },
    {
      title: 'input',
      width: 8,
      align: 'right',
      fromColumns: 76,
      text: (row) => countText(row.input_tokens),
    },
    {
      title: 'output',
      width: 8,
      align: 'right',
      fromColumns: 76,
      text: (row) => countText(row.output_tokens),
    },
    {
      title: 'cost',
      width: 12,
      align: 'right',
      fromColumns: 48,
      text: (row) => usdShort(BigInt(row.cost_nano)),
    },
  ];
}

const recentColumns: readonly Column<RequestAnswer>[] = [
  { title: 'TIME', width: 8, text: ({ created_at }) => created_at.slice(11, 19) },
  {
    title: 'status',
    width: 6,
    align: 'right',
    text: ({ http_status, status }) => (http_status === null ? status : String(http_status)),
    paint: ({ http_status, error }, paint) => {
      if (error !== null || (http_status ?? 0) >= 400) return paint.red;
      return http_status === null ? paint.yellow : paint.green;
    },
  },
  { title: 'model', text: ({ model, operation }) => model ?? operation ?? '-' },
  { title: 'key', width: 10, fromColumns: 95, text: ({ key_id }) => key_id ?? '-' },
  { title: 'upstream', width: 12, fromColumns: 120, text: ({ upstream }) => upstream ?? '-' },
  {
    title: 'in',
    width: 7,
    align: 'right',
    fromColumns: 70,
    text: ({ usage }) => tokenText(usage?.input_tokens),
  },
  {
    title: 'out',
    width: 7,
    align: 'right',
    fromColumns: 70,
    text: ({ usage }) => tokenText(usage?.output_tokens),
  },
  {
    title: 'took',
    width: 8,
    align: 'right',
    fromColumns: 40,
    text: ({ total_ms }) => msText(total_ms),
  },
  {
    title: 'cost',
    width: 10,
    align: 'right',
    fromColumns: 52,
    text: ({ cost_nano }) => (cost_nano === null ? '-' : usdShort(BigInt(cost_nano))),
  },
];

function tableOf<Row>(
  rows: readonly Row[],
  all: readonly Column<Row>[],
  { columns, paint }: { readonly columns: number; readonly paint: Paint },
): readonly string[] {
  const shown = all.filter(({ fromColumns = 0 }) => columns >= fromColumns);
  const fixed = shown.reduce((total, { width = 0 }) => total + width, 0);
  const gaps = (shown.length - 1) * 2;
  const rest = Math.max(4, columns - fixed - gaps);
  const cell = ({ width = rest, align }: Column<Row>, text: string): string =>
    fitText(text, width, align ?? 'left');
  const head = shown.map((column) => cell(column, column.title)).join('  ');
  return [
    paint.dim(cutText(head, columns)),
    ...rows.map((row) => {
      const cells = shown.map((column) => cell(column, column.text(row)));
      const line = cells.join('  ');
      // On a terminal that is too narrow the line stays without colours: an escape is never cut.
      if (textWidth(line) > columns) return cutText(line, columns);
      return shown
        .map((column, at) => (column.paint?.(row, paint) ?? String)(cells[at] ?? ''))
        .join('  ');
    }),
  ];
}

function sparkline(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts.map((count) => bars[Math.ceil((count / most) * 7)] ?? '').join('');
}

/** Large counts short: `1,204`, `56.3k`, `1.20M`. */
export function countText(count: number): string {
  if (count < 10_000) return counted(count);
  if (count < 1_000_000) return `${(count / 1000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(2)}M`;
}

/** An amount for people, with as many decimals as small ones need. */
export function usdShort(nanoUsd: bigint): string {
  const usd = Number(nanoUsd) / 1_000_000_000;
  if (nanoUsd === 0n) return '$0';
  return `$${usd.toFixed(decimalsOf(Math.abs(usd)))}`;
}

function decimalsOf(usd: number): number {
  if (usd >= 100) return 2;
  return usd >= 0.01 ? 4 : 6;
}

function tokenText(count: string | number | null | undefined): string {
  return count === null || count === undefined ? '-' : countText(Number(count));
}

function msText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '-';
  return durationText(ms);
}
