import type { HeaderList } from '../../messages/upstream.ts';

/** A header that is given more than once counts as one with commas (RFC 9110 §5.3). */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  const values: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === name) values.push(headers[at + 1] ?? '');
  }
  return values.length === 0 ? undefined : values.join(', ');
}
