import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { PolicyFacts } from '../policy/access-policy.ts';
import { judgeByPolicies } from '../policy/access-policy.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import type { SpendBudget } from '../policy/spend-limits.ts';
import { budgetsOf } from '../policy/spend-limits.ts';
import { nanoUsdOf } from '../policy/spend-window.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { DecodedExchange, GatewayUse, Walk } from './exchange.ts';
import { isGivenAgain } from './given-again.ts';
import type { EndedExchange } from './settle-request.ts';

/**
 * Whether the policies and the spend limits of a gateway let a request through to a model, and what
 * its cost will be counted in. An answer from the cache comes before, so it is neither judged nor
 * paid for; Workers reference §3.5, §3.6, case G24.
 */
export function judgeCall(
  exchange: DecodedExchange,
  { targets: [first] }: RoutePlan,
): DecodedExchange | Refusal {
  const { gateway, walk, routed } = exchange;
  if (gateway === undefined) return exchange;
  const { policy } = gateway;
  const facts = factsOf(exchange, gateway, first?.upstream.name);
  const verdict = judgeByPolicies(policiesOf(gateway, walk), facts);
  if (verdict.kind === 'denied') {
    return refusal('permission_denied', 'Access denied by policy', { reason: 'policy_denied' });
  }
  for (const budget of verdict.budgets) {
    const spent = spentOf(budget, policy, walk);
    if (spent < budget.limitNanoUsd) continue;
    return exceeded('policy_capped', budget, exchange, {
      bucket: budget.policyId,
      spent: usdOf(spent),
      limit: usdOf(budget.limitNanoUsd),
    });
  }
  const limits = budgetsOf(policy.spendLimits, facts);
  const spentUp = limits.find((budget) => spentOf(budget, policy, walk) >= budget.limitNanoUsd);
  if (spentUp !== undefined) return exceeded('gateway_spend_limited', spentUp, exchange, {});
  return { ...exchange, budgets: [...limits, ...verdict.budgets, ...(routed?.budgets ?? [])] };
}

/**
 * The plan without whom the policies of the request's gateway forbid, where others are left: a policy may
 * be about who answers.
 */
export function permittedPlan(exchange: DecodedExchange, plan: RoutePlan): RoutePlan {
  const { gateway, walk } = exchange;
  if (gateway === undefined || plan.targets.length < 2) return plan;
  const policies = policiesOf(gateway, walk);
  if (policies.length === 0) return plan;
  const targets = plan.targets.filter(
    ({ upstream: { name } }) =>
      judgeByPolicies(policies, factsOf(exchange, gateway, name)).kind === 'allowed',
  );
  return targets.length === 0 ? plan : { ...plan, targets };
}

/** Counts what a request cost, in every budget that it was let through by. */
export function chargeCall(exchange: EndedExchange, costUsd: number | undefined): void {
  const { gateway, walk, budgets = [] } = exchange;
  const isFree = costUsd === undefined || costUsd <= 0 || isGivenAgain(exchange);
  if (gateway === undefined || walk.spending === undefined || isFree) return;
  for (const budget of budgets) {
    const name = counterOf(budget, gateway.policy);
    walk.spending.add(name, budget.window, nanoUsdOf(costUsd));
  }
}

/** How much of a budget is spent. */
export function spentOf(budget: SpendBudget, policy: GatewayPolicy, { spending }: Walk): bigint {
  return spending?.spent(counterOf(budget, policy), budget.window) ?? 0n;
}

/** A gateway that was removed and made anew has spent nothing. */
function counterOf(
  { name }: SpendBudget,
  { account, id, createdAtMs }: GatewayPolicy,
): { readonly account: string; readonly gatewayId: string; readonly name: string } {
  return { account, gatewayId: id, name: `${String(createdAtMs)} ${name}` };
}

function policiesOf(
  { policy: { account, id } }: GatewayUse,
  { accessPolicies }: Walk,
): Parameters<typeof judgeByPolicies>[0] {
  return accessPolicies?.list({ account, gatewayId: id }) ?? [];
}

/** The model by every name that a rule may have it under, and who is behind it. */
function factsOf(
  { call, routed, settings, principal, startedAtMs }: DecodedExchange,
  { options }: GatewayUse,
  upstreamName: string | undefined,
): PolicyFacts {
  const asked = call.model ?? '';
  const known = resolveAnyName(asked, settings.profile);
  const named = known?.formNames.workersAi[0];
  const author = (named ?? asked).split('/', 2);
  const models = [named, known?.id, asked].filter((name) => name !== undefined);
  const providers = [
    ...(author.length > 1 ? author.slice(0, 1) : []),
    upstreamName ?? settings.upstreams.defaultName,
    ...(routed === undefined ? [] : [routed.provider]),
  ];
  return {
    models: [...new Set(models)],
    providers: [...new Set(providers)],
    metadata: options.metadata ?? {},
    actor: principal.keyId,
    atMs: startedAtMs,
  };
}

function exceeded(
  reason: 'policy_capped' | 'gateway_spend_limited',
  { window }: SpendBudget,
  { startedAtMs }: DecodedExchange,
  details: Readonly<Record<string, string | number>>,
): Refusal {
  const retryAfterMs = window.endMs - startedAtMs;
  const more = reason === 'policy_capped' ? { details } : {};
  return refusal('rate_limited', 'Spending limit exceeded', { retryAfterMs, reason, ...more });
}

function usdOf(nanoUsd: bigint): number {
  return Number(nanoUsd) / 1e9;
}
