import type { GatewayOptions } from '../ai-gateway-form/gateway-call.ts';
import type { RequestPolicy } from '../config/policy-config.ts';
import type { PlanDirectory } from '../catalog/plan-directory.ts';
import type { Plan } from '../catalog/plans.ts';
import type { ProfileName } from '../catalog/profiles.ts';
import type { Authenticator, Principal } from '../access/authenticate.ts';
import type { Billing } from '../billing/bill.ts';
import type { ResponseCache } from '../cache/response-cache.ts';
import type { Recorder, Recording } from '../cassettes/recorder.ts';
import type { ChatCompletionsSettings } from '../dialects/chat-completions/settings.ts';
import type { DecodedCall, Dialect, HeaderMap, RouteTarget } from '../dialects/dialect.ts';
import type { WorkersAiSettings } from '../dialects/workers-ai/settings.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { SpendCounters } from '../limits/spend-counters.ts';
import type { WindowLimiter } from '../limits/window-limiter.ts';
import type { Refusal } from '../messages/errors.ts';
import type { HeaderList, Operation, Upstream } from '../messages/upstream.ts';
import type { UsageState } from '../messages/usage.ts';
import type { AccessPolicyStore } from '../policy/access-policy-store.ts';
import type { DynamicRouteStore } from '../policy/dynamic-route-store.ts';
import type { GatewayLogIntake } from '../policy/gateway-log.ts';
import type { GatewayPolicy } from '../policy/gateway-policy.ts';
import type { GatewayStore } from '../policy/gateway-store.ts';
import type { ContentScanner } from '../policy/content-scanner.ts';
import type { ContentReport } from '../policy/judge-content.ts';
import type { SpendBudget } from '../policy/spend-limits.ts';
import type { ProviderKeyStore } from '../policy/provider-key-store.ts';
import type { AttemptTrail } from './attempt-trail.ts';
import type { AccountResources } from './account-resources.ts';
import type { UpstreamChoice } from './chosen-upstream.ts';
import type { ContentDraft } from './content-draft.ts';
import type { DrainedAnswers } from './drained-answers.ts';
import type { GatewayLogDraft } from './gateway-log-draft.ts';
import type { Idempotency } from './idempotent-answer.ts';
import type { IdempotentAsk } from './idempotent-ask.ts';
import type { KeptFiles } from './inline-files.ts';
import type { PendingSettlements } from './pending-settlements.ts';
import type { RequestBills } from './request-bills.ts';
import type { RequestPermit } from './request-permit.ts';
import type { Settlement } from './settle-request.ts';
import type { LoadShedder } from './shed-load.ts';
import type { Upstreams } from '../routing/plan-route.ts';
import type { UpstreamHealth } from '../routing/upstream-health.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import type { Random } from '../std/random.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import type { ContentIntake } from '../telemetry/exchange-content.ts';
import type { Log } from '../telemetry/log.ts';
import type { TraceContext, TraceStarter } from '../telemetry/trace-context.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';
import type { BatchItemName, RequestLog } from '../telemetry/request-log.ts';

/** A request as the edge hands it to the walk: no socket, so that anything can hand one in. */
export interface WalkRequest extends UpstreamChoice {
  readonly id: string;
  readonly dialect: Dialect;
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly upstreamPath: string;
  /** Absent where the route is all that the path says. */
  readonly target?: RouteTarget;
  readonly headers: HeaderMap;
  /** Where the caller is; absent where nobody can say. */
  readonly clientAddress?: string | undefined;
  readonly body: BodyReader;
  /** Cancelled when the caller has gone. */
  readonly cancellation: Cancellation;
  /** Set by the gateway itself, never by an edge: work that it does for a key without its credential. */
  readonly onBehalf?: OnBehalf;
  /** Told how it ended, before the end of the reply goes out; set by the gateway itself, as that is. */
  readonly onSettled?: ((settlement: Settlement) => void) | undefined;
  /** The request whose settlement this one's would be the second of: it takes the place of one that died. */
  readonly settlesAs?: string | undefined;
}

/** Who a request is for that no caller sent as it is, and what it belongs to. */
export interface OnBehalf {
  readonly principal: Principal;
  readonly batchItem?: BatchItemName;
}

export interface BodyReader {
  /** The whole body, or why there is none: too large, too slow, cut. */
  read(bytesMax: number): Promise<Uint8Array | Refusal>;
  /** The body as it comes, for what must not be held whole; absent where it is in memory already. */
  readonly stream?: (bytesMax: number) => ByteSource | Refusal;
  /** How much of it came that way. */
  readonly streamedBytes?: () => number;
}

/** What the edge sends back. */
export interface WalkReply {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array | ByteSource;
  /** Ends a stream with an error event: what is left of the gateway's time is up. */
  readonly cut?: (said: Refusal) => void;
}

/** What the walk works with. */
export interface Walk {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly requestLog: RequestLog;
  readonly metrics: RequestMetrics;
  readonly authenticator: Pick<Authenticator, 'authenticate' | 'principalFor'>;
  /** The plans that accounts may have; where absent, all have the configured one. */
  readonly plans?: Pick<PlanDirectory, 'find'>;
  /** Counts by the limits of keys; where absent, no key is limited. */
  readonly rateLimits?: RateLimits;
  /** Batches and files that the gateway keeps; absent where it keeps none. */
  readonly resources?: AccountResources;
  /** The files among them, for messages that name one. */
  readonly files?: KeptFiles;
  /**
   * Counts the requests of gateways that have a rate limit, and nothing else: names that callers
   * choose would push gateways out of it.
   */
  readonly limiter: CountingLimiter;
  /** The gateways of accounts; where absent, each has `default` and no other. */
  readonly gateways?: GatewayStore;
  /** Dynamic routes of gateways, and what counts by their limits; absent where there are none. */
  readonly dynamicRoutes?: DynamicRoutes;
  /** Policies of gateways; where absent, everything passes. */
  readonly accessPolicies?: Pick<AccessPolicyStore, 'list'>;
  /** What was spent of budgets of gateways; where absent, nothing is counted. */
  readonly spending?: SpendCounters;
  /** Keys for providers that accounts stored; absent where none can be. */
  readonly providerKeys?: Pick<ProviderKeyStore, 'reveal'>;
  /** Where logs of gateways go; absent where none are kept. */
  readonly gatewayLog?: GatewayLogIntake;
  /** Where what is said goes; absent where nothing of it is kept. */
  readonly contents?: ContentIntake;
  /** Answers that may be given again; absent where none are kept. */
  readonly responseCache?: ResponseCache;
  /** Keeps the traffic of keys that are recorded; absent where none can be. */
  readonly recorder?: Recorder;
  /** Opens the bills of requests; where absent, nothing costs anything. */
  readonly billing?: Billing;
  /** Bills that are being closed behind their responses: whoever closes the store waits for them. */
  readonly settling?: PendingSettlements;
  /** Begins the traces of requests; absent where nobody traces. */
  readonly traces?: Pick<TraceStarter, 'begin' | 'isPropagated'>;
  /** Refuses what the process has no room for; where absent, there is room for everything. */
  readonly shedding?: LoadShedder;
  /** Answers that are read on for nobody; where absent, each is cancelled once its caller has gone. */
  readonly drained?: DrainedAnswers;
  /** How targets fare; where absent, nothing is tried again, and one target is as good as another. */
  readonly health?: UpstreamHealth;
  /** Answers requests with an idempotency key once; where absent, such requests are refused. */
  readonly idempotency?: Idempotency;
  /** The settings of the moment: a request keeps those it began with. */
  readonly settings: () => WalkSettings;
}

/** Counts requests by name; `look` is for whoever asks what would come of one. */
export type CountingLimiter = Pick<WindowLimiter, 'admit'> & Partial<Pick<WindowLimiter, 'look'>>;

export interface WalkSettings {
  readonly bodyBytesMax: number;
  /** The same for a batch of messages. */
  readonly batchBytesMax: number;
  readonly answerBytesMax: number;
  /** The configured one until it is known who calls, then that of the caller's account. */
  readonly plan: Plan;
  /** Requests at once of keys that have no such limit of their own; any number where absent. */
  readonly concurrencyPerKey?: number | undefined;
  readonly profile: ProfileName;
  readonly chatCompletions: ChatCompletionsSettings;
  readonly workersAi: WorkersAiSettings;
  readonly jsonBounds: JsonBounds;
  /** Looks for what gateways let nobody say; absent where nothing is described. */
  readonly contentScanner?: ContentScanner | undefined;
  /** By public id, the keys whose traffic is recorded, and where it goes. */
  readonly recordings?: ReadonlyMap<string, Recording>;
  readonly upstreams: Upstreams;
  /** Upstreams whose answers are read to their end although their callers have gone. */
  readonly drainedUpstreams?: ReadonlySet<string>;
  /** What requests may ask, first to last; anything where absent. */
  readonly policies?: readonly RequestPolicy[] | undefined;
  /** Upstreams that are not sent what Claude Code says of its billing. */
  readonly billingHeaderStripped?: ReadonlySet<string>;
}

/** One request with all that has happened to it so far; each stage returns a fuller one. */
export interface Exchange {
  readonly walk: Walk;
  readonly settings: WalkSettings;
  readonly request: WalkRequest;
  readonly startedMs: number;
  readonly startedAtMs: number;
  /** What it costs, from the moment it can cost something. */
  readonly bills: RequestBills;
  /** What the limits of the caller's key let it have. */
  readonly permit: RequestPermit;
  /** Who was asked, and what came of it. */
  readonly trail: AttemptTrail;
  /** Where its spans go; absent where nobody traces. */
  readonly trace?: TraceContext;
  /** What is said in it; absent where nothing of that is kept. */
  readonly said?: ContentDraft;
}

/** A change of the body that was ordered and is named to the caller in `x-quatrain-edits`. */
export type BodyEdit =
  | 'files-inlined'
  | 'model-renamed'
  | 'model-defaulted'
  | 'model-aliased'
  | 'parameters-defaulted'
  | 'betas-dropped'
  | 'billing-header-stripped'
  | 'thinking-stripped';

export interface AuthenticatedExchange extends Exchange {
  readonly principal: Principal;
}

/** What a request through a gateway is called; Workers reference §3.3. */
export interface GatewayIds {
  readonly logId: string;
  readonly requestId: string;
  readonly eventId: string;
}

/** The gateway that a request goes through, and what the request asks of it. */
export interface GatewayUse {
  readonly policy: GatewayPolicy;
  readonly options: GatewayOptions;
  readonly ids: GatewayIds;
  /** When that began which the log is about: the request, or one of the models that a route led to. */
  readonly startedMs: number;
  readonly startedAtMs: number;
  /** Absent where no log of the request is kept. */
  readonly log: GatewayLogDraft | undefined;
}

/** What came of a look into the response cache, in the words of its header; Workers reference §3.3. */
export type CacheStatus = 'HIT' | 'MISS';

/** Where routes are found, and a limiter of their own: what is counted there callers name. */
export interface DynamicRoutes {
  readonly store: Pick<DynamicRouteStore, 'findByName'>;
  readonly limiter: CountingLimiter;
}

/** An answer that is known whole, whatever the caller takes of it. */
export interface ReadAnswer {
  readonly usage: UsageState;
  /** What it says, in one piece of the canonical form; absent where it says what it used. */
  readonly answer?: Uint8Array;
}

/** The model that a route came to, and how it is asked. */
export interface RoutedModel {
  /** As the route has them. */
  readonly provider: string;
  readonly model: string;
  readonly upstreamName: string | undefined;
  /** Whether a failure leads on, so that no attempt may take as long as it likes. */
  readonly hasFallback: boolean;
  /** Of limits that were passed on the way. */
  readonly budgets: readonly SpendBudget[];
}

export interface DecodedExchange extends AuthenticatedExchange {
  readonly call: DecodedCall;
  /** What it is known by, where it came with an idempotency key. */
  readonly idempotent?: IdempotentAsk | undefined;
  /** Whether its answer is that of an earlier request with the same key. */
  readonly isRepeat?: boolean;
  /** Absent for routes that belong to no gateway. */
  readonly gateway?: GatewayUse;
  /** Absent where the request names its model itself. */
  readonly routed?: RoutedModel;
  /** Whether the cache had the answer; absent where it had no part in the request. */
  readonly cacheStatus?: CacheStatus;
  /** What was found in texts that rules of the gateway are about; absent where that is nothing. */
  readonly content?: ContentReport;
  /** What was used for an answer that the caller does not get. */
  readonly spent?: UsageState;
  /** What an answer said of itself that was read whole before it goes out. */
  readonly read?: ReadAnswer;
  /** What its cost is counted in; absent before policies and limits have let it through. */
  readonly budgets?: readonly SpendBudget[];
  /** What the gateway changed of the body, for the header that says so. */
  readonly edits?: readonly BodyEdit[];
}

export interface AttemptedExchange extends DecodedExchange {
  readonly upstream: Pick<Upstream, 'name'>;
  /** What the target is known by that was asked; absent where none of a plan was. */
  readonly healthKey?: string;
  /** How long the head of the answer was held back already, for its first content. */
  readonly heldMs?: number;
}
