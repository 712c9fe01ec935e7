import { priceAt } from '../catalog/price.ts';
import type { ProfileName } from '../catalog/profiles.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { latencyPercentile } from '../telemetry/latency-buckets.ts';
import type { FigureDimension, FigureGroup, RequestReads } from '../telemetry/request-reads.ts';
import type { FigureAnswer, LatencyAnswer, OverviewAnswer } from './contract.ts';
import { timeText } from './field-schemas.ts';
import type { OverviewQuery } from './overview-shapes.ts';

const HOUR_MS = 3_600_000;
const DAYS_MAX = 400;
/** Most groups of an answer, models told apart. */
const GROUPS_MAX = 10_000;

interface Parts {
  readonly requests: Pick<RequestReads, 'figures'>;
  /** Whose models and list prices count. */
  readonly profile: ProfileName;
}

/** Figures of the requests of some hours; one query, whatever is asked and however many they were. */
export async function countFigures(
  parts: Parts,
  query: OverviewQuery,
): Promise<OverviewAnswer | Refusal> {
  const fromMs = Date.parse(query.from);
  const toMs = Date.parse(query.to);
  if (toMs <= fromMs || toMs - fromMs > DAYS_MAX * 24 * HOUR_MS) {
    const text = `to: a moment behind from is wanted, by at most ${String(DAYS_MAX)} days`;
    return refusal('invalid_request', text, { param: 'to' });
  }
  const groupBy = [...new Set(query.group_by)];
  const { account, key: keyId, model, upstream } = query;
  const limit = GROUPS_MAX + 1;
  const question = { fromMs, toMs, account, keyId, model, upstream, groupBy, limit };
  const groups = await parts.requests.figures(question);
  const isCut = groups.reduce((sum, { models }) => sum + models, 0) > GROUPS_MAX;
  // The last one may lack some of its models then.
  const whole = isCut && groups.length > 1 ? groups.slice(0, -1) : groups;
  return {
    from: timeText(fromMs - (fromMs % HOUR_MS)),
    to: timeText(toMs),
    data: whole.map((group) => encodeGroup(group, groupBy, cacheSavings(group, parts, toMs))),
    is_cut: isCut,
  };
}

/** What the input that was read from the cache would have cost more outside of it, at list prices. */
function cacheSavings(
  { by: { hour, day }, cacheReads }: FigureGroup,
  { profile }: Parts,
  toMs: number,
): bigint {
  const atMs = Number(hour ?? day ?? toMs);
  return cacheReads.reduce((sum, [model, tokens]) => {
    if (tokens === 0n || model === '') return sum;
    const known = resolveAnyName(model, profile);
    const prices = known && priceAt(known.prices, atMs)?.nanoUsdPerToken;
    return prices === undefined ? sum : sum + tokens * (prices.input - prices.cacheRead);
  }, 0n);
}

function shownName({ by }: FigureGroup, name: FigureDimension): string | null {
  const value = by[name];
  if (value === undefined) return null;
  return name === 'hour' || name === 'day' ? timeText(Number(value)) : String(value);
}

function encodeGroup(
  group: FigureGroup,
  groupBy: readonly FigureDimension[],
  savedNanoUsd: bigint,
): FigureAnswer {
  return {
    by: Object.fromEntries(groupBy.map((name) => [name, shownName(group, name)])),
    requests: group.requests,
    failed: group.failed,
    input_tokens: group.inputTokens.toString(),
    output_tokens: group.outputTokens.toString(),
    cache_read_input_tokens: group.cacheReadTokens.toString(),
    cache_creation_input_tokens: group.cacheWriteTokens.toString(),
    thinking_tokens: group.thinkingTokens.toString(),
    web_search_requests: group.webSearchRequests.toString(),
    cost_nano: group.costNanoUsd.toString(),
    charged_nano: group.chargedNanoUsd.toString(),
    unknown_costs: group.unknownCosts,
    cache_saved_nano: savedNanoUsd.toString(),
    total_ms: encodeLatency(group.totalCounts),
    first_content_ms: encodeLatency(group.firstContentCounts),
  };
}

function encodeLatency(counts: readonly number[]): LatencyAnswer {
  const at = (share: number): number | null => {
    const durationMs = latencyPercentile(counts, share);
    return durationMs === undefined ? null : Math.round(durationMs);
  };
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) };
}
