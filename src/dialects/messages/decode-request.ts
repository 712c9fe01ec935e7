import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { HeaderList, Operation } from '../../messages/upstream.ts';
import type { ParsedJson } from '../../std/json.ts';
import { parseJson, textOf } from '../../std/json.ts';
import type { JsonSpan } from '../../std/scan-json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import { callerHeader } from '../caller-header.ts';
import type { DecodedCall, HeaderMap, IncomingCall } from '../dialect.ts';

/** The request headers of the Messages API that mean something to whoever answers. */
const forwardedHeaders = [
  'accept',
  'anthropic-beta',
  'anthropic-user-profile-id',
  'anthropic-version',
  'content-type',
] as const;

/** Operations whose body is a JSON object that names a model. */
const namesModel: ReadonlySet<Operation> = new Set([
  'messages.create',
  'messages.count_tokens',
  'complete.create',
]);

/**
 * Messages to Messages: the body stays the bytes it is. The gateway reads the two members it acts
 * on, `model` and `stream`; everything else is for the upstream to judge (DESIGN §3, "who
 * validates what"), so next year's fields work today.
 */
export function decodeRequest(call: IncomingCall): DecodedCall | Refusal {
  const read = namesModel.has(call.operation) ? readMembers(call) : unnamed;
  if ('kind' in read) return read;
  return {
    model: read.model,
    maxTokens: read.maxTokens,
    request: {
      operation: call.operation,
      method: call.method,
      path: call.upstreamPath,
      headers: pickHeaders(call.headers),
      body: call.body,
      stream: read.stream,
      requestId: call.requestId,
      account: call.account,
      callerHeader: (name) => callerHeader(call.headers, name),
    },
  };
}

interface ReadMembers {
  readonly model: string | undefined;
  readonly maxTokens: number | undefined;
  readonly stream: boolean;
}

const unnamed: ReadMembers = { model: undefined, maxTokens: undefined, stream: false };

function readMembers(call: IncomingCall): ReadMembers | Refusal {
  const scan = scanJsonObject(call.body, call.jsonBounds);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  if (scan.kind === 'not-an-object') {
    return refusal('invalid_request', 'Input should be a valid dictionary');
  }
  const model = readMember(call.body, scan.members.get('model'));
  const stream = readMember(call.body, scan.members.get('stream'));
  if (model.kind === 'malformed') return malformed(model.detail);
  if (stream.kind === 'malformed') return malformed(stream.detail);
  if (model.kind === 'absent') return refusal('invalid_request', 'model: Field required');
  if (typeof model.value !== 'string') {
    return refusal('invalid_request', 'model: Input should be a valid string');
  }
  const maxTokens = numberIn(call.body, scan.members.get('max_tokens'));
  if (stream.kind === 'absent') return { model: model.value, maxTokens, stream: false };
  if (typeof stream.value !== 'boolean') {
    return refusal('invalid_request', 'stream: Input should be a valid boolean');
  }
  return { model: model.value, maxTokens, stream: stream.value };
}

function malformed(detail: string): Refusal {
  return refusal('malformed_json', `The request body is not valid JSON: ${detail}`);
}

type Member = { readonly kind: 'absent' } | ParsedJson;

function readMember(body: Uint8Array, span: JsonSpan | undefined): Member {
  if (span === undefined) return { kind: 'absent' };
  return parseJson(textOf(body, span.start, span.end));
}

/** What is no number is for the upstream to refuse. */
function numberIn(body: Uint8Array, span: JsonSpan | undefined): number | undefined {
  const member = readMember(body, span);
  return member.kind === 'value' && typeof member.value === 'number' ? member.value : undefined;
}

function pickHeaders(headers: HeaderMap): HeaderList {
  const picked: string[] = [];
  for (const name of forwardedHeaders) {
    const value = headers[name];
    if (typeof value === 'string') picked.push(name, value);
  }
  return picked;
}
