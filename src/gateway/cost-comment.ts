import type { ClosedBill } from '../billing/bill.ts';
import type { AttemptedExchange } from './exchange.ts';
import { settledInTime } from './settle-request.ts';

/** How long a stream stays open for its settlement: the exact cost is kept with the request anyway. */
const SETTLE_WAIT_MS = 2000;

/** Whether the caller wants to be told after the last event what the answer cost (DESIGN §7). */
export function wantsCostComment({ request }: AttemptedExchange): boolean {
  return request.headers['x-quatrain-cost-comment'] === 'true';
}

/**
 * What a stream cost, once it is settled: a comment, which readers of server-sent events leave out,
 * so that the events stay those of the form. Undefined where nobody knows it in time.
 */
export async function costComment(
  exchange: AttemptedExchange,
  settled: Promise<ClosedBill | undefined>,
): Promise<Uint8Array | undefined> {
  const closed = await settledInTime(settled, exchange, SETTLE_WAIT_MS);
  if (closed === undefined) return undefined;
  const { costNanoUsd, chargedNanoUsd, usageSource } = closed;
  const said = {
    charged_nano_usd: String(chargedNanoUsd),
    ...(costNanoUsd === undefined ? {} : { cost_nano_usd: String(costNanoUsd) }),
    usage_source: usageSource,
    request_id: exchange.request.id,
  };
  return Buffer.from(`: cost ${JSON.stringify(said)}\n\n`);
}
