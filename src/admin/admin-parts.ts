import type { AccountStore } from '../access/account-store.ts';
import type { Authenticator } from '../access/authenticate.ts';
import type { KeyStore } from '../access/key-store.ts';
import type { PlanStore } from '../catalog/plan-store.ts';
import type { WalkSettings } from '../gateway/exchange.ts';
import type { AuditTrail } from '../ledger/audit-trail.ts';
import type { ChargeReads } from '../ledger/charge-reads.ts';
import type { IdempotencyStore } from '../ledger/idempotency-store.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { PaymentStore } from '../ledger/payment-store.ts';
import type { PriceTable } from '../metering/price-table.ts';
import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import type { Secret } from '../std/secret.ts';
import type { Log } from '../telemetry/log.ts';
import type { RequestReads } from '../telemetry/request-reads.ts';
import type { BackgroundAnswers } from './background-answers.ts';
import type { ExplorerParts } from './explorer-parts.ts';
import type { OperationParts } from './operation-parts.ts';
import type { PaymentProvider } from './payment-provider.ts';
import type { SessionParts } from './session-parts.ts';

/** What orders and questions about accounts work with, over HTTP and at the command line. */
export interface OrderParts {
  readonly accounts: AccountStore;
  readonly keys: KeyStore;
  readonly plans: PlanStore;
  readonly ledger: LedgerStore;
  readonly prices: Pick<PriceTable, 'add' | 'close' | 'stored' | 'priceOf'>;
  readonly requests: RequestReads;
  readonly charges: ChargeReads;
  readonly payments: PaymentStore;
  readonly audit: AuditTrail;
  readonly pepper: Secret;
  readonly clock: Clock;
  readonly random: Random;
  /** What the configuration says of models and plans at the moment. */
  readonly settings: () => Pick<WalkSettings, 'plan' | 'profile'>;
}

/** The same with what only a running gateway has. */
export interface AdminParts extends OrderParts {
  readonly authenticator: Pick<Authenticator, 'authenticate' | 'authenticateAdmin'>;
  /** Undefined where the console is off, and on the public listener: no session counts there. */
  readonly sessions: SessionParts | undefined;
  /** Counts by the limits of keys; where undefined, no key is limited. */
  readonly rateLimits: RateLimits | undefined;
  /** Undefined where none is configured: then nothing can be paid here. */
  readonly paymentProvider: PaymentProvider | undefined;
  /** What became of requests that came with an idempotency key. */
  readonly idempotency: IdempotencyStore;
  /** Answers about many rows, which cost the thread that serves requests nothing. */
  readonly background: BackgroundAnswers;
  /** What single requests, batches, scenarios and cassettes are looked into with. */
  readonly explorer: ExplorerParts;
  /** What looks after upstreams, routes, AI gateways and settings of the running gateway. */
  readonly operations: OperationParts;
  /** This process, for what it claims. */
  readonly owner: string;
  readonly log: Log;
}
