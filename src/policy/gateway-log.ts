import type { MetadataValue } from '../ai-gateway-form/gateway-call.ts';
import type { ContentAction } from './content-rules.ts';
import type { ContentReport } from './judge-content.ts';
import type { LogManagementStrategy } from './gateway-policy.ts';

/** Whose logs are meant: those of one gateway of one account. */
export interface LoggedGateway {
  readonly account: string;
  readonly gatewayId: string;
}

/** What one request through a gateway came to; Workers reference §3.11. */
export interface GatewayLogRow extends LoggedGateway {
  /** As `cf-aig-log-id` says it. */
  readonly id: string;
  /** Shared by the steps of a request that has several. */
  readonly requestId: string;
  /** The caller's own id of the request, or the one that it has here. */
  readonly eventId: string;
  readonly createdAtMs: number;
  readonly durationMs: number;
  readonly provider: string;
  /** With its author where the registry knows it, else as the caller wrote it. */
  readonly model: string;
  readonly modelType: string;
  /** Below the provider's address. */
  readonly path: string;
  /** The form in which the request came. */
  readonly requestType: string;
  readonly requestContentType: string | undefined;
  readonly responseContentType: string | undefined;
  readonly statusCode: number;
  /** Whether it was answered in full. */
  readonly isSuccess: boolean;
  readonly isCached: boolean;
  /** All that went in, from the prompt cache or not; undefined where no count was reported. */
  readonly tokensIn: number | undefined;
  readonly tokensOut: number | undefined;
  /** In USD; undefined where a price or a count is not known. */
  readonly cost: number | undefined;
  /** Whether the caller said what it costs. */
  readonly isCustomCost: boolean;
  readonly metadata: LogMetadata | undefined;
  readonly step: number | undefined;
  readonly isAuthenticated: boolean;
  /** Whether the upstream was asked with its own key, and not with one of the caller's. */
  readonly isWholesale: boolean;
  /** Whether it came in another form than the provider's. */
  readonly isTranslated: boolean;
  readonly userAgent: string | undefined;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly feedback: number | undefined;
  readonly score: number | undefined;
  /** What was done about data that must not be said; absent where none was found. */
  readonly dataLossAction?: ContentAction | undefined;
  /** What was found of hazards and of such data; absent where nothing was. */
  readonly content?: ContentReport | undefined;
}

export type LogMetadata = Readonly<Record<string, MetadataValue>>;

/** What was said; absent where it was not to be kept, or was too large. */
export interface LoggedBodies {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
}

/** Which of the two bodies is meant. */
export type LoggedBody = keyof LoggedBodies;

/** A body, or its beginning. */
export interface BodyPart {
  readonly which: LoggedBody;
  /** All of it where absent. */
  readonly bytesMax?: number;
}

/** How many logs a gateway keeps, and what becomes of one too many. */
export interface LogKeeping {
  /** Null is the bound of the installation, which no gateway can exceed. */
  readonly rowsMax: number | null;
  readonly strategy: LogManagementStrategy;
}

export interface GatewayLogEntry {
  readonly row: GatewayLogRow;
  readonly bodies: LoggedBodies | undefined;
  readonly keeping: LogKeeping;
}

/** Where the walk hands logs in. It takes them without waiting: what does not fit is dropped and counted. */
export interface GatewayLogIntake {
  /** Whether a log of the gateway would be kept now: no where it is full and keeps the old ones. */
  takes(gateway: LoggedGateway, keeping: LogKeeping): boolean;
  /** Whether a log, of so many bytes so far, may hold so many more of its bodies; they then count as held. */
  hold(bytes: number, heldBefore: number): boolean;
  /** Gives back bytes that were held and are not recorded. */
  release(bytes: number): void;
  /** The bytes of its bodies have to be held; they are given back once it is on disk. */
  record(entry: GatewayLogEntry): void;
  /** Logs that were to be kept and are not. */
  readonly dropped: number;
}

/** What a log can be looked for by; Workers reference §3.11. */
export const logFilterKeys = [
  'id',
  'created_at',
  'request_content_type',
  'response_content_type',
  'request_type',
  'success',
  'cached',
  'provider',
  'model',
  'model_type',
  'cost',
  'tokens',
  'tokens_in',
  'tokens_out',
  'duration',
  'feedback',
  'event_id',
  'metadata.key',
  'metadata.value',
  'authentication',
  'wholesale',
  'compatibilityMode',
  'dlp_action',
  'user_agent',
] as const;
export type LogFilterKey = (typeof logFilterKeys)[number];

export const logOperators = ['eq', 'neq', 'contains', 'lt', 'gt', 'lte', 'gte'] as const;
export type LogOperator = (typeof logOperators)[number];

/** A condition. Of several values one has to fit, or none where they are excluded. */
export interface LogFilter {
  readonly key: LogFilterKey;
  readonly operator: LogOperator;
  /** Times are milliseconds, truth is 1 or 0. */
  readonly values: readonly (string | number | null)[];
}

/** What logs can be ordered by; those of one value by the time at which they came. */
export const logOrders = [
  'created_at',
  'provider',
  'model',
  'model_type',
  'success',
  'cached',
  'cost',
  'tokens_in',
  'tokens_out',
  'duration',
  'feedback',
] as const;
export type LogOrder = (typeof logOrders)[number];

/** Which logs of a gateway are meant: those for which every filter holds. */
export interface LogSelection extends LoggedGateway {
  readonly filters: readonly LogFilter[];
  /** Found in the texts of a row; bodies are not searched. */
  readonly search?: string | undefined;
}

export interface LogListing extends LogSelection {
  readonly orderBy: LogOrder;
  readonly isDescending: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** Amounts of which a list says the least and the most. */
export type LogMeasure = 'cost' | 'duration' | 'tokens_in' | 'tokens_out' | 'total_tokens';

export interface LogBounds {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface LogPage {
  readonly rows: readonly GatewayLogRow[];
  /** Of all that were selected, as the rest. */
  readonly count: number;
  readonly bounds: Readonly<Record<LogMeasure, LogBounds>>;
}

/** By what logs are counted together. */
export const logDimensions = [
  'model',
  'provider',
  'cached',
  'success',
  'status_code',
  'datetimeMinute',
  'datetimeHour',
  'date',
] as const;
export type LogDimension = (typeof logDimensions)[number];

/** Logs that have every dimension in common. */
export interface LogGroup {
  readonly dimensions: Readonly<Partial<Record<LogDimension, string | number | boolean>>>;
  readonly count: number;
  readonly cached: number;
  readonly errors: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cost: number;
  readonly durationMs: number;
}

export interface LogCounting extends LogSelection {
  readonly dimensions: readonly LogDimension[];
  readonly limit: number;
}

/** What may be changed of a log; what is undefined stays, what is null goes. */
export interface LogPatch {
  readonly feedback?: number | null | undefined;
  readonly score?: number | null | undefined;
  readonly metadata?: LogMetadata | null | undefined;
}

/** The logs of gateways. What was recorded before a call is seen by it. */
export interface GatewayLogs {
  find(gateway: LoggedGateway, id: string): Promise<GatewayLogRow | undefined>;
  body(gateway: LoggedGateway, id: string, part: BodyPart): Promise<Uint8Array | undefined>;
  list(listing: LogListing): Promise<LogPage>;
  /** The groups with the most logs first, at most as many as asked for. */
  count(counting: LogCounting): Promise<readonly LogGroup[]>;
  /** Whether there was one. */
  patch(gateway: LoggedGateway, id: string, patch: LogPatch): Promise<boolean>;
  /** How many went. */
  remove(listing: LogListing): Promise<number>;
}
