import type { JsonValue } from '../std/json.ts';
import type { FactAt, RouteCondition } from './route-condition.ts';
import { holds } from './route-condition.ts';

/** How much one key may ask for, or spend, in a window of a route; Workers reference §3.8. */
export interface RateElement {
  readonly type: 'rate';
  readonly id: string;
  readonly limitType: 'count' | 'cost';
  /** Requests, or USD. */
  readonly limit: number;
  /** What counts apart, like `metadata.user_id`. */
  readonly key: string;
  readonly windowSeconds: number;
  readonly technique: 'fixed' | 'sliding';
  readonly success: string;
  /** Absent where a request over the limit is refused. */
  readonly fallback: string | undefined;
}

/** A model that is asked; Workers reference §3.8. */
export interface ModelElement {
  readonly type: 'model';
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  /** To the first byte of each attempt. */
  readonly timeoutMs: number | undefined;
  /** Attempts after the first one. */
  readonly retries: number;
  readonly success: string;
  /** Where a failure leads; it is what the caller gets where that is absent. */
  readonly fallback: string | undefined;
}

/** A step on the way from a request to a model. The ids of other elements say where it leads. */
export type RouteElement =
  | { readonly type: 'start'; readonly id: string; readonly next: string }
  | {
      readonly type: 'conditional';
      readonly id: string;
      readonly condition: RouteCondition;
      readonly whenTrue: string;
      readonly whenFalse: string;
    }
  | {
      readonly type: 'percentage';
      readonly id: string;
      readonly shares: readonly { readonly percent: number; readonly next: string }[];
      readonly otherwise: string | undefined;
    }
  | RateElement
  | ModelElement
  | { readonly type: 'end'; readonly id: string };

/** Elements that were found to lead from a start to an end, whatever way is taken. */
export interface RouteGraph {
  readonly kind: 'graph';
  readonly start: string;
  readonly byId: ReadonlyMap<string, RouteElement>;
}

/** What decides which way is taken. */
export interface RouteContext {
  readonly factAt: FactAt;
  /** Where the request falls among a hundred, the same whenever it is asked about an element. */
  readonly shareOf: (elementId: string) => number;
  /** Leave for one request; where there is none, when it makes sense to ask again. */
  readonly admit: (element: RateElement) => number | undefined;
}

/** Where a way stops for now: at a model to ask, at a limit without another way, or at its end. */
export type RouteStop =
  | ModelElement
  | { readonly type: 'limited'; readonly element: RateElement; readonly retryAfterMs: number }
  | { readonly type: 'end' };

/** Follows a route from an element on, up to the next model or its end; Workers reference §3.8. */
export function nextStop(
  { byId }: RouteGraph,
  from: string | undefined,
  context: RouteContext,
): RouteStop {
  let at = from;
  // Nothing leads back, so every element is passed at most once.
  for (;;) {
    const element = at === undefined ? undefined : byId.get(at);
    switch (element?.type) {
      case 'start':
        at = element.next;
        break;
      case 'conditional':
        at = holds(element.condition, context.factAt) ? element.whenTrue : element.whenFalse;
        break;
      case 'percentage':
        at = chosenShare(element, context.shareOf(element.id));
        break;
      case 'rate': {
        const retryAfterMs = context.admit(element);
        if (retryAfterMs !== undefined && element.fallback === undefined) {
          return { type: 'limited', element, retryAfterMs };
        }
        at = retryAfterMs === undefined ? element.success : element.fallback;
        break;
      }
      case 'model':
        return element;
      case 'end':
      case undefined:
        return { type: 'end' };
    }
  }
}

function chosenShare(
  { shares, otherwise }: Extract<RouteElement, { type: 'percentage' }>,
  place: number,
): string | undefined {
  let below = 0;
  for (const { percent, next } of shares) {
    below += percent;
    if (place < below) return next;
  }
  return otherwise ?? shares.at(-1)?.next;
}

/** A route as its account made it, with the version that serves. */
export interface DynamicRoute {
  readonly account: string;
  readonly gatewayId: string;
  readonly id: string;
  /** What requests call it, behind `dynamic/`. */
  readonly name: string;
  readonly deployment: RouteDeployment;
  readonly version: RouteVersion;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Elements of a route as they were sent at one time. */
export interface RouteVersion {
  readonly id: string;
  readonly elements: readonly JsonValue[];
  readonly createdAtMs: number;
}

/** That a version served from some time on. */
export interface RouteDeployment {
  readonly id: string;
  readonly versionId: string;
  readonly createdAtMs: number;
}
