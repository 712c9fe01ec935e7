/** The head of an HTTP/1.1 answer and how its body is delimited (RFC 9112 §6.3). */
export interface ResponseHead {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly framing: BodyFraming;
  /** Whether the connection may carry another request once the body has ended. */
  readonly isPersistent: boolean;
  /** How long the server keeps an idle connection, where it says so. */
  readonly keepAliveMs: number | undefined;
}

export type BodyFraming =
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  /** Until the connection closes. */
  | { readonly kind: 'close' };

export interface MalformedHead {
  readonly malformed: string;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const digits = /^\d{1,15}$/;

/**
 * Reads the text between a connection's start and the empty line, as latin1. What could be read in
 * two ways is refused: a server that frames an answer so that two readers disagree about its end
 * could put words into the next answer's mouth.
 */
export function readResponseHead(text: string): ResponseHead | MalformedHead {
  const lines = text.split('\r\n');
  const start = statusLine.exec(lines[0] ?? '');
  if (start === null) return { malformed: 'no status line of HTTP/1' };
  const headers: Record<string, string | string[]> = Object.create(null) as typeof headers;
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = trimBlanks(line.slice(colon + 1));
    if (!fieldName.test(name) || !fieldValue.test(value)) {
      return { malformed: `header line ${String(index)} is not a field` };
    }
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else headers[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  const status = Number(start[2]);
  const framing = framingOf(status, headers);
  if ('malformed' in framing) return framing;
  const connection = listOf(headers['connection']);
  const isPersistent =
    start[1] === '1' && framing.kind !== 'close' && !connection.includes('close');
  return { status, headers, framing, isPersistent, keepAliveMs: keepAliveOf(headers) };
}

function framingOf(status: number, headers: ResponseHead['headers']): BodyFraming | MalformedHead {
  const length = headers['content-length'];
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (length !== undefined) return { malformed: 'both content-length and transfer-encoding' };
    const isChunked = typeof coding === 'string' && coding.toLowerCase() === 'chunked';
    if (!isChunked) return { malformed: 'a transfer-encoding other than chunked' };
  }
  if (status < 200 || status === 204 || status === 304) return { kind: 'length', length: 0 };
  if (coding !== undefined) return { kind: 'chunked' };
  if (length === undefined) return { kind: 'close' };
  if (typeof length !== 'string' || !digits.test(length)) {
    return { malformed: 'content-length is not one number' };
  }
  return { kind: 'length', length: Number(length) };
}

function keepAliveOf(headers: ResponseHead['headers']): number | undefined {
  const seconds = /(?:^|[\s,])timeout=(\d{1,6})/i.exec(String(headers['keep-alive'] ?? ''))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function listOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return String(value).toLowerCase().split(',').map(trimBlanks);
}

/** Spaces and tabs only: `trim` would take bytes that belong to the value. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
