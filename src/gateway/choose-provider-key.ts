import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { ProviderKey } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { DecodedExchange } from './exchange.ts';

/**
 * Whose key the upstream is asked with, once it is known which one that is: the request's own, else
 * the one that the account stored, else the upstream's. Workers reference §3.4, case G13.
 */
export function chooseProviderKey(
  exchange: DecodedExchange,
  { targets: [first] }: RoutePlan,
): DecodedExchange | Refusal {
  const { gateway, call } = exchange;
  if (gateway === undefined) return exchange;
  const { policy, options } = gateway;
  const provider = first?.upstream.provider;
  const key =
    provider === undefined
      ? undefined
      : (call.gateway?.providerKey ?? storedKey(exchange, provider));
  if (key !== undefined) {
    return { ...exchange, call: { ...call, request: { ...call.request, providerKey: key } } };
  }
  const { providerKeyAlias: alias } = options;
  if (alias !== undefined && provider !== undefined) {
    return missing(
      `The gateway "${policy.id}" has no key "${alias}" for the provider "${provider}".`,
    );
  }
  if (!policy.byokOnly && options.needsProviderKey !== true) return exchange;
  return missing(
    provider === undefined
      ? 'Only a key of your own may be used for this request, and the upstream that answers takes none of callers.'
      : `Only a key of your own may be used for this request: send one, or store one for the provider "${provider}".`,
  );
}

function storedKey(
  { gateway, principal, walk }: DecodedExchange,
  provider: string,
): ProviderKey | undefined {
  if (gateway === undefined || walk.providerKeys === undefined) return undefined;
  const key = walk.providerKeys.reveal({
    account: principal.account,
    gatewayId: gateway.policy.id,
    provider,
    alias: gateway.options.providerKeyAlias,
  });
  return key === undefined ? undefined : { key };
}

function missing(text: string): Refusal {
  return refusal('invalid_request', text, { reason: 'provider_key_missing' });
}
