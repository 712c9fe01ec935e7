import type { ExchangeContent, SaidChunk, SaidContent } from '../telemetry/exchange-content.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import type { SegmentBodies } from './body-segments.ts';

const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/** What was said, as a segment keeps it: before each body, in one line of JSON, what is known of it. */
export function encodeContent({ request, response, ...rest }: ExchangeContent): SegmentBodies {
  const { requestId, atMs } = rest;
  const { chunks, isStream } = response;
  return {
    request: withHead({ ...headOf(request), request_id: requestId, at_ms: atMs }, request.body),
    response: withHead(
      { ...headOf(response), is_stream: isStream, chunks: chunks.map((chunk) => [...chunk]) },
      response.body,
    ),
  };
}

/** Undefined where it is not what was written. */
export function decodeContent({ request, response }: SegmentBodies): ExchangeContent | undefined {
  const asked = cut(request);
  const answered = cut(response);
  if (asked === undefined || answered === undefined) return undefined;
  const { request_id: requestId, at_ms: atMs } = asked.head;
  const { chunks, is_stream: isStream } = answered.head;
  if (typeof requestId !== 'string' || typeof atMs !== 'number') return undefined;
  return {
    requestId,
    atMs,
    request: saidOf(asked),
    response: {
      ...saidOf(answered),
      isStream: isStream === true,
      chunks: chunksOf(chunks),
    },
  };
}

function chunksOf(value: JsonValue | undefined): readonly SaidChunk[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).flatMap((chunk) => {
    const [atMs, bytes] = Array.isArray(chunk) ? (chunk as readonly JsonValue[]) : [];
    return typeof atMs === 'number' && typeof bytes === 'number' ? [[atMs, bytes] as const] : [];
  });
}

function headOf({ headers, bytes }: SaidContent): JsonObject {
  return { headers: { ...headers }, bytes };
}

function withHead(head: JsonObject, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

interface CutRecord {
  readonly head: JsonObject;
  readonly body: Uint8Array;
}

function cut(record: Uint8Array): CutRecord | undefined {
  const end = record.indexOf(LF);
  if (end < 0) return undefined;
  const parsed = parseJson(textOf(record, 0, end));
  if (parsed.kind !== 'value' || !isJsonObject(parsed.value)) return undefined;
  return { head: parsed.value, body: end + 1 < record.length ? record.subarray(end + 1) : NOTHING };
}

function saidOf({ head, body }: CutRecord): SaidContent {
  const { headers, bytes } = head;
  const named = headers !== undefined && isJsonObject(headers) ? Object.entries(headers) : [];
  return {
    headers: Object.fromEntries(
      named.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ),
    bytes: typeof bytes === 'number' ? bytes : body.length,
    body,
  };
}
