import type { CallerForm } from '../dialects/dialect.ts';
import type { MeterStanding, RateMeter } from '../limits/rate-limits.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { EndedExchange } from './settle-request.ts';

const MS_PER_SECOND = 1000;
const SECONDS_PER_MINUTE = 60;

/** What a form's clients read of limits; wallet reference §6.3. */
type LimitEncoder = (standings: readonly MeterStanding[], atMs: number) => HeaderList;

const encoders: Readonly<Record<CallerForm, LimitEncoder>> = {
  messages: encodeForMessages,
  chat: encodeForChat,
  'workers-ai': encodeForEveryone,
};

/** Of an upstream: they describe the operator's account there. */
const upstreamLimits =
  /^(?:anthropic-(?:ratelimit|priority|fast)-|anthropic-organization-id$|x-ratelimit-|ratelimit(?:-|$))/;

/**
 * The head of a reply, with where the limits of the key stand in the names of the caller's form. An
 * upstream's own limits are not told beside ours, nor to accounts that pay us; case L12.
 */
export function withKeyLimits(headers: HeaderList, exchange: EndedExchange): HeaderList {
  const { permit, request, settings, walk } = exchange;
  const { standings } = permit;
  if (standings.length === 0 && !settings.plan.isPrepaid) return headers;
  const ours = encoders[request.dialect.callerForm](standings, walk.clock.wallMs());
  const isTold = (name: string): boolean => upstreamLimits.test(name);
  const kept = headers.filter((_, index) => !isTold(headers[index - (index % 2)] ?? ''));
  return [...kept, ...ours];
}

/** API reference §1.3: resets as RFC 3339. */
function encodeForMessages(standings: readonly MeterStanding[], atMs: number): HeaderList {
  return [...standings.map((standing) => named(standing)), ...tokensOf(standings)].flatMap(
    ({ name, limit, remaining, resetMs }) => {
      const prefix = `anthropic-ratelimit-${name}`;
      const figures = { limit, remaining, reset: rfc3339(atMs + resetMs) };
      return Object.entries(figures).flatMap(([figure, value]) => [
        `${prefix}-${figure}`,
        String(value),
      ]);
    },
  );
}

/** Chat reference §2.11: resets as durations, and tokens of both kinds as one. */
function encodeForChat(standings: readonly MeterStanding[]): HeaderList {
  const requests = standings.filter(({ meter }) => meter === 'requests');
  return [...requests.map((standing) => named(standing)), ...tokensOf(standings)].flatMap(
    ({ name, limit, remaining, resetMs }) => {
      const figures = { limit, remaining, reset: durationText(resetMs) };
      return Object.entries(figures).flatMap(([figure, value]) => [
        `x-ratelimit-${figure}-${name}`,
        String(value),
      ]);
    },
  );
}

/** draft-ietf-httpapi-ratelimit-headers-10. */
function encodeForEveryone(standings: readonly MeterStanding[]): HeaderList {
  if (standings.length === 0) return [];
  const policies = standings.map(({ meter, limit }) => `"${meter}";q=${String(limit)};w=60`);
  const limits = standings.map(
    ({ meter, remaining, resetMs }) =>
      `"${meter}";r=${String(remaining)};t=${String(Math.ceil(resetMs / MS_PER_SECOND))}`,
  );
  return ['ratelimit-policy', policies.join(', '), 'ratelimit', limits.join(', ')];
}

type NamedStanding = Omit<MeterStanding, 'meter'> & { readonly name: RateMeter | 'tokens' };

function named({ meter, ...figures }: MeterStanding): NamedStanding {
  return { name: meter, ...figures };
}

/** Both kinds of tokens as one limit, where there is one for either. */
function tokensOf(standings: readonly MeterStanding[]): readonly NamedStanding[] {
  const ofTokens = standings.filter(({ meter }) => meter !== 'requests');
  if (ofTokens.length === 0) return [];
  const sum = (figure: 'limit' | 'remaining'): number =>
    ofTokens.reduce((total, standing) => total + standing[figure], 0);
  const resetMs = Math.max(...ofTokens.map((standing) => standing.resetMs));
  return [{ name: 'tokens', limit: sum('limit'), remaining: sum('remaining'), resetMs }];
}

/** Whole seconds, in UTC. */
function rfc3339(atMs: number): string {
  const seconds = Math.ceil(atMs / MS_PER_SECOND) * MS_PER_SECOND;
  return new Date(seconds).toISOString().replace('.000Z', 'Z');
}

/** `0s`, `12ms`, `6s`, `1m0s`. */
function durationText(durationMs: number): string {
  if (durationMs > 0 && durationMs < MS_PER_SECOND) return `${String(durationMs)}ms`;
  const seconds = Math.ceil(durationMs / MS_PER_SECOND);
  const minutes = Math.floor(seconds / SECONDS_PER_MINUTE);
  return minutes === 0
    ? `${String(seconds)}s`
    : `${String(minutes)}m${String(seconds % SECONDS_PER_MINUTE)}s`;
}
