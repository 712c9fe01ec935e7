import type { AskedRequest, SimulatedWorld } from './simulated-world.ts';

/**
 * I6, I11 of requests with an idempotency key: whoever has had the whole answer gets the same again
 * and never pays for another one; who asks while the first runs, or after it failed, is told or served.
 */
export function auditRepeats(world: SimulatedWorld): readonly string[] {
  const byKey = new Map<string, AskedRequest[]>();
  for (const asked of world.asked.values()) {
    const { idempotencyKey } = asked.client.plan;
    if (idempotencyKey === undefined) continue;
    byKey.set(idempotencyKey, [...(byKey.get(idempotencyKey) ?? []), asked]);
  }
  return [...byKey].flatMap(([key, asks]) => auditKey(world, key, asks));
}

function auditKey(world: SimulatedWorld, key: string, asks: readonly AskedRequest[]): string[] {
  const problems: string[] = [];
  let kept: AskedRequest | undefined;
  for (const asked of asks) {
    const { saw, requestId } = asked.client;
    const hold = world.books.holds.get(requestId);
    if (saw.isReplayed) {
      world.coverage.note('billed replayed');
      if (hold !== undefined) problems.push(`I11 ${requestId}: held for an answer given before`);
      if (kept !== undefined && !saw.isCut && saw.words !== kept.client.saw.words) {
        problems.push(`I11 ${requestId}: another answer than the first`);
      }
    } else if (kept !== undefined && hold !== undefined) {
      problems.push(`I6 ${requestId}: held again after the answer to ${key} was kept`);
    }
    if (isKept(world, asked)) kept ??= asked;
  }
  return problems;
}

/** Whether the whole answer went out, and nothing went wrong with what was written about it. */
function isKept(world: SimulatedWorld, { client }: AskedRequest): boolean {
  const { saw, plan, requestId } = client;
  const hasAll = saw.status === 200 && saw.hasEnd && !saw.isStopped && !saw.isCut && !saw.hasLeft;
  const isSound =
    !world.faulted.has(requestId) && !world.faulted.has(plan.idempotencyKey ?? requestId);
  return hasAll && !saw.hasError && !saw.isBroken && isSound;
}
