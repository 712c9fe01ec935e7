import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { UsageGroup } from '../telemetry/request-reads.ts';
import type { OrderParts } from './admin-parts.ts';
import type { UsageAnswer, UsageRowAnswer } from './contract.ts';
import { daysBetween, isTimeZone, localDays } from './local-days.ts';
import type { UsageQuery } from './request-shapes.ts';

const DAYS_MAX = 92;
/** Most groups of an answer: an export has as many as there are. */
const GROUPS_MAX = 10_000;

/** What was used in some days of a calendar, by whatever it is asked; L09, wallet reference §12. */
export async function countUsage(
  { requests }: Pick<OrderParts, 'requests'>,
  query: UsageQuery,
  account: string | undefined,
): Promise<UsageAnswer | Refusal> {
  const { from, to, tz, group_by: groupBy } = query;
  if (!isTimeZone(tz)) return refusal('invalid_request', 'tz: no such time zone', { param: 'tz' });
  const count = daysBetween(from, to);
  if (count < 1 || count > DAYS_MAX) {
    const text = `to: 1 to ${String(DAYS_MAX)} days are wanted, beginning with from`;
    return refusal('invalid_request', text, { param: 'to' });
  }
  const days = localDays(from, to, tz);
  const limit = GROUPS_MAX + 1;
  const groups = await requests.usage({ account, days, groupBy, limit });
  return {
    from,
    to,
    tz,
    data: groups.slice(0, GROUPS_MAX).map((group) => encodeGroup(group)),
    is_cut: groups.length > GROUPS_MAX,
  };
}

function encodeGroup(group: UsageGroup): UsageRowAnswer {
  const by = Object.entries(group.by).map(([name, value]) => [name, value ?? null] as const);
  return {
    by: Object.fromEntries(by),
    requests: group.requests,
    failed: group.failed,
    input_tokens: String(group.inputTokens),
    output_tokens: String(group.outputTokens),
    cache_read_input_tokens: String(group.cacheReadTokens),
    cache_creation_input_tokens: String(group.cacheWriteTokens),
    web_search_requests: String(group.webSearchRequests),
    cost_nano: String(group.costNanoUsd),
    charged_nano: String(group.chargedNanoUsd),
    unknown_costs: group.unknownCosts,
  };
}
