import { orderByWeight } from './order-by-weight.ts';
import type { PlannedConversation } from './served-conversations.ts';
import type { RouteTarget } from './route-plan.ts';
import { healthKeyOf } from './route-plan.ts';
import type { RouteCandidate, RouteQuestion } from './route-table.ts';

/** What a plan hears of how targets fare at the moment. */
export interface TargetStates {
  /** Whether it may be asked: no breaker is open, and it does not want to be left alone. */
  isFree(healthKey: string): boolean;
  /** Requests that it has now. */
  loadOf(healthKey: string): number;
  /** Where a conversation was served last that had to leave its target. */
  lastServed(conversation: string): string | undefined;
}

/** Nothing is known of any target. */
export const unknownStates: TargetStates = {
  isFree: () => true,
  loadOf: () => 0,
  lastServed: () => undefined,
};

export interface OrderedTargets {
  readonly targets: readonly RouteTarget[];
  /** Absent where there was nothing to choose. */
  readonly conversation?: PlannedConversation | undefined;
  /** Whether the next request's order may be another one. */
  readonly isDrawn?: boolean;
}

interface Ordering {
  readonly targets: readonly RouteCandidate[];
  readonly fallbacks: readonly RouteCandidate[];
  readonly keepsConversations: boolean;
}

/** A target, and its part of the requests of its route. */
interface Share {
  readonly target: RouteTarget;
  readonly part: number;
}

/** How much more than its part a target may have before a conversation goes elsewhere. */
const LOAD_FACTOR = 1.25;
/** So few requests at once are no load: a conversation may have some side by side. */
const LOAD_ALWAYS = 8;

/**
 * In which order candidates are asked: the targets as their weights say, then the fallbacks as they
 * stand, with whom there is something against behind the others of their kind. Nobody is left out.
 */
export function orderTargets(
  { targets, fallbacks, keepsConversations }: Ordering,
  question: RouteQuestion,
  states: TargetStates,
): OrderedTargets {
  const isChoice =
    targets.length > 1 || [...targets, ...fallbacks].some(({ pool }) => pool.length > 1);
  const isKept = isChoice && keepsConversations;
  const key = isKept ? question.conversation() : isChoice ? String(question.draw()) : '';
  const shares = sharesOf(targets, key, question);
  const home = shares[0]?.target.healthKey;
  const room = isKept ? roomFor(shares, states) : anyRoom;
  const guestAt = isKept ? states.lastServed(key) : undefined;
  const rankOf = ({ target: { healthKey } }: Share): number => {
    if (!states.isFree(healthKey)) return 4;
    if (!room(healthKey)) return 2;
    return healthKey === guestAt ? 0 : 1;
  };
  const rest = fallbacks.flatMap((candidate) => sharesOf([candidate], key, question));
  const ranked = [
    ...shares.map((share) => ({ share, rank: rankOf(share) })),
    ...rest.map((share) => ({ share, rank: states.isFree(share.target.healthKey) ? 3 : 5 })),
  ].toSorted((one, other) => one.rank - other.rank);
  const ordered = ranked.map(({ share }) => share.target);
  return isKept && home !== undefined
    ? { targets: ordered, conversation: { key, homeKey: home } }
    : { targets: ordered, ...(isChoice ? { isDrawn: true } : {}) };
}

/** The candidates in the order of a key, each with its credentials in an order of their own. */
function sharesOf(
  candidates: readonly RouteCandidate[],
  key: string,
  { modelId }: RouteQuestion,
): readonly Share[] {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  const ordered = orderByWeight(candidates, key, { name: nameOf, weight: ({ weight }) => weight });
  return ordered.flatMap(({ pool, weight, model, firstByteMs }) => {
    const part = total === 0 ? 0 : weight / total / pool.length;
    const credentials = orderByWeight(pool, key, {
      name: ({ name, credential = 0 }) => `${name}#${String(credential)}`,
      weight: () => 1,
    });
    return credentials.map((upstream) => ({
      target: { upstream, healthKey: healthKeyOf(upstream, model ?? modelId), model, firstByteMs },
      part,
    }));
  });
}

function nameOf({ pool, model = '' }: RouteCandidate): string {
  return `${pool[0]?.name ?? ''}/${model}`;
}

const anyRoom = (): boolean => true;

/** Whether one more request at a target is within its part of all that the targets have. */
function roomFor(shares: readonly Share[], states: TargetStates): (healthKey: string) => boolean {
  const loads = new Map(
    shares.map(({ target: { healthKey } }) => [healthKey, states.loadOf(healthKey)] as const),
  );
  const total = [...loads.values()].reduce((sum, load) => sum + load, 1);
  const parts = new Map(shares.map(({ target, part }) => [target.healthKey, part] as const));
  return (healthKey) => {
    const most = Math.max(
      LOAD_ALWAYS,
      Math.ceil(LOAD_FACTOR * total * (parts.get(healthKey) ?? 0)),
    );
    return (loads.get(healthKey) ?? 0) < most;
  };
}
