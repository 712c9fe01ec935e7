import { isPlanName } from '../catalog/plan-directory.ts';
import type { StoredPlan } from '../catalog/plan-store.ts';
import type { Plan } from '../catalog/plans.ts';
import { plans as builtInPlans } from '../catalog/plans.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { OrderParts } from './admin-parts.ts';
import type { Done, OrderContext } from './audit-note.ts';
import { changesOf } from './audit-note.ts';
import type { PlanAnswer } from './contract.ts';

/** What a plan says, but for its name. */
export type WrittenPlan = Omit<PlanAnswer, 'name' | 'is_built_in'>;

export function encodePlan(plan: Plan): PlanAnswer {
  return {
    name: plan.name,
    is_built_in: isPlanName(plan.name),
    is_prepaid: plan.isPrepaid,
    output_tokens_max: plan.outputTokensMax ?? null,
    models: plan.modelIds === undefined ? null : [...plan.modelIds],
    takes_every_form: plan.takesEveryForm,
    markup_basis_points: plan.markupBasisPoints,
    on_exhausted: plan.onExhausted,
    attempts_max: plan.attemptsMax,
  };
}

/** Those that are always there, then those that were made. */
export function listPlans({ plans }: Pick<OrderParts, 'plans'>): readonly PlanAnswer[] {
  return [...Object.values(builtInPlans), ...plans.list()].map((plan) => encodePlan(plan));
}

export function showPlan({ plans }: Pick<OrderParts, 'plans'>, name: string): PlanAnswer | Refusal {
  const plan = isPlanName(name) ? builtInPlans[name] : plans.find(name);
  return plan === undefined ? noPlan(name) : encodePlan(plan);
}

/** Makes a plan. */
export async function createPlan(
  context: OrderContext,
  name: string,
  written: WrittenPlan,
): Promise<Done<PlanAnswer> | Refusal> {
  const { parts, atMs } = context;
  if (isPlanName(name)) return exists(name);
  const plan = decodePlan(parts, name, written);
  if (isRefusal(plan)) return plan;
  const stored = { ...plan, createdAtMs: atMs, modifiedAtMs: atMs };
  if (!(await parts.plans.insert(stored))) return exists(name);
  const answer = encodePlan(plan);
  return { kind: 'done', answer, note: { action: 'plan.create', subject: name, after: answer } };
}

/** Puts another plan in the place of one; accounts that have it follow within a second. */
export async function replacePlan(
  { parts, atMs }: OrderContext,
  name: string,
  written: WrittenPlan,
): Promise<Done<PlanAnswer> | Refusal> {
  const before = ownPlan(parts, name);
  if (isRefusal(before)) return before;
  const plan = decodePlan(parts, name, written);
  if (isRefusal(plan)) return plan;
  const { createdAtMs } = before.plan;
  if (!(await parts.plans.replace({ ...plan, createdAtMs, modifiedAtMs: atMs })))
    return noPlan(name);
  const answer = encodePlan(plan);
  const note = { action: 'plan.replace', subject: name };
  return { kind: 'done', answer, note: { ...note, ...changesOf(encodePlan(before.plan), answer) } };
}

/** Removes a plan that no account has. */
export async function removePlan(
  { parts }: OrderContext,
  name: string,
): Promise<Done<PlanAnswer> | Refusal> {
  const known = ownPlan(parts, name);
  if (isRefusal(known)) return known;
  if (!(await parts.plans.remove(name))) {
    return refusal('conflict', 'Accounts have this plan: give them another one first.', {
      reason: 'plan_in_use',
    });
  }
  const answer = encodePlan(known.plan);
  return { kind: 'done', answer, note: { action: 'plan.remove', subject: name, before: answer } };
}

function ownPlan(
  { plans }: OrderParts,
  name: string,
): { readonly kind: 'plan'; readonly plan: StoredPlan } | Refusal {
  if (isPlanName(name)) {
    const text = `The plan "${name}" is always there, and always the same.`;
    return refusal('conflict', text, { reason: 'plan_built_in' });
  }
  const plan = plans.find(name);
  return plan === undefined ? noPlan(name) : { kind: 'plan', plan };
}

interface DecodedPlan extends Plan {
  readonly kind?: never;
}

function decodePlan(
  { settings }: OrderParts,
  name: string,
  written: WrittenPlan,
): DecodedPlan | Refusal {
  const { profile } = settings();
  const ids = written.models?.map((model) => resolveAnyName(model, profile)?.id);
  const unknown = ids?.indexOf(undefined) ?? -1;
  if (unknown >= 0) {
    const place = `models.${String(unknown)}`;
    return refusal('invalid_request', `${place}: the registry has no such model`, { param: place });
  }
  return {
    name,
    isPrepaid: written.is_prepaid,
    takesEveryForm: written.takes_every_form,
    markupBasisPoints: written.markup_basis_points,
    onExhausted: written.on_exhausted,
    attemptsMax: written.attempts_max,
    ...(written.output_tokens_max === null ? {} : { outputTokensMax: written.output_tokens_max }),
    ...(ids === undefined ? {} : { modelIds: new Set(ids.filter((id) => id !== undefined)) }),
  };
}

function noPlan(name: string): Refusal {
  return refusal('not_found', `There is no plan "${name}".`, { reason: 'plan_not_found' });
}

function exists(name: string): Refusal {
  return refusal('conflict', `There is a plan "${name}" already.`, {
    reason: 'exists',
    param: 'name',
  });
}
