import type { HeaderList } from './upstream.ts';

const wholeOrFraction = /^\d{1,12}(?:\.\d{1,9})?$/;
/** A day's name, a date and a time; a parser of dates takes much else for one too. */
const httpDate = /^[A-Za-z]{3,9},? .{10,24}$/;

/**
 * How long the other side asks to be left alone, in milliseconds: `retry-after-ms`, else
 * `retry-after` in seconds or, where the time is known, as a date (RFC 9110 §10.2.3).
 */
export function readRetryAfterMs(headers: HeaderList, nowMs?: number): number | undefined {
  const exact = valueIn(headers, 'retry-after-ms');
  if (exact !== undefined && wholeOrFraction.test(exact)) return Math.ceil(Number(exact));
  const said = valueIn(headers, 'retry-after');
  if (said === undefined) return undefined;
  if (wholeOrFraction.test(said)) return Math.ceil(Number(said) * 1000);
  const isDate = nowMs !== undefined && httpDate.test(said);
  const atMs = isDate ? Date.parse(said) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(atMs - (nowMs ?? 0), 0);
}

function valueIn(headers: HeaderList, name: string): string | undefined {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text === name);
  return at < 0 ? undefined : headers[at + 1]?.trim();
}
