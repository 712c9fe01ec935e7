/**
 * Headers that are kept with what was said. A list of names, never all but some: a header that nobody
 * thought of may be a credential.
 */
const requestNames: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'anthropic-beta',
  'anthropic-version',
  'content-encoding',
  'content-length',
  'content-type',
  'origin',
  'traceparent',
  'user-agent',
  'x-app',
  'x-quatrain-cost-comment',
  'x-stainless-arch',
  'x-stainless-lang',
  'x-stainless-os',
  'x-stainless-package-version',
  'x-stainless-retry-count',
  'x-stainless-runtime',
  'x-stainless-runtime-version',
  'x-stainless-timeout',
]);

const responseNames: ReadonlySet<string> = new Set([
  'cache-control',
  'cf-aig-cache-status',
  'cf-aig-event-id',
  'cf-aig-log-id',
  'cf-aig-step',
  'content-type',
  'idempotent-replayed',
  'request-id',
  'retry-after',
  'server-timing',
  'x-request-id',
  'x-retry-attempts',
  'x-should-retry',
]);
/** Families of which every header is ours, and says nothing but figures. */
const responseFamilies = [
  'anthropic-ratelimit-',
  'x-ratelimit-',
  'x-credits-',
  'x-quatrain-',
] as const;

const LETTERS_MAX = 1024;

/** The headers of a request that are kept. */
export function keptRequestHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value !== undefined && requestNames.has(name)
        ? [[name, (typeof value === 'string' ? value : value.join(', ')).slice(0, LETTERS_MAX)]]
        : [],
    ),
  );
}

/** The headers of a response that are kept; names and values in turn come in. */
export function keptResponseHeaders(headers: readonly string[]): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? '';
    const isKept =
      responseNames.has(name) || responseFamilies.some((family) => name.startsWith(family));
    if (isKept) kept[name] = (headers[index + 1] ?? '').slice(0, LETTERS_MAX);
  }
  return kept;
}
