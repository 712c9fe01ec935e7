import type { Refusal } from '../../messages/errors.ts';
import { isRefusal, refusal } from '../../messages/errors.ts';
import type { HeaderList, NativeRequest } from '../../messages/upstream.ts';
import type { JsonObject } from '../../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import { callerHeader } from '../caller-header.ts';
import type { DecodedCall, HeaderMap, IncomingCall } from '../dialect.ts';
import type { AnswerShape } from './answer-shape.ts';
import { decodeBody } from './decode-body.ts';
import { createAnswerEncoder } from './encode-answer.ts';

/** Callers of this form need not know of the version; betas are theirs to ask for. */
const forwardedHeaders = ['anthropic-beta'] as const;

/**
 * A request of this form in the canonical one. The upstream is always asked for a stream, since
 * answers of the default length take longer than it gives one piece; the gateway puts it together
 * for whoever wants one (chat reference §2.0).
 */
export function decodeRequest(call: IncomingCall): DecodedCall | Refusal {
  const given = readBody(call);
  if (isRefusal(given)) return given;
  const decoded = decodeBody(given, call);
  if (isRefusal(decoded)) return decoded;
  const { body, shape, modelId, hasDefaultLength } = decoded;
  return {
    model: shape.model,
    maxTokens: body.max_tokens,
    ...(hasDefaultLength ? { hasDefaultLength } : {}),
    ...(modelId === undefined ? {} : { modelId }),
    encoder: createAnswerEncoder(shape),
    request: {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: headersFor(call.headers),
      body: Buffer.from(JSON.stringify(body)),
      stream: true,
      requestId: call.requestId,
      account: call.account,
      ...nativeOf(call, shape),
      ...(shape.removesFence ? { wantsJsonObject: true } : {}),
      callerHeader: (name) => callerHeader(call.headers, name),
    },
  };
}

/** What says what an answer cost is made here: then nothing passes as it is. */
function nativeOf(
  { body, chatCompletions }: IncomingCall,
  { isStream, includesUsage }: AnswerShape,
): { readonly native?: NativeRequest } {
  if (chatCompletions.credits !== undefined) return {};
  const reportsUsage = !isStream || includesUsage;
  return { native: { form: 'chat-completions', body, stream: isStream, reportsUsage } };
}

/** The request's members; null counts as absent, as the form has it. */
function readBody({ body, jsonBounds }: IncomingCall): JsonObject | Refusal {
  const scan = scanJsonObject(body, jsonBounds);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  if (scan.kind === 'not-an-object') {
    return refusal('invalid_request', 'The request body should be a JSON object.');
  }
  const parsed = parseJson(textOf(body));
  if (parsed.kind === 'malformed') return malformed(parsed.detail);
  const members = isJsonObject(parsed.value) ? Object.entries(parsed.value) : [];
  return Object.fromEntries(members.filter(([, value]) => value !== null));
}

function malformed(detail: string): Refusal {
  return refusal('malformed_json', `The request body is not valid JSON: ${detail}`);
}

function headersFor(headers: HeaderMap): HeaderList {
  const forwarded = forwardedHeaders.flatMap((name) => {
    const value = callerHeader(headers, name);
    return value === undefined ? [] : [name, value];
  });
  return ['content-type', 'application/json', 'anthropic-version', '2023-06-01', ...forwarded];
}
