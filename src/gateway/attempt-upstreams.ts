import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/plan-route.ts';
import type { AttemptedExchange, DecodedExchange } from './exchange.ts';
import type { TakeOutcome } from './record-exchange.ts';
import { recordExchange } from './record-exchange.ts';

export interface Attempted {
  readonly exchange: AttemptedExchange;
  readonly outcome: UpstreamAnswer | Refusal;
}

/** Stage 11 of the walk: asks the planned upstreams in turn. Today a plan has one. */
export async function attemptUpstreams(
  exchange: DecodedExchange,
  plan: RoutePlan,
): Promise<Attempted | Refusal> {
  const [upstream] = plan;
  if (upstream === undefined) return refusal('unavailable', 'No upstream is configured.');
  const { call, request, walk } = exchange;
  const attempted = { ...exchange, upstream };
  const record = recordExchange(exchange, upstream.name);
  try {
    const asked = isVerbatim(exchange, record) ? call.request : canonicalOnly(call.request);
    const outcome = await upstream.send(asked, request.cancellation);
    return { exchange: attempted, outcome: record?.(outcome) ?? outcome };
  } catch (error) {
    // A driver answers with a refusal; whatever it throws is a fault of ours.
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    walk.log.error('driver_fault', { requestId: request.id, upstream: upstream.name, reason });
    const outcome = refusal('internal');
    return { exchange: attempted, outcome: record?.(outcome) ?? outcome };
  }
}

/** What was changed of the canonical body, or is recorded, goes in the canonical form. */
function isVerbatim({ edits }: DecodedExchange, record: TakeOutcome | undefined): boolean {
  return edits === undefined && record === undefined;
}

function canonicalOnly({ native: _native, ...request }: UpstreamRequest): UpstreamRequest {
  return request;
}
