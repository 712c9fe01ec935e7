import { authorize, authorizeModel } from '../access/authorize.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import type { AuthenticatedExchange, DecodedExchange } from './exchange.ts';
import { furtherModels } from '../policy/further-models.ts';
import { scopeOfCall } from './scope-of-call.ts';

/**
 * Stage 5 of the walk as far as it needs no body: the caller's address and the key's scope. What the
 * gateway does on behalf of a key was asked for from an address that was looked at then. Wallet
 * reference §3.2 rule 9.
 */
export function authorizeCaller({
  request,
  principal,
}: AuthenticatedExchange): Refusal | undefined {
  const { dialect, operation, clientAddress, onBehalf } = request;
  const isBatchItem = onBehalf?.batchItem !== undefined;
  const scope = isBatchItem ? 'batches' : scopeOfCall(dialect, operation);
  const asking = onBehalf === undefined ? principal : { ...principal, allowedCidrs: null };
  return authorize(asking, { scope, clientAddress });
}

/** Stage 5 of the walk for the model, once it is known which is asked. */
export function authorizeCalledModel({
  call,
  principal,
  settings,
}: DecodedExchange): Refusal | undefined {
  if (principal.modelIds === null || call.model === undefined) return undefined;
  // A tool may ask another model, and a fall-back is one: the key's list is about them, too.
  for (const named of [call.modelId ?? call.model, ...furtherModels(call.request.body)]) {
    const id = resolveAnyName(named, settings.profile)?.id ?? named;
    const denied = authorizeModel(principal, id);
    if (denied !== undefined) return denied;
  }
  return undefined;
}
