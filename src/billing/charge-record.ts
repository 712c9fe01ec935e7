import type { UpstreamCost } from '../ledger/ledger-store.ts';
import type { Usage } from '../messages/usage.ts';
import type { ChargeLine } from '../metering/charge-of.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import type { ClosedBill } from './bill.ts';

/** What was charged for, as it stands in the books beside its hold. */
export interface ChargeRecord {
  readonly outcome: string;
  readonly usage: Usage;
  readonly usageSource: ClosedBill['usageSource'];
  readonly model: string;
  readonly priceVersion: string;
  readonly markupBasisPoints: number;
  /** Undefined where nobody knows what it cost. */
  readonly costNanoUsd: bigint | undefined;
  /** What each class of the cost was; they add up to it. */
  readonly lines: readonly ChargeLine[];
}

/** What a checkpoint says to whoever settles after a crash. */
export interface CheckpointRecord {
  readonly charge: ChargeRecord;
  readonly attempt: number;
  readonly upstreamCosts: readonly UpstreamCost[];
}

/** The record as the books keep it: JSON, amounts as decimal text (wallet reference §11). */
export function encodeCharge(record: ChargeRecord): string {
  return JSON.stringify(chargeJson(record));
}

export function encodeCheckpoint({ charge, attempt, upstreamCosts }: CheckpointRecord): string {
  const costs = upstreamCosts.map((cost) => ({
    attempt: cost.attempt,
    upstream: cost.upstream,
    nano_usd: String(cost.amountNanoUsd),
    is_known: cost.isKnown,
  }));
  return JSON.stringify({ charge: chargeJson(charge), attempt, upstream_costs: costs });
}

/** A checkpoint as far as it can be read: what an older version wrote says less, and nothing wrong. */
export function readCheckpoint(seen: string): {
  readonly charge: string;
  readonly attempt: number;
  readonly upstreamCosts: readonly UpstreamCost[];
} {
  const parsed = parseJson(seen);
  const value = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
  const { charge = {}, attempt, upstream_costs: costs } = value;
  return {
    charge: JSON.stringify(charge),
    attempt: typeof attempt === 'number' ? attempt : 1,
    upstreamCosts: Array.isArray(costs)
      ? (costs as readonly JsonValue[]).flatMap((cost) => readCost(cost))
      : [],
  };
}

/** The lines of a charge, for whoever adds them up; none of a record that has none. */
export function readChargeLines(charge: string): readonly ChargeLine[] {
  const parsed = parseJson(charge);
  const lines = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value['lines'] : [];
  if (!Array.isArray(lines)) return [];
  return (lines as readonly JsonValue[]).flatMap((line) => {
    if (!isJsonObject(line)) return [];
    const { class: priceClass, count, nano_usd: nanoUsd } = line;
    if (typeof count !== 'number' || !isDigits(nanoUsd)) return [];
    return [
      { priceClass: priceClass as ChargeLine['priceClass'], count, nanoUsd: BigInt(nanoUsd) },
    ];
  });
}

function chargeJson(record: ChargeRecord): JsonObject {
  const { outcome, usage, usageSource, costNanoUsd, lines } = record;
  return {
    outcome,
    model: record.model,
    price_version: record.priceVersion,
    markup_basis_points: record.markupBasisPoints,
    usage_source: usageSource,
    usage: usageJson(usage),
    cost_nano_usd: costNanoUsd === undefined ? null : String(costNanoUsd),
    lines: lines.map(({ priceClass, count, nanoUsd }) => ({
      class: priceClass,
      count,
      nano_usd: String(nanoUsd),
    })),
  };
}

const usageNames: readonly (readonly [keyof Usage, string])[] = [
  ['inputTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['cacheReadTokens', 'cache_read_input_tokens'],
  ['cacheWriteTokens', 'cache_creation_input_tokens'],
  ['cacheWrite5mTokens', 'cache_creation_5m_input_tokens'],
  ['cacheWrite1hTokens', 'cache_creation_1h_input_tokens'],
  ['thinkingTokens', 'thinking_tokens'],
  ['webSearchRequests', 'web_search_requests'],
  ['webFetchRequests', 'web_fetch_requests'],
];

function usageJson(usage: Usage): JsonObject {
  const members = usageNames.flatMap(([field, name]) => {
    const count = usage[field];
    return count === undefined ? [] : [[name, count] as const];
  });
  return Object.fromEntries(members);
}

function readCost(cost: JsonValue): readonly UpstreamCost[] {
  if (!isJsonObject(cost)) return [];
  const { attempt, upstream, nano_usd: nanoUsd, is_known: isKnown } = cost;
  if (typeof attempt !== 'number' || typeof upstream !== 'string' || !isDigits(nanoUsd)) return [];
  return [{ attempt, upstream, amountNanoUsd: BigInt(nanoUsd), isKnown: isKnown === true }];
}

function isDigits(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value);
}
