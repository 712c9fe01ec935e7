import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { AuthenticatedExchange } from './exchange.ts';

/**
 * Puts the plan of the caller's account into the settings of its request. A plan that is not there
 * any more is no reason to go by another one: nobody would know what the account is to be charged.
 */
export function choosePlan(exchange: AuthenticatedExchange): AuthenticatedExchange | Refusal {
  const { principal, walk, settings } = exchange;
  const { planName } = principal;
  if (planName === undefined) return exchange;
  const plan = walk.plans?.find(planName);
  return plan === undefined
    ? refusal(
        'unavailable',
        'The plan of this account is not there. Its owner has to choose another.',
      )
    : { ...exchange, settings: { ...settings, plan } };
}
