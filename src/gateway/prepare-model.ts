import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import { admitRequest } from './admit-request.ts';
import { applyPlan } from './apply-plan.ts';
import { applyPolicy, refuseUnjudged } from './apply-policy.ts';
import { authorizeCalledModel } from './authorize-call.ts';
import { chooseProviderKey } from './choose-provider-key.ts';
import type { RefusedWalk } from './ended-walk.ts';
import type { DecodedExchange } from './exchange.ts';
import { planFor, refuseUnplanned } from './plan-for.ts';

/** A request for one model that everything let through which is decided before anybody is asked. */
export interface PreparedModel {
  readonly kind: 'prepared';
  readonly exchange: DecodedExchange;
  readonly plan: RoutePlan;
}

/** Where such a request came to its end. */
export type PreparationStage =
  | 'policy'
  | 'model'
  | 'key'
  | 'gateway_limits'
  | 'route'
  | 'provider_key';

export interface UnpreparedModel extends RefusedWalk {
  readonly stage: PreparationStage;
  /** Absent where it ended before there was one. */
  readonly plan?: RoutePlan;
}

/** The stages from the installation's policies to the plan of whom to ask; what is explained walks them too. */
export function prepareModel(governed: DecodedExchange): PreparedModel | UnpreparedModel {
  const asked = applyPolicy(governed); //                                 stage 6
  if (isRefusal(asked)) return ended('policy', governed, asked);
  const listed = applyPlan(asked); //                                     stages 4, 6
  if (isRefusal(listed)) return ended('model', asked, listed);
  const denied = authorizeCalledModel(listed); //                         stage 5, the model
  if (denied !== undefined) return ended('key', listed, denied);
  const admitted = admitRequest(listed); //                               stage 7, of the gateway
  if (isRefusal(admitted)) return ended('gateway_limits', listed, admitted);
  const plan = planFor(admitted); //                                      stage 10
  const unanswered = refuseUnplanned(admitted, plan) ?? refuseUnjudged(admitted, plan);
  if (unanswered !== undefined) return { ...ended('route', admitted, unanswered), plan };
  const keyed = chooseProviderKey(admitted, plan);
  if (isRefusal(keyed)) return { ...ended('provider_key', admitted, keyed), plan };
  return { kind: 'prepared', exchange: keyed, plan };
}

function ended(stage: PreparationStage, at: DecodedExchange, refused: Refusal): UnpreparedModel {
  return { kind: 'refused', stage, at, refused };
}
