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
    const text = `to: at most ${String(DAYS_MAX)} days behind from are wanted`;
    return refusal('invalid_request', text, { param: 'to' });
  }
  const groupBy = [...new Set(query.group_by)];
  // Models are told apart all the same: what a cache saves depends on the model.
  const asked: readonly FigureDimension[] = groupBy.includes('model')
    ? groupBy
    : [...groupBy, 'model'];
  const { account, key: keyId, model, upstream } = query;
  const limit = GROUPS_MAX + 1;
  const question = { fromMs, toMs, account, keyId, model, upstream, groupBy: asked, limit };
  const groups = await parts.requests.figures(question);
  const savings = (group: FigureGroup): bigint => cacheSavings(group, parts, toMs);
  return {
    from: timeText(fromMs - (fromMs % HOUR_MS)),
    to: timeText(toMs),
    data: foldGroups(groups.slice(0, GROUPS_MAX), groupBy, savings),
    is_cut: groups.length > GROUPS_MAX,
  };
}

/** What the input that was read from the cache would have cost more outside of it, at list prices. */
function cacheSavings(
  { by: { model, hour, day }, cacheReadTokens }: FigureGroup,
  { profile }: Parts,
  toMs: number,
): bigint {
  if (cacheReadTokens === 0n || typeof model !== 'string') return 0n;
  const known = resolveAnyName(model, profile);
  const atMs = Number(hour ?? day ?? toMs);
  const prices = known && priceAt(known.prices, atMs)?.nanoUsdPerToken;
  return prices === undefined ? 0n : cacheReadTokens * (prices.input - prices.cacheRead);
}

interface Sums {
  readonly by: FigureAnswer['by'];
  readonly groups: FigureGroup[];
  savedNanoUsd: bigint;
}

/** Groups that differ only in what was not asked are one. */
function foldGroups(
  groups: readonly FigureGroup[],
  groupBy: readonly FigureDimension[],
  savings: (group: FigureGroup) => bigint,
): readonly FigureAnswer[] {
  const byName = new Map<string, Sums>();
  for (const group of groups) {
    const by = Object.fromEntries(groupBy.map((name) => [name, shownName(group, name)]));
    const name = JSON.stringify(by);
    const sums = byName.get(name) ?? { by, groups: [], savedNanoUsd: 0n };
    sums.groups.push(group);
    sums.savedNanoUsd += savings(group);
    byName.set(name, sums);
  }
  return [...byName.values()].map((sums) => encodeSums(sums));
}

function shownName({ by }: FigureGroup, name: FigureDimension): string | null {
  const value = by[name];
  if (value === undefined) return null;
  return name === 'hour' || name === 'day' ? timeText(Number(value)) : String(value);
}

function encodeSums({ by, groups, savedNanoUsd }: Sums): FigureAnswer {
  const count = (of: (group: FigureGroup) => number): number =>
    groups.reduce((sum, group) => sum + of(group), 0);
  const amount = (of: (group: FigureGroup) => bigint): string =>
    groups.reduce((sum, group) => sum + of(group), 0n).toString();
  return {
    by,
    requests: count(({ requests }) => requests),
    failed: count(({ failed }) => failed),
    input_tokens: amount(({ inputTokens }) => inputTokens),
    output_tokens: amount(({ outputTokens }) => outputTokens),
    cache_read_input_tokens: amount(({ cacheReadTokens }) => cacheReadTokens),
    cache_creation_input_tokens: amount(({ cacheWriteTokens }) => cacheWriteTokens),
    thinking_tokens: amount(({ thinkingTokens }) => thinkingTokens),
    web_search_requests: amount(({ webSearchRequests }) => webSearchRequests),
    cost_nano: amount(({ costNanoUsd }) => costNanoUsd),
    charged_nano: amount(({ chargedNanoUsd }) => chargedNanoUsd),
    unknown_costs: count(({ unknownCosts }) => unknownCosts),
    cache_saved_nano: savedNanoUsd.toString(),
    total_ms: encodeLatency(groups.map(({ totalCounts }) => totalCounts)),
    first_content_ms: encodeLatency(groups.map(({ firstContentCounts }) => firstContentCounts)),
  };
}

function encodeLatency(counts: readonly (readonly number[])[]): LatencyAnswer {
  const [first = [], ...others] = counts;
  const sums = others.reduce<readonly number[]>(
    (sum, more) => sum.map((count, bucket) => count + (more[bucket] ?? 0)),
    first,
  );
  const at = (share: number): number | null => {
    const durationMs = latencyPercentile(sums, share);
    return durationMs === undefined ? null : Math.round(durationMs);
  };
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) };
}
