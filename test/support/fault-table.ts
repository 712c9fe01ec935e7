import type { Phase } from './fault-answer.ts';

/** The fault matrix: reliability §2.2 as data, with what our own documents decide besides. */

/** What goes wrong, as whoever plays it knows it. */
export type FaultKind =
  | 'connect-refused'
  | `status-${'400' | '401' | '429' | '500' | '502' | '503' | '529'}`
  | 'error-event'
  | 'stall'
  | 'long-stall'
  | 'eof-clean'
  | 'eof-cut'
  | 'reset'
  | 'html'
  | 'markup'
  | 'broken-json'
  | 'second-start'
  | 'second-start-at-once'
  | 'content-first'
  | 'oversize-line'
  | 'usage-missing'
  | 'client-gone'
  | 'money-gone'
  | 'shutdown'
  | 'killed';

/** How it comes out for the caller, the attempts and the money. */
export type Expected =
  /** Another attempt answers in full, and is charged exactly; where all fail, a free status. */
  | 'elsewhere'
  /** Told as it is, once, free. */
  | 'refused'
  /** The content so far, then one error and no end; free. */
  | 'error-event'
  /** The answer in full, charged exactly. */
  | 'whole'
  /** The answer in full, charged by our own count. */
  | 'whole-estimated'
  /** Nobody hears it: the upstream is left at once. */
  | 'left-free'
  | 'left-produced'
  | 'left-exact'
  /** No money for it: 402, nobody is asked. */
  | 'unpaid'
  /** The content so far, then an error about money; what was produced is charged. */
  | 'stopped'
  /** The next process gives the money back, once the time for somebody to know better is over. */
  | 'reaped'
  /** The next process charges it exactly, by what was written down. */
  | 'reaped-exact'
  /** A status or a closed connection, and no part of an answer; free. */
  | 'cut-off';

/** What a status is called where every attempt fails; the forms spell it in their own way. */
export type FailedAs =
  | 'upstream_failed'
  | 'upstream_truncated'
  | 'upstream_timeout'
  | 'internal'
  | 'unavailable'
  | 'overloaded'
  | 'rate_limited';

export interface FaultCase {
  readonly at: Phase;
  /** For a caller who asked for a stream. */
  readonly stream?: Expected;
  /** For one who asked for one piece, whom nothing reaches before the end. */
  readonly piece?: Expected;
  /** The same where the upstream answers in one piece too, and that differs. */
  readonly document?: Expected;
  /** What is said where every attempt fails so. */
  readonly failedAs?: FailedAs;
  /** Attempts where every one fails so; three where absent. */
  readonly attempts?: number;
  /** Whether a stream is open by then, so that what fails is an event in it. */
  readonly isOpened?: boolean;
}

export interface FaultRow {
  readonly fault: FaultKind;
  /** Where it is decided. */
  readonly clause: string;
  /** Whether it can be said in events only, so that an answer in one piece has no such fault. */
  readonly isOfEvents?: boolean;
  /** Megabytes for each cell: fewer seeds show the same. */
  readonly isLarge?: boolean;
  readonly cases: readonly FaultCase[];
}

const elsewhere = { stream: 'elsewhere', piece: 'elsewhere' } as const;
const failed = { ...elsewhere, failedAs: 'upstream_failed' } as const;
const truncated = { ...elsewhere, failedAs: 'upstream_truncated' } as const;
/** The first of them may be at work still: it is asked once more at most. */
const timedOut = { ...elsewhere, failedAs: 'upstream_timeout', attempts: 2 } as const;
/** After the first content: an event for whoever reads a stream, nothing lost for the others. */
const late = { stream: 'error-event', piece: 'elsewhere' } as const;

/** All is said but the end: a stream says so itself, a document is whole when HTTP says that it is. */
const saidAll = { stream: 'whole', piece: 'whole', document: 'elsewhere' } as const;

const statusRow = (status: '500' | '502' | '503' | '529', failedAs: FailedAs): FaultRow => ({
  fault: `status-${status}`,
  clause: 'reliability §2.2 row 1; wallet reference §7',
  cases: [{ at: 'P1', ...elsewhere, failedAs }],
});

/** What ends a connection: the first three columns of the row, and P5 where all is said but the end. */
const cutCases = (failedAs: 'upstream_failed' | 'upstream_truncated'): readonly FaultCase[] => [
  { at: 'P2', ...elsewhere, failedAs },
  { at: 'P3', ...elsewhere, failedAs },
  { at: 'P4', ...late, failedAs },
  { at: 'P5', ...saidAll, failedAs },
];

export const faultRows: readonly FaultRow[] = [
  {
    fault: 'connect-refused',
    clause: 'reliability §2.2 row 1',
    cases: [{ at: 'P0', ...failed }],
  },
  statusRow('500', 'internal'),
  statusRow('502', 'upstream_failed'),
  statusRow('503', 'unavailable'),
  statusRow('529', 'overloaded'),
  {
    fault: 'status-429',
    clause: 'reliability §2.2 row 1; wallet reference §7',
    cases: [{ at: 'P1', ...elsewhere, failedAs: 'rate_limited' }],
  },
  {
    fault: 'status-400',
    clause: 'reliability §1.2: not 400, 404, 413, 422',
    cases: [{ at: 'P1', stream: 'refused', piece: 'refused' }],
  },
  {
    fault: 'status-401',
    clause: 'reliability §1.2: our credential’s fault, another one answers',
    cases: [{ at: 'P1', ...elsewhere, failedAs: 'upstream_failed', attempts: 2 }],
  },
  {
    fault: 'error-event',
    clause: 'reliability §2.2 row 2; billing: a stream that its upstream breaks is free',
    isOfEvents: true,
    cases: [
      { at: 'P2', ...elsewhere, failedAs: 'overloaded' },
      { at: 'P3', ...elsewhere, failedAs: 'overloaded' },
      { at: 'P4', ...late, failedAs: 'overloaded' },
      { at: 'P5', ...late, failedAs: 'overloaded' },
    ],
  },
  {
    fault: 'stall',
    clause: 'reliability §2.2 row 3; a time-out within the hold of the head (DESIGN §4)',
    cases: [
      { at: 'P1', ...timedOut },
      { at: 'P2', ...timedOut },
      { at: 'P3', ...timedOut },
      { at: 'P4', ...late, failedAs: 'upstream_timeout', attempts: 2 },
      { at: 'P5', ...saidAll, failedAs: 'upstream_timeout', attempts: 2 },
    ],
  },
  {
    fault: 'long-stall',
    clause: 'DESIGN §4: at most ten seconds, then the head goes out with a ping',
    cases: [
      { at: 'P1', ...timedOut, isOpened: true },
      { at: 'P2', ...late, failedAs: 'upstream_timeout', attempts: 2 },
      { at: 'P3', ...late, failedAs: 'upstream_timeout', attempts: 2 },
      { at: 'P6', ...saidAll, failedAs: 'upstream_timeout', attempts: 2 },
    ],
  },
  {
    fault: 'eof-clean',
    clause: 'reliability §2.2 row 4',
    cases: cutCases('upstream_truncated'),
  },
  {
    fault: 'eof-cut',
    clause: 'reliability §2.2 row 4',
    cases: [
      { at: 'P1', ...failed },
      ...cutCases('upstream_truncated'),
      { at: 'P6', ...saidAll, failedAs: 'upstream_truncated' },
    ],
  },
  {
    fault: 'reset',
    clause: 'reliability §2.2 row 4',
    cases: [
      { at: 'P1', ...failed },
      ...cutCases('upstream_truncated'),
      { at: 'P6', ...saidAll, failedAs: 'upstream_truncated' },
    ],
  },
  {
    fault: 'html',
    clause: 'reliability §2.2 row 5',
    cases: [{ at: 'P2', ...failed }],
  },
  {
    fault: 'markup',
    clause: 'reliability §2.2 row 5',
    isOfEvents: true,
    cases: [
      { at: 'P3', ...truncated },
      { at: 'P4', ...late, failedAs: 'upstream_truncated' },
      { at: 'P5', ...saidAll },
    ],
  },
  {
    fault: 'broken-json',
    clause: 'reliability §2.2 row 5',
    isOfEvents: true,
    cases: [
      { at: 'P3', ...failed },
      { at: 'P4', ...late, failedAs: 'upstream_failed' },
    ],
  },
  {
    fault: 'second-start',
    clause: 'reliability §2.2 row 5',
    isOfEvents: true,
    cases: [
      { at: 'P4', ...late, failedAs: 'upstream_failed' },
      { at: 'P5', ...saidAll },
    ],
  },
  {
    fault: 'second-start-at-once',
    clause: 'reliability §2.1: nothing is committed before it is written',
    isOfEvents: true,
    cases: [{ at: 'P4', ...failed }],
  },
  {
    fault: 'content-first',
    clause: 'reliability §2.2 row 5',
    isOfEvents: true,
    cases: [{ at: 'P2', ...failed }],
  },
  {
    fault: 'oversize-line',
    clause: 'reliability §2.2 row 5, §2.3',
    isOfEvents: true,
    isLarge: true,
    cases: [
      { at: 'P2', ...failed },
      { at: 'P3', ...failed },
      { at: 'P4', ...late, failedAs: 'upstream_failed' },
      { at: 'P5', ...saidAll },
    ],
  },
  {
    fault: 'usage-missing',
    clause: 'reliability §2.2 row 6; wallet reference §4.4',
    cases: [{ at: 'P6', stream: 'whole-estimated', piece: 'whole-estimated' }],
  },
  {
    fault: 'client-gone',
    clause: 'reliability §2.2 row 7; wallet reference §4.5',
    cases: [
      { at: 'P1', stream: 'left-free', piece: 'left-free' },
      { at: 'P2', stream: 'left-free', piece: 'left-free' },
      { at: 'P3', stream: 'left-free', piece: 'left-free' },
      { at: 'P4', stream: 'left-produced', piece: 'left-free' },
      { at: 'P5', stream: 'left-exact', piece: 'left-free' },
    ],
  },
  {
    fault: 'money-gone',
    clause: 'reliability §2.2 row 9; DESIGN §7',
    cases: [
      { at: 'P0', stream: 'unpaid', piece: 'unpaid' },
      { at: 'P4', stream: 'stopped' },
    ],
  },
  {
    fault: 'shutdown',
    clause: 'reliability §2.2 row 10, at the end of the drain',
    cases: [
      { at: 'P1', stream: 'cut-off', piece: 'cut-off' },
      { at: 'P2', stream: 'cut-off', piece: 'cut-off' },
      { at: 'P3', stream: 'cut-off', piece: 'cut-off' },
      { at: 'P4', stream: 'error-event', piece: 'cut-off' },
      // All is said: the end goes out in the place of an error.
      { at: 'P5', stream: 'whole', piece: 'cut-off' },
    ],
  },
  {
    fault: 'killed',
    clause: 'reliability §2.2 row 11; billing: when something fails',
    isLarge: true,
    cases: [
      { at: 'P1', stream: 'reaped', piece: 'reaped' },
      { at: 'P2', stream: 'reaped', piece: 'reaped' },
      { at: 'P3', stream: 'reaped', piece: 'reaped' },
      // Less than a thousand tokens and five seconds of it, and the end is not there: nothing was
      // written down. What is, is charged by the next process; the simulation kills at any moment.
      { at: 'P4', stream: 'reaped', piece: 'reaped' },
      // Written down a moment after it was said; of one piece its caller has nothing yet.
      { at: 'P5', stream: 'reaped-exact', piece: 'reaped' },
    ],
  },
];

/** One case of the table by its names. */
export function faultCase(
  fault: FaultKind,
  at: Phase,
): { readonly row: FaultRow; readonly fault: FaultCase } {
  const row = faultRows.find((one) => one.fault === fault);
  const found = row?.cases.find((one) => one.at === at);
  if (row === undefined || found === undefined) throw new Error(`no ${fault} at ${at}`);
  return { row, fault: found };
}
