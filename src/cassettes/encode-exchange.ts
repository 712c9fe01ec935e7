import { StringDecoder } from 'node:string_decoder';
import { isUtf8 } from 'node:buffer';
import type { Refusal } from '../messages/errors.ts';
import type {
  RecordedChunk,
  RecordedEnd,
  RecordedExchange,
  RecordedRefusal,
  RecordedResponse,
  RecordedWhole,
} from '../messages/recorded-exchange.ts';
import { isEndKnown } from '../messages/recorded-exchange.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { JsonObject } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import { readEventLines } from './read-event-lines.ts';
import type { Redactor } from './redact-exchange.ts';
import { redactStream } from './redact-stream.ts';
import type { TakenChunk, TakenExchange, TakenResponse } from './taken-exchange.ts';

/** The request headers that say what was asked; none of them is a credential. */
const keptRequestHeaders: ReadonlySet<string> = new Set([
  'accept',
  'anthropic-beta',
  'anthropic-version',
  'content-type',
]);

/** The response headers that a driver passes on, but for those that name who the account is. */
const droppedResponseHeaders: ReadonlySet<string> = new Set([
  'anthropic-organization-id',
  'anthropic-workspace-id',
  'set-cookie',
]);

export type EncodedExchange =
  | { readonly kind: 'exchange'; readonly exchange: RecordedExchange }
  /** It cannot be searched for secrets, so it is not kept. */
  | { readonly kind: 'unfit'; readonly reason: string };

/** An exchange in the form of a cassette, without its secrets. */
export function encodeExchange(taken: TakenExchange, redactor: Redactor): EncodedExchange {
  const body = textOf(taken.requestBody);
  const request = body === '' ? undefined : parseJson(body);
  if (request?.kind === 'malformed') return unfit('its request is not JSON');
  const { response } = taken;
  if (response.kind === 'answer' && !isText(response.chunks, taken.ended)) {
    return unfit('its answer is not UTF-8');
  }
  const encoded = encodeResponse(response, taken.ended, redactor);
  const usage = usageOf(encoded);
  return {
    kind: 'exchange',
    exchange: {
      operation: taken.operation,
      ...(taken.model === undefined ? {} : { model: redactor.text(taken.model) }),
      recorded_at: new Date(taken.atMs).toISOString(),
      upstream: taken.upstream,
      request: {
        method: taken.method,
        path: redactor.text(taken.path),
        headers: headersOf(taken.requestHeaders, (name) => keptRequestHeaders.has(name), redactor),
        ...(request === undefined ? {} : { body: redactor.json(request.value) }),
      },
      response: encoded,
      ...(usage === undefined ? {} : { usage }),
    },
  };
}

function unfit(reason: string): EncodedExchange {
  return { kind: 'unfit', reason };
}

/** A stream that broke may end inside a character; one that is whole may not. */
function isText(chunks: readonly TakenChunk[], { how }: RecordedEnd): boolean {
  const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes));
  if (isUtf8(bytes)) return true;
  if (how === 'complete') return false;
  return [1, 2, 3].some((cut) => isUtf8(bytes.subarray(0, Math.max(0, bytes.length - cut))));
}

function encodeResponse(
  response: TakenResponse,
  ended: RecordedEnd,
  redactor: Redactor,
): RecordedResponse {
  if (response.kind === 'refused') {
    return { refused: encodeRefusal(response.said, redactor), ended };
  }
  const { status, headers, headMs, isScripted } = response;
  const head = {
    status,
    headers: headersOf(headers, (name) => !droppedResponseHeaders.has(name), redactor),
    head_ms: headMs,
    ...(isScripted ? ({ scripted: true } as const) : {}),
  };
  const chunks = textChunks(response.chunks);
  if (!response.isEventStream) return { ...head, ...encodeBody(chunks, redactor), ended };
  const texts = redactStream(
    chunks.map(([, text]) => text),
    redactor,
  );
  const redacted = chunks.map(([atMs], index): RecordedChunk => [atMs, texts[index] ?? '']);
  return { ...head, chunks: redacted, ended: endOf(ended, texts) };
}

function encodeRefusal(
  { code, detail, retryAfterMs, details }: Refusal,
  redactor: Redactor,
): RecordedRefusal['refused'] {
  return {
    code,
    ...(detail === undefined ? {} : { detail: redactor.text(detail) }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    ...(details === undefined ? {} : { details: redactor.json(details) as JsonObject }),
  };
}

/** Characters that lie across chunks go to the one in which they end; half of one at the end goes. */
function textChunks(chunks: readonly TakenChunk[]): readonly RecordedChunk[] {
  const decoder = new StringDecoder('utf8');
  return chunks
    .map(({ atMs, bytes }): RecordedChunk => [atMs, decoder.write(bytes)])
    .filter(([, text]) => text !== '');
}

function encodeBody(
  chunks: readonly RecordedChunk[],
  redactor: Redactor,
): Pick<RecordedWhole, 'body' | 'body_text'> {
  const text = chunks.map(([, piece]) => piece).join('');
  if (text === '') return {};
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed') return { body_text: redactor.text(text) };
  const redacted = redactor.json(parsed.value);
  if (redacted !== parsed.value || JSON.stringify(redacted) === text) return { body: redacted };
  return { body_text: text };
}

/** Whoever has the last event may let go of a stream before it is closed: it is whole all the same. */
function endOf(ended: RecordedEnd, texts: readonly string[]): RecordedEnd {
  if (isEndKnown(ended)) return ended;
  const last = readEventLines(texts.join('')).at(-1)?.event?.['type'];
  return last === 'message_stop' || last === 'error' ? { ...ended, how: 'complete' } : ended;
}

function headersOf(
  headers: HeaderList,
  isKept: (name: string) => boolean,
  redactor: Redactor,
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (isKept(name)) kept[name] = redactor.text(headers[at + 1] ?? '');
  }
  return kept;
}

/** The usage that the answer reported, in the wire's form; fields of a stream replace each other. */
function usageOf(response: RecordedResponse): JsonObject | undefined {
  if ('refused' in response) return undefined;
  if (!('chunks' in response)) {
    const usage = isJsonObject(response.body) ? response.body['usage'] : undefined;
    return isJsonObject(usage) ? usage : undefined;
  }
  let merged: JsonObject | undefined;
  for (const { event } of readEventLines(response.chunks.map(([, text]) => text).join(''))) {
    const holder = event?.['type'] === 'message_start' ? event['message'] : event;
    const usage = isJsonObject(holder) ? holder['usage'] : undefined;
    if (isJsonObject(usage)) merged = { ...merged, ...usage };
  }
  return merged;
}
