import type { Principal } from '../access/authenticate.ts';
import type { IdempotencyStore } from '../ledger/idempotency-store.ts';
import type { Refusal } from '../messages/errors.ts';
import type { Log } from '../telemetry/log.ts';
import type { IdempotentAsk } from './idempotent-ask.ts';
import type { TakenKey } from './idempotent-refusals.ts';
import { keysUnavailable, refuseTaken } from './idempotent-refusals.ts';

/** What would come of a request with an idempotency key, as far as the key decides it. */
export type KeyLook =
  | { readonly kind: 'free' }
  /** It gets the answer of that request. */
  | { readonly kind: 'repeats'; readonly requestId: string }
  | {
      readonly kind: 'refused';
      readonly why: TakenKey | 'unavailable';
      /** The request that has the key, where that is one like this. */
      readonly requestId?: string;
      readonly said: Refusal;
    };

/** What of an exchange its key is looked up by. */
interface LookedUp {
  readonly principal: Pick<Principal, 'account'>;
  readonly startedAtMs: number;
  readonly walk: { readonly log: Pick<Log, 'error'> };
}

/** Looks a key up as a request is served by it, and leaves it to whoever has it. */
export async function lookUpKey(
  { principal, startedAtMs, walk }: LookedUp,
  { scope, key, fingerprint }: IdempotentAsk,
  store: Pick<IdempotencyStore, 'look'> | undefined,
): Promise<KeyLook> {
  const unavailable = { kind: 'refused', why: 'unavailable', said: keysUnavailable() } as const;
  if (store === undefined) return unavailable;
  const { account } = principal;
  try {
    const found = await store.look({ account, scope, key, fingerprint, atMs: startedAtMs });
    switch (found.kind) {
      case 'free':
        return found;
      case 'done':
        return found.isKept
          ? { kind: 'repeats', requestId: found.requestId }
          : refused('not_kept', found.requestId);
      case 'running':
        return refused('running', found.requestId);
      case 'differs':
      case 'full':
        return refused(found.kind);
    }
  } catch (error) {
    walk.log.error('idempotency_look_failed', { reason: String(error) });
    return unavailable;
  }
}

function refused(why: TakenKey, requestId?: string): KeyLook {
  const said = refuseTaken(why);
  return { kind: 'refused', why, said, ...(requestId === undefined ? {} : { requestId }) };
}
