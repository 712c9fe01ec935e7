import type { RequestRecord } from './request-log.ts';

/** What the walk counts; `Metrics` shows it to Prometheus. */
export interface RequestMetrics {
  /** A request has ended. */
  request(record: RequestRecord): void;
  /** An event of a stream came out of order and was passed on. */
  oddEvent(upstream: string): void;
  /** A stream that lacked nothing else was given the end that its upstream did not say. */
  missingEnd(upstream: string): void;
}

/** For who counts nothing. */
export const noMetrics: RequestMetrics = {
  request(): void {},
  oddEvent(): void {},
  missingEnd(): void {},
};
