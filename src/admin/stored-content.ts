import { FrameSplitter } from '../messages/split-frames.ts';
import type { LoggedExchange } from '../policy/logged-exchange.ts';
import { textOf } from '../std/json.ts';
import type { KeptContent, SaidChunk } from '../telemetry/exchange-content.ts';
import type { ContentOfExchange, StoredMessage, StreamEventAnswer } from './contract-exchanges.ts';
import { timeText } from './field-schemas.ts';

/** Most of one body that is shown, whatever is stored. */
export const SHOWN_BYTES_MAX: number = 2 * 1024 * 1024;
const EVENTS_MAX = 10_000;
const EVENT_STREAM = 'text/event-stream';

/** What the request log keeps of what was said. */
export function encodeKeptContent(content: KeptContent): ContentOfExchange {
  const { request, response } = content;
  const events = response.isStream ? eventsOf(response.body, response.chunks) : undefined;
  return {
    source: 'request_log',
    stored_at: timeText(content.atMs),
    removed_at: timeText(content.removedAtMs),
    request: messageOf(request.headers, request.bytes, request.body),
    response: messageOf(response.headers, response.bytes, response.body),
    events: events?.shown ?? null,
    are_events_timed: true,
    are_events_cut: events?.isCut === true || response.body.length < response.bytes,
  };
}

/** What the log of a gateway keeps; undefined where it keeps no bodies. */
export function encodeLoggedContent(logged: LoggedExchange): ContentOfExchange | undefined {
  const { row, request, response } = logged;
  if (request === undefined || response === undefined) return undefined;
  const asked = row.requestContentType;
  const answered = row.responseContentType;
  const isStream = answered?.startsWith(EVENT_STREAM) === true;
  const events = isStream ? eventsOf(response, undefined) : undefined;
  return {
    source: 'gateway_log',
    stored_at: timeText(row.createdAtMs),
    removed_at: null,
    request: messageOf(typeHeader(asked), row.requestBytes, request),
    response: messageOf(typeHeader(answered), row.responseBytes, response),
    events: events?.shown ?? null,
    are_events_timed: false,
    are_events_cut: events?.isCut === true || response.length < row.responseBytes,
  };
}

function typeHeader(type: string | undefined): Readonly<Record<string, string>> {
  return type === undefined ? {} : { 'content-type': type };
}

function messageOf(
  headers: Readonly<Record<string, string>>,
  bytes: number,
  body: Uint8Array,
): StoredMessage {
  const shown = body.subarray(0, SHOWN_BYTES_MAX);
  const isCut = shown.length < bytes;
  return {
    headers,
    content_type: headers['content-type'] ?? null,
    bytes,
    text: textIn(shown, isCut),
    is_cut: isCut,
  };
}

/** Null where the bytes are no text; half a character at a cut is left out. */
function textIn(bytes: Uint8Array, isCut: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** The events of a stream, each with the moment at which its last byte went out. */
function eventsOf(
  body: Uint8Array,
  chunks: readonly SaidChunk[] | undefined,
): { readonly shown: readonly StreamEventAnswer[]; readonly isCut: boolean } {
  const shown: StreamEventAnswer[] = [];
  const times = chunks === undefined ? undefined : new ChunkTimes(chunks);
  let isCut = false;
  let end = 0;
  const splitter = new FrameSplitter((_type, bytes, from, to) => {
    end += to - from;
    if (shown.length >= EVENTS_MAX) isCut = true;
    else shown.push({ at_ms: times?.at(end) ?? null, ...eventIn(textOf(bytes, from, to)) });
  });
  splitter.push(body.subarray(0, SHOWN_BYTES_MAX));
  splitter.end();
  return { shown, isCut: isCut || body.length > SHOWN_BYTES_MAX };
}

/** Says when a byte went out; asked from the first to the last. */
class ChunkTimes {
  readonly #chunks: readonly SaidChunk[];
  #index = 0;
  #before = 0;

  constructor(chunks: readonly SaidChunk[]) {
    this.#chunks = chunks;
  }

  at(end: number): number | undefined {
    for (; this.#index < this.#chunks.length; this.#index += 1) {
      const [atMs, bytes] = this.#chunks[this.#index] ?? [0, 0];
      if (end <= this.#before + bytes) return atMs;
      this.#before += bytes;
    }
    return this.#chunks.at(-1)?.[0];
  }
}

/** The name and the data of an event; of a comment, its text. */
function eventIn(text: string): Pick<StreamEventAnswer, 'event' | 'data'> {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
  const valuesOf = (field: string): readonly string[] =>
    lines.flatMap((line) =>
      line.startsWith(`${field}:`) ? [line.slice(field.length + 1).replace(/^ /, '')] : [],
    );
  const data = valuesOf('data');
  return {
    event: valuesOf('event').at(-1) ?? null,
    data: data.length === 0 ? lines.join('\n') : data.join('\n'),
  };
}
