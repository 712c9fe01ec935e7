import type { Clock } from '../std/clock.ts';
import { cutText, textWidth } from './text-width.ts';

/** How far some work is. */
export interface ProgressState {
  readonly label: string;
  readonly done: number;
  /** Undefined where nobody knows how much there is. */
  readonly total: number | undefined;
  readonly elapsedMs: number;
}

/** Where progress is shown: the error stream, so that answers stay whole. */
export interface ProgressOut {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly label: string;
  readonly total?: number | undefined;
  readonly out: ProgressOut;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Says nothing, as with `--json`. */
  readonly isSilent?: boolean | undefined;
}

const COLUMNS_USUAL = 80;
const BAR_MIN = 10;
const BAR_MAX = 40;
const REDRAW_MS = 100;
/** Work that is over before that needs no bar, and none of its lines in a log. */
const SHOWN_AFTER_MS = 200;
const SAID_AFTER_MS = 3000;
const STEPS = 10;

/** One line: the label, a bar, how many of how many, and how long yet. */
export function drawProgress(state: ProgressState, columns: number): string {
  const { label, done, total, elapsedMs } = state;
  const took = durationText(elapsedMs);
  if (total === undefined) return `${label}  ${counted(done)}  ${took}`;
  const share = shareOf(done, total);
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const counts = `${counted(done)}/${counted(total)}`;
  const leftMs = share > 0 && share < 1 ? (elapsedMs / share) * (1 - share) : undefined;
  const end = leftMs === undefined ? took : `${took}, ${durationText(leftMs)} left`;
  const text = `${percent}  ${counts}  ${end}`;
  const room = columns - 1 - textWidth(label) - textWidth(text) - 4;
  if (room < BAR_MIN) return `${label}  ${text}`;
  const width = Math.min(BAR_MAX, room);
  const full = Math.round(share * width);
  return `${label}  ${'█'.repeat(full)}${'░'.repeat(width - full)}  ${text}`;
}

/**
 * Shows how far some work is: a line that is drawn over on a terminal, a line at each tenth elsewhere.
 * `end` leaves the last state standing.
 */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #startedMs: number;
  #label: string;
  #total: number | undefined;
  #done = 0;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #stepsSaid = 0;
  #isEnded = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#label = options.label;
    this.#total = options.total;
    this.#startedMs = options.clock.monotonicMs();
  }

  /** So much is done; the total and the label may have become known or changed. */
  at(done: number, more: { readonly total?: number; readonly label?: string } = {}): void {
    this.#done = done;
    this.#total = more.total ?? this.#total;
    this.#label = more.label ?? this.#label;
    if (this.#isEnded || this.#options.isSilent === true) return;
    if (this.#options.out.isTTY !== true) this.#saySteps();
    else if (this.#elapsedMs() >= SHOWN_AFTER_MS) this.#redraw();
  }

  /** The work is over, however it ended. */
  end(): void {
    if (this.#isEnded) return;
    if (Number.isFinite(this.#drawnMs)) {
      this.#drawnMs = Number.NEGATIVE_INFINITY;
      this.#redraw();
      this.#options.out.write('\n');
    }
    this.#isEnded = true;
  }

  #elapsedMs(): number {
    return this.#options.clock.monotonicMs() - this.#startedMs;
  }

  #redraw(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const columns = this.#options.out.columns ?? COLUMNS_USUAL;
    this.#options.out.write(`\r${cutText(this.#line(columns), columns - 1)}\u{1B}[K`);
  }

  #saySteps(): void {
    if (this.#total === undefined) return;
    const steps = Math.floor(shareOf(this.#done, this.#total) * STEPS);
    if (steps <= this.#stepsSaid || this.#elapsedMs() < SAID_AFTER_MS) return;
    this.#stepsSaid = steps;
    this.#options.out.write(`${this.#line(0)}\n`);
  }

  #line(columns: number): string {
    const elapsedMs = this.#elapsedMs();
    const state = { label: this.#label, done: this.#done, total: this.#total, elapsedMs };
    return drawProgress(state, columns);
  }
}

/** A time as people say it: `40 ms`, `1.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min ${String(seconds % 60)} s`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}

/** A whole number with its thousands apart. */
export function counted(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

function shareOf(done: number, total: number): number {
  return total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
}
