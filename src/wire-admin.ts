import type { AdminParts, OrderParts } from './admin/admin-parts.ts';
import type { BackgroundAnswers } from './admin/background-answers.ts';
import { createApi } from './admin/create-api.ts';
import type { SessionParts } from './admin/session-parts.ts';
import { PlaygroundKeys } from './admin/session-playground-keys.ts';
import type { PaymentProvider } from './admin/payment-provider.ts';
import { accountApiRoutes, adminRoutes } from './admin/routes.ts';
import { createStripeProvider } from './admin/stripe/stripe-provider.ts';
import type { Config } from './config/config.ts';
import type { SecretSources } from './config/resolve-secret.ts';
import { resolveSecret } from './config/resolve-secret.ts';
import type { GatewayApi } from './gateway/gateway-api.ts';
import type { PriceTable } from './metering/price-table.ts';
import { StartProblem } from './start-problem.ts';
import type { Clock } from './std/clock.ts';
import type { Random } from './std/random.ts';
import type { Store } from './store/open-store.ts';
import { SqliteRequestReads } from './store/sqlite-request-reads.ts';

/** What orders about accounts need besides the store. */
export interface OrderWiring {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly prices: PriceTable;
  readonly settings: OrderParts['settings'];
  /** Resolves once all requests that were recorded are in the table. */
  readonly requestsWritten: () => Promise<void>;
}

/** Puts together what orders and questions about accounts work with. */
export function wireOrders(wiring: OrderWiring): OrderParts {
  const { store, clock, random, prices, settings, requestsWritten } = wiring;
  const { accounts, keys, plans, ledger, charges, payments, pepper } = store;
  return {
    clock,
    random,
    prices,
    settings,
    accounts,
    keys,
    plans,
    ledger,
    charges,
    payments,
    pepper,
    audit: store.auditLog,
    requests: new SqliteRequestReads(store.background, requestsWritten),
  };
}

export interface AdminWiring extends OrderWiring {
  readonly authenticator: AdminParts['authenticator'];
  readonly rateLimits: AdminParts['rateLimits'];
  readonly log: AdminParts['log'];
  readonly explorer: AdminParts['explorer'];
  readonly operations: AdminParts['operations'];
  /** This process, for what it claims. */
  readonly owner: string;
  /** Undefined where the console is off. */
  readonly sessions: SessionParts | undefined;
  readonly config: Config;
  readonly secrets: SecretSources;
}

/** Makes the admin API, and what accounts ask about themselves. */
export function wireAdmin(wiring: AdminWiring): {
  readonly adminApi: GatewayApi;
  readonly accountApi: GatewayApi;
  /** Keys for what operators try in the console; undefined where it is off. */
  readonly playgroundKeys: PlaygroundKeys | undefined;
} {
  const { sessions, authenticator, rateLimits, log, owner, config, secrets } = wiring;
  const parts: AdminParts = {
    ...wireOrders(wiring),
    authenticator,
    sessions,
    rateLimits,
    log,
    owner,
    background: wireBackground(wiring),
    explorer: wiring.explorer,
    operations: wiring.operations,
    idempotency: wiring.store.idempotency,
    paymentProvider: openPaymentProvider(config, secrets),
  };
  return {
    adminApi: createApi(adminRoutes, parts),
    // No session counts on the public listener.
    accountApi: createApi(accountApiRoutes, { ...parts, sessions: undefined }),
    playgroundKeys: sessions && new PlaygroundKeys(parts, sessions.book),
  };
}

/** Operators take their turn as an account does. */
function wireBackground({ store, requestsWritten }: OrderWiring): BackgroundAnswers {
  return {
    async encoded(name, input) {
      await requestsWritten();
      const account = 'account' in input ? input.account : undefined;
      return store.background.answer(name, input, account ?? '');
    },
  };
}

/** Unset means closed: without a secret there is nobody whose word for a payment is taken. */
function openPaymentProvider(
  { payments: { stripe } }: Config,
  secrets: SecretSources,
): PaymentProvider | undefined {
  if (stripe === undefined) return undefined;
  const resolved = resolveSecret(stripe.webhook_secret, secrets);
  if (resolved.kind === 'secret') return createStripeProvider(resolved.secret);
  throw new StartProblem(`payments.stripe.webhook_secret: ${resolved.message}`);
}
