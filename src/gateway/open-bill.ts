import type { BillQuestion } from '../billing/bill.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { furtherModels } from '../policy/further-models.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import { asksForStream } from './asks-for-stream.ts';
import { budgetClaims } from './budget-claims.ts';
import type { DecodedExchange } from './exchange.ts';
import { guardsAnswer } from './guards-answer.ts';
import { headerIn } from './header-in.ts';
import { planOf } from './plan-of.ts';
import { refuseDoubledKey } from './refuse-doubled-key.ts';

/** How long one request may take at most; its hold stands for so long, and a margin, from each extension. */
const REQUEST_MS_MAX = 3_600_000;

/**
 * Stage 9 of the walk: a bill for what may cost something, with the money for it set aside before an
 * upstream hears of the request. Undefined where nothing stands against going on.
 */
export async function openBill(
  exchange: DecodedExchange,
  plan: RoutePlan,
): Promise<Refusal | undefined> {
  const { walk, request, bills } = exchange;
  const unsold = refuseUnbillable(exchange, plan);
  if (unsold !== undefined) return unsold;
  if (request.operation !== 'messages.create') return undefined;
  const doubled = refuseTwoMeanings(exchange);
  if (doubled !== undefined) return doubled;
  const broken = refuseByBreakers(exchange, plan);
  if (broken !== undefined) return broken;
  if (walk.billing === undefined) return undefined;
  const bill = await bills.open(walk.billing, questionOf(exchange));
  return isRefusal(bill) ? bill : undefined;
}

/**
 * What is not counted here could be had for nothing, so who pays in advance cannot have it, nor can a
 * key that may spend only so much, or use only some models where nobody here sees which are asked.
 */
function refuseUnbillable(
  { request, ...exchange }: DecodedExchange,
  plan: RoutePlan,
): Refusal | undefined {
  const isPassedOn = plan.targets[0]?.upstream.keepsAccountResources === true;
  const isBatch = request.operation === 'batches.create' && isPassedOn;
  if (!isBatch && request.operation !== 'complete.create') return undefined;
  const { budget, modelIds } = exchange.principal;
  const isBounded = budget !== null || (isBatch && modelIds !== null);
  if (!isBounded && !planOf({ ...exchange, request }).isPrepaid) return undefined;
  return refusal('permission_denied', isBounded ? UNBOUNDED_TEXT : UNSOLD_TEXT, {
    reason: 'operation_not_sold',
  });
}

const UNSOLD_TEXT =
  'This operation is not sold in advance, since its cost cannot be known here. Use POST /v1/messages.';
const UNBOUNDED_TEXT =
  'This key has a budget or a list of models, to which this operation cannot be held here. Use POST /v1/messages.';

/** Money is held for what a body says, so it may say one thing only. Elsewhere the upstream judges it. */
function refuseTwoMeanings(exchange: DecodedExchange): Refusal | undefined {
  const { walk, principal, call } = exchange;
  const isHeld = planOf(exchange).isPrepaid || principal.budget !== null;
  if (walk.billing === undefined || !isHeld) return undefined;
  return refuseDoubledKey(call.request.body) ?? refuseFurtherModels(exchange);
}

/** Money is held at the price of one model: another one that answers too would be had at that price. */
function refuseFurtherModels({ call, settings }: DecodedExchange): Refusal | undefined {
  const idOf = (name: string): string => resolveAnyName(name, settings.profile)?.id ?? name;
  const own = idOf(call.modelId ?? call.model ?? '');
  const other = furtherModels(call.request.body).find((name) => idOf(name) !== own);
  if (other === undefined) return undefined;
  return refusal('permission_denied', FURTHER_TEXT, { reason: 'operation_not_sold' });
}

const FURTHER_TEXT =
  'What is paid for in advance, or has a budget, is asked of one model: leave out fallbacks and tools that name another one.';

/**
 * Upstreams that fail are left alone for a while: who pays in advance is told at once, and nothing is
 * held (wallet reference §7). Where nothing is held, the last that is left is asked all the same.
 */
function refuseByBreakers(exchange: DecodedExchange, { targets }: RoutePlan): Refusal | undefined {
  const { health } = exchange.walk;
  if (health === undefined || targets.length === 0 || !planOf(exchange).isPrepaid) return undefined;
  const waits = targets.map(({ healthKey }) => {
    const verdict = health.breakers.look(healthKey);
    return verdict.kind === 'open' ? verdict.retryAfterMs : 0;
  });
  const retryAfterMs = Math.min(...waits);
  if (retryAfterMs === 0) return undefined;
  const text =
    'The upstream has failed too often and is not asked for now. Please try again later.';
  return refusal('unavailable', text, { retryAfterMs, reason: 'upstream_unavailable' });
}

function questionOf(exchange: DecodedExchange): BillQuestion {
  const { request, principal, call, settings, bills } = exchange;
  const plan = planOf(exchange);
  const name = call.modelId ?? call.model ?? '';
  const { batchItem } = request.onBehalf ?? {};
  return {
    // A route that leads on to another model needs a bill of its own for it.
    requestId: bills.opened === 0 ? request.id : `${request.id}/${String(bills.opened + 1)}`,
    settlementKey:
      batchItem === undefined
        ? (request.settlesAs ?? request.id)
        : `${batchItem.batchId}/${batchItem.customId}`,
    account: principal.account,
    keyId: principal.keyId,
    isPrepaid: plan.isPrepaid,
    planName: plan.name,
    markupBasisPoints: plan.markupBasisPoints,
    stopsWhenExhausted: plan.onExhausted === 'stop',
    budgets: budgetClaims(principal, exchange.startedAtMs),
    showsFigures: principal.scopes.has('wallet:read'),
    modelId: resolveAnyName(name, settings.profile)?.id,
    // An answer that is looked at before it goes out is written in full by then.
    isStream: asksForStream(call) && !guardsAnswer(exchange),
    isBatch: batchItem !== undefined,
    body: call.request.body,
    betas: betasOf(exchange),
    paysProvider: call.request.providerKey !== undefined,
    deadlineMs: REQUEST_MS_MAX,
    form: request.dialect.name,
  };
}

function betasOf({ call }: DecodedExchange): readonly string[] {
  const listed = headerIn(call.request.headers, 'anthropic-beta') ?? '';
  return listed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
