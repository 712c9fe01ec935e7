import type { Config } from './config/config.ts';
import { isLoopback } from './std/loopback.ts';

/** How long each step of the way down may take. */
export interface DrainBudget {
  /** Not ready, and still serving, for balancers to notice. */
  readonly noticeMs: number;
  /** No new connections, for what is in flight to finish. */
  readonly streamsMs: number;
  /** After the last error events, for clients to read them. */
  readonly cutMs: number;
  /** For what was cut to be paid for: what is not settled by then, the next start settles. */
  readonly settleMs: number;
}

const NOTICE_BEYOND_LOOPBACK_MS = 15_000;
const CUT_MS = 1000;
const SETTLE_MS = 5000;

/**
 * The steps of the way down, out of one budget: where `drain.total_ms` is less than they add up to,
 * streams get less time, and the notice after them; the end, which says so to those who are cut and
 * settles, is never shortened. Reliability §1.2.
 */
export function drainBudget({ drain, listen }: Pick<Config, 'drain' | 'listen'>): DrainBudget {
  const notice = drain.notice_ms ?? (isLoopback(listen.host) ? 0 : NOTICE_BEYOND_LOOPBACK_MS);
  const leftMs = Math.max(0, (drain.total_ms ?? Number.POSITIVE_INFINITY) - CUT_MS - SETTLE_MS);
  const noticeMs = Math.min(notice, leftMs);
  const streamsMs = Math.min(drain.streams_ms, leftMs - noticeMs);
  return { noticeMs, streamsMs, cutMs: CUT_MS, settleMs: SETTLE_MS };
}
