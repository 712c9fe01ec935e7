import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { RequestPlace } from '../telemetry/request-reads.ts';
import type { OrderParts } from './admin-parts.ts';
import type { Page, RequestAnswer } from './contract.ts';
import { encodeRequest } from './encode-request.ts';
import { readTimedCursor, timedCursor } from './list-cursor.ts';
import type { RequestQuery } from './request-shapes.ts';

type Parts = Pick<OrderParts, 'requests' | 'ledger'>;

/** A page of requests, newest first, of one account or of all. Failed ones are there, at cost 0 (L10). */
export async function listRequests(
  { requests }: Pick<Parts, 'requests'>,
  query: RequestQuery,
  account: string | undefined,
): Promise<Page<RequestAnswer> | Refusal> {
  const place = readTimedCursor(query.cursor);
  if (place !== undefined && isRefusal(place)) return place;
  const { rows, lookedTo } = await requests.list({
    account,
    keyId: query.key,
    model: query.model,
    status: query.status,
    upstream: query.upstream,
    form: query.form,
    gatewayId: query.gateway,
    isStream: query.stream,
    totalMinMs: query.min_ms,
    error: query.error,
    costMinNanoUsd: query.cost_min_nano === undefined ? undefined : BigInt(query.cost_min_nano),
    fromMs: query.from === undefined ? undefined : Date.parse(query.from),
    toMs: query.to === undefined ? undefined : Date.parse(query.to),
    after: place && { startedAtMs: place.atMs, place: Number(place.number) },
    limit: query.limit + 1,
  });
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return {
    data: shown.flatMap((row) => encodeRequest(row, undefined) ?? []),
    next_cursor: nextOf(hasMore ? last : lookedTo),
  };
}

/**
 * One request: pending while it runs, with its final charge once it is settled, and not found where
 * there is none, or it is another account's (wallet reference §6.2, §9 no. 44).
 */
export async function showRequest(
  { requests, ledger }: Parts,
  id: string,
  account: string | undefined,
): Promise<RequestAnswer | Refusal> {
  const hold = await ledger.hold(id);
  const isTheirs = hold !== undefined && (account === undefined || hold.account === account);
  const logged = await requests.find(id, account);
  const answer = encodeRequest(logged, isTheirs ? hold : undefined);
  return (
    answer ?? refusal('not_found', `There is no request "${id}".`, { reason: 'request_not_found' })
  );
}

function nextOf(place: RequestPlace | undefined): string | null {
  if (place === undefined) return null;
  return timedCursor({ atMs: place.startedAtMs, number: BigInt(place.place) });
}
