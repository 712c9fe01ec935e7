import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { HeaderList, Operation } from '../../messages/upstream.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import type { JsonSpan } from '../../std/scan-json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import type { DecodedCall, HeaderMap, IncomingCall } from '../dialect.ts';

/** The request headers of the Messages API that mean something to whoever answers. */
const forwardedHeaders = [
  'accept',
  'anthropic-beta',
  'anthropic-user-profile-id',
  'anthropic-version',
  'content-type',
  'idempotency-key',
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
    request: {
      operation: call.operation,
      method: call.method,
      path: call.upstreamPath,
      headers: pickHeaders(call.headers),
      body: call.body,
      stream: read.stream,
      requestId: call.requestId,
    },
  };
}

interface ReadMembers {
  readonly model: string | undefined;
  readonly stream: boolean;
}

const unnamed: ReadMembers = { model: undefined, stream: false };

function readMembers(call: IncomingCall): ReadMembers | Refusal {
  const scan = scanJsonObject(call.body, call.jsonBounds);
  if (scan.kind === 'malformed') {
    return refusal('malformed_json', `The request body is not valid JSON: ${scan.detail}`);
  }
  if (scan.kind === 'not-an-object') {
    return refusal('invalid_request', 'Input should be a valid dictionary');
  }
  const model = memberOf(call.body, scan.members.get('model'));
  if (model === undefined) return refusal('invalid_request', 'model: Field required');
  if (typeof model !== 'string') {
    return refusal('invalid_request', 'model: Input should be a valid string');
  }
  const stream = memberOf(call.body, scan.members.get('stream')) ?? false;
  if (typeof stream !== 'boolean') {
    return refusal('invalid_request', 'stream: Input should be a valid boolean');
  }
  return { model, stream };
}

/** A member's value where it is a scalar; what else it may be is told by `null`. */
function memberOf(body: Uint8Array, span: JsonSpan | undefined): unknown {
  if (span === undefined) return undefined;
  const parsed = parseJson(textOf(body, span.start, span.end));
  if (parsed.kind === 'malformed' || isJsonObject(parsed.value)) return null;
  return parsed.value;
}

function pickHeaders(headers: HeaderMap): HeaderList {
  const picked: string[] = [];
  for (const name of forwardedHeaders) {
    const value = headers[name];
    if (typeof value === 'string') picked.push(name, value);
  }
  return picked;
}
