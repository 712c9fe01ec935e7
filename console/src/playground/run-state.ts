import type { Answer, AnswerError } from './answer.ts';

/** One event of a stream as it came. */
export interface RawEvent {
  readonly atMs: number;
  /** Its name; `:` for a comment, `body` for an answer in one piece. */
  readonly event: string;
  readonly data: string;
}

/** What an answer cost, in nano-USD, as far as the answer itself says it. */
export interface SaidCost {
  readonly chargedNano?: string;
  readonly costNano?: string;
}

/** Where one request is. */
export interface RunState {
  readonly phase: 'waiting' | 'arriving' | 'done' | 'stopped' | 'failed';
  /** Tells one request from another: when it was sent, by the page's own clock. */
  readonly sentAt: string;
  readonly path: string;
  /** What was sent. */
  readonly body: string;
  readonly status: number | undefined;
  readonly requestId: string;
  readonly answer: Answer;
  readonly error: AnswerError | undefined;
  /** Events in order, as many as are kept. */
  readonly events: readonly RawEvent[];
  readonly eventCount: number;
  readonly cost: SaidCost | undefined;
  /** The seconds after which it may be tried again; empty where nobody said. */
  readonly retryAfter: string;
  /** Since it was sent. */
  readonly headMs: number | undefined;
  readonly firstContentMs: number | undefined;
  readonly totalMs: number | undefined;
}

/** Whether nothing more will come. */
export function isOver({ phase }: RunState): boolean {
  return phase !== 'waiting' && phase !== 'arriving';
}
