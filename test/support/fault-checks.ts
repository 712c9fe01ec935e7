import { marksIn } from './fault-answer.ts';
import { count, looksWhole, saidOnce, wireForms } from './fault-forms.ts';
import type { CellRun } from './fault-run.ts';
import type { Expected } from './fault-table.ts';

/** What must be true of a cell of the fault matrix: each check says in words what is not. */

type Problem = string | false;

/** All that is wrong with a cell, by the table and by what holds for every cell. */
export function problemsOf(run: CellRun): readonly string[] {
  const { asked } = run;
  const expected = expectedOf(asked);
  if (expected === undefined) return ['the cell expects nothing'];
  return [...everywhere(run), ...expectations[expected](run)].filter(
    (problem) => problem !== false,
  );
}

function marksOf({ asked, client }: CellRun): ReturnType<typeof marksIn> {
  return marksIn(saidOnce(asked.form, client.text));
}

function expectedOf({ form, isStream, fault }: CellRun['asked']): Expected | undefined {
  if (isStream) return fault.stream;
  return form === 'messages' ? (fault.document ?? fault.piece) : fault.piece;
}

/** By the bytes alone: an answer that looks whole has every mark of one attempt, and of no other. */
export function isTruncatedSuccess(run: CellRun): boolean {
  if (!seemsWhole(run)) return false;
  const marks = marksOf(run);
  const [first] = marks;
  const answer = run.answers[(first?.[0] ?? 0) - 1];
  return answer === undefined || marks.length !== answer.marks;
}

/** By the bytes alone: a mark that is there twice, out of its order, or beside those of another attempt. */
export function hasForeignContent(run: CellRun): boolean {
  const { asked } = run;
  const marks = marksOf(run);
  const attempts = new Set(marks.map(([attempt]) => attempt));
  const numbers = marks.map(([, number]) => number);
  const isOrdered = numbers.every((number, index) => number === index);
  // In one piece, text and calls stand apart there.
  const isApart = asked.form === 'chat' && !asked.isStream;
  return attempts.size > 1 || (isApart ? new Set(numbers).size !== numbers.length : !isOrdered);
}

/** Whether a caller takes what it got for an answer in full. */
export function seemsWhole({ asked, client }: CellRun): boolean {
  return looksWhole(asked.form, asked.isStream, client.status ?? 0, client.text);
}

function everywhere(run: CellRun): readonly Problem[] {
  return [
    isTruncatedSuccess(run) && 'truncation is shown as success',
    hasForeignContent(run) && 'content of several attempts, or twice',
    ...inTheStream(run),
    ...inTheBooks(run),
    ...ofTheProcess(run),
    soon.has(run.asked.row.fault) && run.settledMs > LET_GO_MS && 'it goes on for too long',
    run.requests.some(({ isEnded, isLeft }) => !isEnded && !isLeft) && 'an upstream was not let go',
  ];
}

function inTheStream({ asked, client: { status, text } }: CellRun): readonly Problem[] {
  if (!asked.isStream || status !== 200) return [];
  const { starts, ends, errors } = wireForms[asked.form];
  return [
    count(text, starts) > 1 && 'several starts',
    count(text, ends) + count(text, errors) > 1 && 'several ends',
  ];
}

function inTheBooks({ hold, held, walletNano, posted }: CellRun): readonly Problem[] {
  const charged = walletNano - posted;
  return [
    held !== 0n && `${String(held)} are held still`,
    hold?.state === 'open' && 'the hold is open',
    charged !== (hold?.chargedNanoUsd ?? 0n) && `charged ${String(charged)}, not as the hold says`,
  ];
}

/** Reliability §2.3, DESIGN §5: within a second. */
const LET_GO_MS = 1000;
const soon: ReadonlySet<string> = new Set(['client-gone', 'shutdown']);

/** One that was killed says nothing more that would count. */
function ofTheProcess({ asked, cell }: CellRun): readonly Problem[] {
  if (asked.row.fault === 'killed') return [];
  return [
    cell.records.length !== 1 && `${String(cell.records.length)} records`,
    cell.log.some((line) => /"event":"(?:fault|driver_fault|settlement_fault)"/.test(line)) &&
      `a fault: ${cell.log.join('')}`,
  ];
}

const is = (what: string, found: unknown, wanted: unknown): Problem =>
  found !== wanted && `${what}: ${String(found)}, not ${String(wanted)}`;

function chargedIn({ walletNano, posted }: CellRun): bigint {
  return walletNano - posted;
}

/** What an attempt reported, at list prices. */
function priceOf({ answers }: CellRun, attempt: number): bigint | undefined {
  const usage = answers[attempt - 1]?.usage;
  if (usage === undefined) return undefined;
  const { input, cacheRead, output } = usage;
  return BigInt(input) * 3000n + BigInt(cacheRead) * 300n + BigInt(output) * 15_000n;
}

function outcomeOf({ hold }: CellRun): string {
  const { outcome = '', usage_source: source = '' } = JSON.parse(hold?.charge ?? '{}') as {
    readonly outcome?: string;
    readonly usage_source?: string;
  };
  return `${hold?.state ?? 'no hold'} ${outcome} ${source}`;
}

/** An attempt of this number answered in full, and is paid for to the nano. */
function answeredBy(run: CellRun, attempt: number): readonly Problem[] {
  const { client, cell } = run;
  const [first] = marksOf(run);
  return [
    is('attempts', cell.attempts.length, attempt),
    is('status', client.status, 200),
    is('looks whole', seemsWhole(run), true),
    is('comes from attempt', first?.[0], attempt),
    attempt > 1 && is('asks another target', targets(run), attempt),
    is('charged', chargedIn(run), priceOf(run, attempt)),
    is('outcome', outcomeOf(run), 'settled answered reported'),
    is('error', cell.records[0]?.errorCode, undefined),
  ];
}

function targets({ cell }: CellRun): number {
  return new Set(cell.attempts.map(({ upstream }) => upstream)).size;
}

function nothingSaid(run: CellRun): readonly Problem[] {
  return [
    is('looks whole', seemsWhole(run), false),
    is('marks', marksOf(run).length, 0),
    is('charged', chargedIn(run), 0n),
  ];
}

/** Everything before the fault, one error, no end. */
function brokenAfterContent(run: CellRun): readonly Problem[] {
  const { asked, client, cell, marksBefore } = run;
  const { errors, ends } = wireForms[asked.form];
  return [
    is('attempts', cell.attempts.length, 1),
    is('status', client.status, 200),
    is('errors', count(client.text, errors), 1),
    is('ends', count(client.text, ends), 0),
    is('marks', marksOf(run).length, marksBefore),
    is('ends as HTTP does', client.isComplete, true),
  ];
}

/** The stream was open when it failed: one error, no end. */
function failedInside({ asked, client }: CellRun): readonly Problem[] {
  const { errors, ends } = wireForms[asked.form];
  return [
    is('status', client.status, 200),
    is('errors', count(client.text, errors), 1),
    is('ends', count(client.text, ends), 0),
  ];
}

const expectations: Readonly<Record<Expected, (run: CellRun) => readonly Problem[]>> = {
  elsewhere(run) {
    const { asked, client, cell } = run;
    if (!asked.allFail) return answeredBy(run, 2);
    const { failedAs = 'upstream_failed', attempts = 3, isOpened = false } = asked.fault;
    return [
      ...nothingSaid(run),
      is('attempts', cell.attempts.length, attempts),
      ...(isOpened && asked.isStream
        ? failedInside(run)
        : [is('status', client.status, wireForms[asked.form].statuses[failedAs])]),
      is('hold', run.hold?.state, 'released'),
    ];
  },
  refused: (run) => [
    ...nothingSaid(run),
    is('attempts', run.cell.attempts.length, 1),
    is('status', run.client.status, 400),
    is('hold', run.hold?.state, 'released'),
  ],
  'error-event': (run) => [
    ...brokenAfterContent(run),
    is('charged', chargedIn(run), 0n),
    is('outcome', outcomeOf(run).split(' ').slice(0, 2).join(' '), 'released broken'),
  ],
  whole: (run) => answeredBy(run, 1),
  'whole-estimated': (run) => [
    is('attempts', run.cell.attempts.length, 1),
    is('looks whole', seemsWhole(run), true),
    is('outcome', outcomeOf(run), 'settled answered estimated'),
    chargedIn(run) <= 0n && 'missing counts are free',
    chargedIn(run) > (run.hold?.heldNanoUsd ?? 0n) && 'charged more than was held',
  ],
  'left-free': (run) => [
    is('attempts', run.cell.attempts.length, 1),
    is('charged', chargedIn(run), 0n),
    is('error', run.cell.records[0]?.errorCode, 'client_gone'),
    is('hold', run.hold?.state, 'released'),
  ],
  'left-produced': (run) => [
    is('attempts', run.cell.attempts.length, 1),
    is('error', run.cell.records[0]?.errorCode, 'client_gone'),
    is('outcome', outcomeOf(run), 'settled left_after_content estimated'),
    chargedIn(run) <= 0n && 'what was produced is free',
    chargedIn(run) > (run.hold?.heldNanoUsd ?? 0n) && 'charged more than was held',
  ],
  'left-exact': (run) => [
    is('attempts', run.cell.attempts.length, 1),
    is('charged', chargedIn(run), priceOf(run, 1)),
    is('outcome', outcomeOf(run), 'settled left_after_content reported'),
  ],
  unpaid: (run) => [
    ...nothingSaid(run),
    is('attempts', run.cell.attempts.length, 0),
    is('status', run.client.status, 402),
    is('hold', run.hold, undefined),
  ],
  stopped(run) {
    const { asked, client, cell } = run;
    const { errors, ends } = wireForms[asked.form];
    return [
      is('attempts', cell.attempts.length, 1),
      is('errors', count(client.text, errors), 1),
      is('ends', count(client.text, ends), 0),
      is('error', cell.records[0]?.errorCode, 'billing'),
      marksOf(run).length === 0 && 'nothing came before the end',
      is('outcome', outcomeOf(run), 'settled stopped estimated'),
      chargedIn(run) <= 0n && 'what was produced is free',
      run.posted < 0n && 'the wallet is below zero',
    ];
  },
  'cut-off': (run) => [
    ...nothingSaid(run),
    is('attempts', run.cell.attempts.length, 1),
    is('hold', run.hold?.state, 'released'),
  ],
  'reaped-exact': (run) => [
    is('attempts', run.cell.attempts.length, 1),
    is('charged', chargedIn(run), priceOf(run, 1)),
    is('hold', run.hold?.state, 'settled'),
  ],
  reaped: (run) => [
    is('attempts', run.cell.attempts.length, 1),
    is('charged', chargedIn(run), 0n),
    is('hold', run.hold?.state, 'released'),
  ],
};
