import type { ResponseCache } from '../cache/response-cache.ts';
import type { BillEstimate, Billing } from '../billing/bill.ts';
import { MeteredBill } from '../billing/metered-bill.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { permit } from '../limits/window-rule.ts';
import { isRefusal } from '../messages/errors.ts';
import type { GatewayStore } from '../policy/gateway-store.ts';
import type { LogFields } from '../telemetry/log.ts';
import { noMetrics } from '../telemetry/request-metrics.ts';
import type { CountingLimiter, Walk } from './exchange.ts';

/** What the stages said on their way, which is the log's for a request that is really served. */
export interface WalkNote {
  readonly event: string;
  readonly fields: LogFields;
}

/** A walk over the same parts that takes nothing, writes nothing and sends nothing. */
export interface DryWalk {
  readonly walk: Walk;
  readonly notes: readonly WalkNote[];
  /** What the bill would be opened with; undefined before anybody asked for it. */
  readonly estimate: () => BillEstimate | undefined;
}

/** Puts what only looks in the place of what counts, holds and makes. */
export function dryWalk(walk: Walk): DryWalk {
  const notes: WalkNote[] = [];
  let estimate: BillEstimate | undefined;
  const note = (event: string, fields: LogFields = {}): void => {
    notes.push({ event, fields });
  };
  const { clock, random, authenticator, plans, accessPolicies, spending, providerKeys } = walk;
  const { health, settings, rateLimits, gateways, dynamicRoutes, billing, limiter } = walk;
  const { responseCache } = walk;
  const dry: Walk = {
    clock,
    random,
    authenticator,
    settings,
    limiter: looking(limiter),
    metrics: noMetrics,
    requestLog: { record: () => {}, dropped: 0 },
    log: { debug: note, info: note, warn: note, error: note },
    ...(plans && { plans }),
    ...(accessPolicies && { accessPolicies }),
    ...(spending && { spending }),
    ...(providerKeys && { providerKeys }),
    ...(health && { health }),
    ...(rateLimits && { rateLimits: asking(rateLimits) }),
    ...(responseCache && { responseCache: keptAsItIs(responseCache) }),
    ...(gateways && { gateways: reading(gateways) }),
    ...(dynamicRoutes && {
      dynamicRoutes: { store: dynamicRoutes.store, limiter: looking(dynamicRoutes.limiter) },
    }),
    ...(billing && {
      billing: estimating(billing, (made) => {
        estimate = made;
      }),
    }),
  };
  return { walk: dry, notes, estimate: () => estimate };
}

/** Where nobody can look, everything passes. */
function looking(limiter: CountingLimiter): CountingLimiter {
  return { admit: (name, rule) => limiter.look?.(name, rule) ?? permit };
}

function asking(limits: RateLimits): RateLimits {
  return {
    ask: (demand) => limits.ask(demand),
    look: (subject, rules) => limits.look(subject, rules),
    async admit(demand) {
      const excess = await limits.ask(demand);
      if (excess !== undefined) return excess;
      const standings = await limits.look(demand.subject, demand.rules);
      return { kind: 'permit', standings, giveBack: () => {} };
    },
  };
}

/** `default` is there as soon as somebody asks for it, so it counts as made. */
function reading(gateways: GatewayStore): GatewayStore {
  return {
    find: (account, id) => gateways.find(account, id),
    list: (account, wanted) => gateways.list(account, wanted),
    insert: () => Promise.resolve(true),
    replace: () => Promise.resolve(false),
    remove: () => Promise.resolve(false),
  };
}

/** Nothing is kept, and nothing gets older or younger by being looked at. */
function keptAsItIs(cache: ResponseCache): ResponseCache {
  return {
    answerBytesMax: cache.answerBytesMax,
    find: async (key) => (await cache.look(key))?.answer,
    look: (key) => cache.look(key),
    keep: () => {},
    reserve: () => false,
    release: () => {},
  };
}

function estimating(billing: Billing, take: (made: BillEstimate) => void): Billing {
  return {
    async open(question) {
      const made = await billing.estimate?.(question);
      if (made !== undefined) {
        if (isRefusal(made)) return made;
        take(made);
      }
      return new MeteredBill(question, undefined);
    },
  };
}
