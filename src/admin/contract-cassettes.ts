import type { Page } from './contract.ts';

/** What the admin API answers of cassettes: recorded traffic, and how answers of today differ. */

/** `GET /admin/v1/cassettes`: all there are. */
export interface CassettesAnswer {
  readonly data: readonly CassetteAnswer[];
  readonly recordings: readonly RecordingAnswer[];
}

export interface CassetteAnswer {
  readonly name: string;
  readonly bytes: number;
  readonly changed_at: string;
  readonly exchanges: number;
  readonly first_recorded_at: string | null;
  readonly last_recorded_at: string | null;
  readonly models: readonly string[];
  /** Why it cannot be read; null where it can. */
  readonly problem: string | null;
}

/** `GET /admin/v1/cassettes/{name}`, a page of its exchanges. */
export interface CassetteDetail extends CassetteAnswer, Page<CassetteExchange> {}

export interface CassetteExchange {
  /** Of the file, from 1. */
  readonly line: number;
  readonly recorded_at: string;
  readonly upstream: string;
  readonly operation: string;
  readonly model: string | null;
  readonly is_stream: boolean;
  /** Null where there was no answer. */
  readonly http_status: number | null;
  /** Of the gateway's errors; null where it was answered. */
  readonly error: string | null;
  readonly ended: string;
  readonly total_ms: number;
}

/** What is recorded now. */
export interface RecordingAnswer {
  /** Public id of the key. */
  readonly key_id: string;
  readonly cassette: string;
  /** By the configuration, or by an operator since the start: that ends with the process. */
  readonly source: 'configuration' | 'operator';
}

/** Body of `POST /admin/v1/cassettes/recording`. */
export interface RecordingBody {
  readonly action: 'start' | 'stop';
  readonly key_id: string;
  /** To start. */
  readonly cassette?: string | undefined;
}

/** Answer to it: what is recorded then. */
export interface RecordingsAnswer {
  readonly recordings: readonly RecordingAnswer[];
}

/** `POST /admin/v1/cassettes/{name}/replay` and `…/drift`. */
export interface CassetteReport {
  readonly cassette: string;
  /** The upstream that was asked. */
  readonly upstream: string;
  readonly compared: number;
  readonly skipped: number;
  readonly drifted: number;
  /** Exchanges of the cassette that were not asked, since there were more than `limit`. */
  readonly left_out: number;
  readonly summed: readonly SummedDifferenceAnswer[];
  readonly exchanges: readonly ExchangeReport[];
}

export interface DifferenceAnswer {
  readonly facet: string;
  readonly kind: 'added' | 'missing' | 'changed';
  readonly recorded: string | null;
  readonly today: string | null;
}

export interface SummedDifferenceAnswer extends DifferenceAnswer {
  readonly lines: readonly number[];
}

export interface ExchangeReport {
  readonly line: number;
  readonly request: string;
  readonly outcome: 'same' | 'different' | 'skipped';
  /** Why it was skipped. */
  readonly reason: string | null;
  readonly differences: readonly DifferenceAnswer[];
}

/** Body of `…/replay`: asks the emulator in this process, which costs nothing. */
export interface ReplayBody {
  readonly limit?: number | undefined;
}

/** Body of `…/drift`. Without `confirm: true` it is refused, with what it would do. */
export interface DriftBody {
  /** The one that answers by default where absent. */
  readonly upstream?: string | undefined;
  readonly limit?: number | undefined;
  readonly confirm?: boolean | undefined;
}

/** `POST /admin/v1/cassettes/{name}/drift/estimate`: what a drift would send, before it is confirmed. */
export interface DriftEstimate {
  readonly upstream: string;
  /** Real requests that would be sent. */
  readonly requests: number;
  readonly left_out: number;
  readonly skipped: number;
  /** At list prices, by the usage that was recorded; null where no price or usage is known of one. */
  readonly cost_nano: string | null;
}
