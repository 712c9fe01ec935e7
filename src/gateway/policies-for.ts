import type { RequestPolicy } from '../config/policy-config.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { ProfileName } from '../catalog/profiles.ts';
import type { RequestFacts } from '../policy/request-condition.ts';
import { meetsCondition } from '../policy/request-condition.ts';
import type { AuthenticatedExchange, DecodedExchange } from './exchange.ts';

const NONE: readonly RequestPolicy[] = [];

/** What is known of a request besides who calls, and in which form. */
export type KnownSoFar = Pick<RequestFacts, 'gatewayId' | 'models'>;

/**
 * The policies that are about a request for sure, as far as it is known. Whoever asks before all is
 * known asks again later, so a policy that is found late is found all the same.
 */
export function policiesFor(
  { settings, principal, request }: AuthenticatedExchange,
  known: KnownSoFar,
): readonly RequestPolicy[] {
  const { policies } = settings;
  if (policies === undefined || policies.length === 0) return NONE;
  const { account, keyId } = principal;
  const facts = { account, keyId, dialect: request.dialect.name, ...known };
  return policies.filter(({ when }) => meetsCondition(when, facts));
}

/** The policies that are about a request of which all is known. */
export function matchingPolicies(exchange: DecodedExchange): readonly RequestPolicy[] {
  const { call, gateway, settings } = exchange;
  if (settings.policies === undefined || settings.policies.length === 0) return NONE;
  return policiesFor(exchange, {
    gatewayId: gateway?.policy.id ?? null,
    models: namesOfModel([call.model, call.modelId], settings.profile),
  });
}

/** Every name of the model that one of them stands for. */
export function namesOfModel(
  names: readonly (string | undefined)[],
  profile: ProfileName,
): readonly string[] {
  const asked = names.filter((name) => name !== undefined);
  const others = asked.flatMap((name) => {
    const model = resolveAnyName(name, profile);
    if (model === undefined) return [];
    const { id, aliases, formNames } = model;
    return [id, ...aliases, ...formNames.chatCompletions, ...formNames.workersAi];
  });
  return [...new Set([...asked, ...others])];
}
