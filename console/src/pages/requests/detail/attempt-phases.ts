import type { AttemptAnswer, RequestAnswer } from '../../../../../src/admin/contract.ts';

/** A stretch of an attempt, in milliseconds since the request came in. */
export interface Phase {
  readonly name: string;
  readonly kind: 'waiting' | 'opening' | 'content';
  readonly fromMs: number;
  readonly toMs: number;
}

type Times = Pick<RequestAnswer, 'first_byte_ms' | 'first_content_ms' | 'total_ms' | 'is_stream'>;

/**
 * The stretches of one attempt. What the row of the request says of its answer is about the last
 * attempt; of one that went well at once nothing else is known.
 */
export function attemptPhases(
  attempt: AttemptAnswer,
  request: Times,
  isLast: boolean,
): readonly Phase[] {
  const headMs = attempt.head_ms ?? (isLast ? request.first_byte_ms : null);
  const contentMs = isLast ? request.first_content_ms : null;
  const endMs = attempt.ended_ms ?? (isLast ? request.total_ms : null) ?? headMs;
  if (endMs === null) return [];
  const phases: Phase[] = [];
  let fromMs = attempt.started_ms;
  const add = (kind: Phase['kind'], name: string, atMs: number): void => {
    const toMs = Math.min(Math.max(fromMs, atMs), Math.max(fromMs, endMs));
    if (toMs > fromMs) phases.push({ kind, name, fromMs, toMs });
    fromMs = toMs;
  };
  if (headMs === null) {
    add('waiting', 'No head came', endMs);
    return phases;
  }
  add('waiting', 'Waiting for the head', headMs);
  if (contentMs !== null) add('opening', 'Head to first content', contentMs);
  add('content', contentMs === null ? 'Body' : 'Content', endMs);
  return phases;
}

/** The end of the axis that all attempts of a request share. */
export function axisEndMs(attempts: readonly AttemptAnswer[], request: Times): number {
  const ends = attempts.flatMap(({ ended_ms: ended, head_ms: head, started_ms: started }) => [
    ended ?? head ?? started,
  ]);
  return Math.max(1, request.total_ms ?? 0, ...ends);
}
