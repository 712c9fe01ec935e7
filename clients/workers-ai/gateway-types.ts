/** Values that metadata may have; a `bigint` is typed by the binding, and no JSON can carry it. */
export type MetadataValue = number | string | boolean | null | bigint;

/** How a gateway tries again. */
export interface GatewayRetries {
  maxAttempts?: 1 | 2 | 3 | 4 | 5;
  retryDelayMs?: number;
  backoff?: 'constant' | 'linear' | 'exponential';
}

/** What a call asks of the gateway. The id is optional: `createAI` may have been given one. */
export interface GatewayOptions {
  id?: string;
  cacheKey?: string;
  cacheTtl?: number;
  skipCache?: boolean;
  metadata?: Record<string, MetadataValue>;
  collectLog?: boolean;
  eventId?: string;
  requestTimeoutMs?: number;
  retries?: GatewayRetries;
}

/** A step of the universal endpoint. */
export interface UniversalRequest {
  provider: string;
  endpoint: string;
  /** Numbers, booleans and objects are sent as text. */
  headers: { readonly [name: string]: string | number | boolean | object | undefined };
  query: unknown;
}

/** What goes with the steps of the universal endpoint. */
export interface UniversalRunOptions {
  gateway?: GatewayOptions;
  extraHeaders?: object;
  signal?: AbortSignal;
}

/** What `patchLog` may set. */
export interface AiGatewayPatchLog {
  score?: number | null;
  feedback?: -1 | 1 | null;
  metadata?: Record<string, MetadataValue> | null;
}

/** One row of the gateway's log. */
export interface AiGatewayLog {
  id: string;
  provider: string;
  model: string;
  model_type?: string;
  path: string;
  duration: number;
  request_type?: string;
  request_content_type?: string;
  status_code: number;
  response_content_type?: string;
  success: boolean;
  cached: boolean;
  tokens_in?: number;
  tokens_out?: number;
  metadata?: Record<string, MetadataValue>;
  step?: number;
  cost?: number;
  custom_cost?: boolean;
  request_size: number;
  request_head?: string;
  request_head_complete: boolean;
  response_size: number;
  response_head?: string;
  response_head_complete: boolean;
  created_at: Date;
}

/** What `gateway(id)` returns. */
export interface AiGateway {
  /**
   * Nobody can call this one. It makes the object assignable to the binding's type in programs
   * where that type has another `Response` than the program itself.
   */
  run(data: never, options: never): Promise<never>;
  run(
    data: UniversalRequest | readonly UniversalRequest[],
    options?: UniversalRunOptions,
  ): Promise<Response>;
  getLog(logId: string): Promise<AiGatewayLog>;
  patchLog(logId: string, data: AiGatewayPatchLog): Promise<void>;
  getUrl(provider?: string): Promise<string>;
}
