import type { HeaderList } from '../messages/upstream.ts';
import type { TransportResult } from './transport.ts';

/** Response headers that mean something to a client; all others stay here. API reference §1.3. */
const passedNames: ReadonlySet<string> = new Set([
  'anthropic-organization-id',
  'anthropic-workspace-id',
  'cache-control',
  'content-disposition',
  'content-type',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
]);
const passedPrefixes = ['anthropic-ratelimit-', 'anthropic-priority-', 'anthropic-fast-'] as const;

/** The headers of an answer in the Messages form that go on to the caller. */
export function messagesHeaders({
  headers,
}: Pick<Extract<TransportResult, { kind: 'response' }>, 'headers'>): HeaderList {
  const passed: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && isPassed(name)) passed.push(name, String(value));
  }
  return passed;
}

function isPassed(name: string): boolean {
  return (
    passedNames.has(name) ||
    (name.startsWith('anthropic-') && passedPrefixes.some((prefix) => name.startsWith(prefix)))
  );
}
