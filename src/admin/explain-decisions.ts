import { callerHeader } from '../dialects/caller-header.ts';
import type { WhyUncached } from '../gateway/cache-question.ts';
import type { ExplainedRequest } from '../gateway/explain-request.ts';
import { refusalText } from '../messages/errors.ts';
import type {
  ExplainAnswer,
  ExplainCacheAnswer,
  ExplainChosenAnswer,
  ExplainIdempotencyAnswer,
} from './contract-operations.ts';
import { explainGuardrails } from './explain-guardrails.ts';

const MS_PER_SECOND = 1000;

/** What decides about a request besides routes and money. */
export function explainDecisions(
  explained: ExplainedRequest,
): Pick<ExplainAnswer, 'chosen' | 'idempotency' | 'cache' | 'guardrails'> {
  return {
    chosen: chosenOf(explained),
    idempotency: idempotencyOf(explained),
    cache: cacheOf(explained),
    guardrails: explainGuardrails(explained),
  };
}

function chosenOf({ at, plan, refused }: ExplainedRequest): ExplainChosenAnswer | null {
  const { upstreamName: upstream } = at.request;
  if (upstream === undefined || plan === undefined) return null;
  const is_alone = plan.targets.length > 0;
  const route = plan.route ?? null;
  if (!is_alone) {
    const text = refused === undefined ? 'Nobody is asked.' : refusalText(refused.said);
    return { upstream, is_alone, route, code: refused?.said.reason ?? null, text };
  }
  const way = route === null ? 'without a route' : `the way the route "${route}" leads there`;
  const text = `"${upstream}" alone would be asked, ${way}.`;
  return { upstream, is_alone, route, code: null, text };
}

function idempotencyOf(explained: ExplainedRequest): ExplainIdempotencyAnswer | null {
  const { at, refused, key: look } = explained;
  const key = callerHeader(at.request.headers, 'idempotency-key');
  if (key === undefined) return null;
  if (look === undefined) {
    if (refused?.stage !== 'idempotency') return null;
    return { key, outcome: 'invalid', request: null, text: refusalText(refused.said) };
  }
  switch (look.kind) {
    case 'free':
      return { key, outcome: 'new', request: null, text: 'It would be claimed for this request.' };
    case 'repeats': {
      const request = look.requestId;
      const text = `The request "${request}" was answered, and its answer is given again.`;
      return { key, outcome: 'repeats', request, text };
    }
    case 'refused': {
      const { why: outcome, requestId: request = null, said } = look;
      const text = outcome === 'differs' ? DIFFERS : refusalText(said);
      return { key, outcome, request, text };
    }
  }
}

/** Keys are about bytes, and the body of a question has none of its own. */
const DIFFERS =
  'The key was used for another request. Bodies are compared by their bytes: here, JSON without spaces.';

const whyUncached: Readonly<Record<WhyUncached, string>> = {
  no_gateway: 'Only answers to requests through an AI gateway are kept.',
  no_cache: 'No answers are kept here.',
  no_message: 'Only answers to messages are kept.',
  too_large: 'The request is larger than what is looked up.',
  unreadable: 'The body is no JSON object, which has no answer.',
  skipped: 'The request skips the cache.',
  zero_ttl: 'The request wants its answer kept for no time at all.',
  gateway_off: 'The AI gateway keeps no answers by itself, and the request names none.',
};

const bypassing: ReadonlySet<WhyUncached> = new Set(['skipped', 'zero_ttl']);

function cacheOf({ cache }: ExplainedRequest): ExplainCacheAnswer | null {
  switch (cache?.kind) {
    case undefined:
      return null;
    case 'uncached': {
      const outcome = bypassing.has(cache.why) ? 'bypassed' : 'off';
      return { outcome, ttl_seconds: null, left_ms: null, text: whyUncached[cache.why] };
    }
    case 'miss': {
      const ttl_seconds = cache.ttlMs / MS_PER_SECOND;
      const found = cache.hasOtherForm
        ? 'What is there cannot be given in the form that is asked for'
        : 'There is no answer';
      const text = `${found}. The one that comes is kept for ${String(ttl_seconds)} seconds.`;
      return { outcome: 'miss', ttl_seconds, left_ms: null, text };
    }
    case 'hit': {
      const left_ms = Math.ceil(cache.leftMs);
      const left = String(Math.ceil(cache.leftMs / MS_PER_SECOND));
      const text = `An answer is there, for another ${left} seconds.`;
      return { outcome: 'hit', ttl_seconds: cache.ttlMs / MS_PER_SECOND, left_ms, text };
    }
  }
}
