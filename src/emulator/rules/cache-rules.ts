import type { CacheBreakpoint, CacheTtl } from '../caching/cache-breakpoints.ts';
import { cacheBreakpoints } from '../caching/cache-breakpoints.ts';
import { formatOf } from './format-rules.ts';
import type { CheckedRequest, Rule } from './rule.ts';
import { isToolForced } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

/** The top-level one counts as well (API reference §4.5). */
const BREAKPOINTS_MAX = 4;

/** Where `cache_control` may stand (API reference §3.1, §6.4), and filling the cache alone (§6.5). */
export const cacheRules: readonly Rule[] = [
  ({ request, facts }) =>
    request.max_tokens === 0 && !facts.acceptsZeroMaxTokens ? ruleTexts.maxTokensTooFew : undefined,
  ({ request }) => {
    const option = request.max_tokens === 0 ? optionForAnswers(request) : undefined;
    return option === undefined ? undefined : ruleTexts.maxTokensZeroWith(option);
  },
  ({ request }) => breakpointIssue(request),
];

/** What asks for an answer where none is to be given. */
function optionForAnswers(request: CheckedRequest): string | undefined {
  if (request.stream === true) return 'stream';
  if (request.thinking?.type === 'enabled') return 'thinking.type.enabled';
  if (formatOf(request) !== undefined) return 'output_config.format';
  return isToolForced(request) ? 'tool_choice' : undefined;
}

/** One walk over the prompt finds them all. */
function breakpointIssue(request: CheckedRequest): string | undefined {
  const deferred = deferredIssue(request);
  if (deferred !== undefined) return deferred;
  const { explicit, automaticTtl, automaticPosition } = cacheBreakpoints(request);
  const empty = explicit.find(({ isEmptyText }) => isEmptyText);
  if (empty !== undefined) return ruleTexts.cacheOnEmptyText(empty.path);
  const count = explicit.length + (automaticTtl === undefined ? 0 : 1);
  if (count > BREAKPOINTS_MAX) return ruleTexts.cacheBreakpointsTooMany(BREAKPOINTS_MAX, count);
  const unordered = hourAfterMinutes(explicit);
  if (unordered !== undefined) return ruleTexts.cacheTtlOrder(`${unordered.path}.cache_control`);
  if (automaticTtl === undefined) return undefined;
  const target = explicit.findLast(({ position }) => position === automaticPosition);
  return target === undefined
    ? automaticOrder(explicit, automaticTtl)
    : targetIssue(target.ttl, automaticTtl);
}

function deferredIssue({ tools = [] }: CheckedRequest): string | undefined {
  for (const { name, defer_loading, cache_control } of tools) {
    if (defer_loading !== true || cache_control === undefined || cache_control === null) continue;
    return ruleTexts.toolDeferredCached(String(name));
  }
  return undefined;
}

/** The first breakpoint of one hour that comes behind one of five minutes. */
function hourAfterMinutes(explicit: readonly CacheBreakpoint[]): CacheBreakpoint | undefined {
  const first5m = explicit.findIndex(({ ttl }) => ttl === '5m');
  return first5m < 0 ? undefined : explicit.slice(first5m).find(({ ttl }) => ttl === '1h');
}

function targetIssue(explicitTtl: CacheTtl, automaticTtl: CacheTtl): string | undefined {
  return explicitTtl === automaticTtl
    ? undefined
    : ruleTexts.cacheTtlClash(automaticTtl, explicitTtl);
}

/** The automatic breakpoint is the last of all. */
function automaticOrder(explicit: readonly CacheBreakpoint[], ttl: CacheTtl): string | undefined {
  const isBehindMinutes = ttl === '1h' && explicit.some((breakpoint) => breakpoint.ttl === '5m');
  return isBehindMinutes ? ruleTexts.cacheTtlOrder('cache_control') : undefined;
}
