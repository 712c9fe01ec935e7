import type { AuthenticatorOptions } from './access/authenticate.ts';
import { Authenticator } from './access/authenticate.ts';
import { PlanDirectory } from './catalog/plan-directory.ts';
import { LocalRateLimits } from './limits/local-rate-limits.ts';
import type { Clock } from './std/clock.ts';
import type { Store } from './store/open-store.ts';
import type { Log } from './telemetry/log.ts';

/** What says who calls and how much of what they may have. */
export interface WiredAccess {
  readonly authenticator: Authenticator;
  readonly plans: PlanDirectory;
  readonly rateLimits: LocalRateLimits;
}

/** Puts together what lets callers in. */
export function wireAccess(
  { keys, accounts, plans, pepper }: Pick<Store, 'keys' | 'accounts' | 'plans' | 'pepper'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  developmentKey: AuthenticatorOptions['developmentKey'],
): WiredAccess {
  const authenticator = new Authenticator({
    store: keys,
    accounts,
    pepper,
    clock,
    onFault: (fault) => {
      log.warn('key_use_not_noted', { reason: String(fault) });
    },
    ...(developmentKey === undefined ? {} : { developmentKey }),
  });
  return {
    authenticator,
    plans: new PlanDirectory(plans, clock),
    rateLimits: new LocalRateLimits(clock),
  };
}
