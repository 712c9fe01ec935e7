import type { LatencyAnswer } from './contract.ts';

/**
 * `free`: it may be asked; `open`: its breaker leaves it alone; `half-open`: the next request finds out
 * whether it is back; `paused`: it said 429 or does not take its credential, and wants to be left alone.
 */
export type TargetState = 'free' | 'open' | 'half-open' | 'paused';

/** One credential of an upstream with one model: what breakers and pauses are about. */
export interface TargetAnswer {
  /** Its place among the credentials of its upstream, from 0; never what it is. */
  readonly credential: number;
  /** Null: of requests whose model the registry does not know. */
  readonly model: string | null;
  readonly state: TargetState;
  /** How long its breaker stays open; null where that is not open. */
  readonly open_for_ms: number | null;
  /** How long it still wants to be left alone; null where it does not. */
  readonly pause_left_ms: number | null;
  /** Requests that it has now. */
  readonly live: number;
}

/** How attempts at an upstream fared in a time just past, as this process saw it since it started. */
export interface UpstreamFiguresAnswer {
  /** Attempts: a request that was tried twice there counts twice. */
  readonly requests: number;
  readonly failed: number;
  /** Of whole requests that it answered last; percentiles as far as buckets tell. */
  readonly total_ms: Pick<LatencyAnswer, 'p50' | 'p95'>;
  /** The same to the first content, of streams that had any. */
  readonly first_content_ms: Pick<LatencyAnswer, 'p50' | 'p95'>;
  readonly last_error: UpstreamErrorAnswer | null;
  readonly last_used_at: string | null;
}

export interface UpstreamErrorAnswer {
  readonly at: string;
  /** A code of the error table; null where the upstream's own answer said it. */
  readonly code: string | null;
  readonly http_status: number | null;
}

export interface UpstreamStateAnswer {
  readonly name: string;
  /** `emulator`, `anthropic`, `bedrock`, `vertex`, `azure`, `chat-completions`, `workers-ai`, `replay`. */
  readonly driver: string;
  /** Scheme, host and port; null where it is in this process or has its address from elsewhere. */
  readonly origin: string | null;
  readonly is_default: boolean;
  /** Names in requests that it has names of its own for, `*` among them; null where none are configured. */
  readonly models: readonly string[] | null;
  /** How many credentials, or regions, requests are spread over. */
  readonly credentials: number;
  readonly is_drained: boolean;
  readonly drained_at: string | null;
  /** Requests that it has now, whatever their target. */
  readonly live: number;
  /** Those of which there is something to say: all others are free and have nothing to do. */
  readonly targets: readonly TargetAnswer[];
  readonly last_5_minutes: UpstreamFiguresAnswer;
  readonly last_hour: UpstreamFiguresAnswer;
}

export interface UpstreamsAnswer {
  readonly data: readonly UpstreamStateAnswer[];
}

/** What an upstream said to a question that costs nothing. */
export interface ProbeAnswer {
  readonly upstream: string;
  /** Whether all of its credentials work. */
  readonly ok: boolean;
  /** Of the slowest. */
  readonly ms: number;
  readonly detail: string;
  readonly credentials: readonly CredentialProbeAnswer[];
}

export interface CredentialProbeAnswer {
  readonly credential: number;
  readonly ok: boolean;
  readonly ms: number;
  readonly http_status: number | null;
  readonly detail: string;
}
