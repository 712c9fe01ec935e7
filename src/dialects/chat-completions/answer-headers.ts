import type { HeaderList } from '../../messages/upstream.ts';
import type { AnswerShape } from './answer-shape.ts';

const meters = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const;
const figures = ['limit', 'remaining', 'reset'] as const;

/** What an upstream's limits are called there and here. */
const limitHeaders: ReadonlyMap<string, string> = new Map(
  meters.flatMap((meter) =>
    figures.map((figure): [string, string] => [
      `anthropic-ratelimit-${meter}-${figure}`,
      `x-ratelimit-${figure}-${meter}`,
    ]),
  ),
);

export const limitHeaderNames: readonly string[] = [...limitHeaders.values()];

/** An upstream's headers that mean the same here. */
const passed: ReadonlySet<string> = new Set(['retry-after', 'retry-after-ms', 'x-should-retry']);

/** The head of an answer, from the head that the upstream gave it; chat reference §2.11, §2.12. */
export function answerHeaders(answered: HeaderList, shape: AnswerShape): HeaderList {
  const headers = [
    'content-type',
    shape.isStream ? 'text/event-stream; charset=utf-8' : 'application/json',
    ...(shape.isStream ? ['cache-control', 'no-cache'] : []),
    ...ignoredHeader(shape.ignored),
  ];
  for (let at = 0; at + 1 < answered.length; at += 2) {
    headers.push(...translated(answered[at] ?? '', answered[at + 1] ?? '', shape.created));
  }
  return headers;
}

/** A caller may name a parameter with any letters, and as many as it likes; a header has neither. */
const headerName = /^[\w.[\]-]{1,64}$/;
const IGNORED_NAMES_MAX = 64;

function ignoredHeader(ignored: readonly string[]): HeaderList {
  const names = ignored.filter((name) => headerName.test(name)).slice(0, IGNORED_NAMES_MAX);
  return names.length === 0 ? [] : ['x-ignored-params', names.join(', ')];
}

function translated(name: string, value: string, nowSeconds: number): HeaderList {
  if (passed.has(name)) return [name, value];
  if (name === 'request-id') return ['x-upstream-request-id', value];
  const limit = limitHeaders.get(name);
  if (limit === undefined) return [];
  return [limit, name.endsWith('-reset') ? durationUntil(value, nowSeconds) : value];
}

/** Clients of this form are told how long, not when: `1s`, `6m0s`. What is no time stays as it is. */
function durationUntil(time: string, nowSeconds: number): string {
  const atMs = Date.parse(time);
  if (Number.isNaN(atMs)) return time;
  const seconds = Math.max(0, Math.ceil(atMs / 1000) - nowSeconds);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${String(seconds)}s` : `${String(minutes)}m${String(seconds % 60)}s`;
}
