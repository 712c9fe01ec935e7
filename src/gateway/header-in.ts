import type { HeaderList } from '../messages/upstream.ts';

/** A header of a list, by its name in lower case. */
export function headerIn(headers: HeaderList, name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}
