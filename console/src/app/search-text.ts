/** The query of an address: every member is text. */
export type SearchText = Readonly<Record<string, string | undefined>>;

/** Reads a query as it is written: `?status=429` is text and no number. */
export function parseSearchText(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

/** Writes one. */
export function writeSearchText(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[name, value]] : [],
  );
  const text = new URLSearchParams(pairs).toString();
  return text === '' ? '' : `?${text}`;
}

/** Whether a query narrows anything. */
export function isNarrowing(query: Readonly<Record<string, unknown>>): boolean {
  return Object.values(query).some((value) => (value ?? '') !== '');
}
