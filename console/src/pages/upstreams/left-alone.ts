import type { TargetAnswer, TargetState } from '../../../../src/admin/contract-operations.ts';

/** How a target is found that gets no requests, or only one that finds out. */
const closed: ReadonlySet<TargetState> = new Set<TargetState>(['open', 'half-open', 'paused']);

/** Whether all targets of an upstream are left alone, or some of them: what its first line should say. */
export interface LeftAlone {
  readonly text: string;
  readonly isAll: boolean;
}

/** What is said of the targets that are left alone; nothing where there are none. */
export function leftAloneOf(
  targets: readonly Pick<TargetAnswer, 'state'>[],
): LeftAlone | undefined {
  const count = targets.filter(({ state }) => closed.has(state)).length;
  if (count === 0) return undefined;
  const isAll = count === targets.length;
  if (isAll) return { text: count === 1 ? 'left alone' : 'all targets left alone', isAll };
  return { text: `${String(count)} of ${String(targets.length)} targets left alone`, isAll };
}
