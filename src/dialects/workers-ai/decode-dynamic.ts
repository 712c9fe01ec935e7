import type { Refusal } from '../../messages/errors.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { HeaderList } from '../../messages/upstream.ts';
import type { JsonObject } from '../../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import { callerHeader } from '../caller-header.ts';
import { chatCompletionsDialect } from '../chat-completions/chat-completions-dialect.ts';
import type { AnswerEncoder, DecodedCall, IncomingCall } from '../dialect.ts';
import { composeBody } from './compose-body.ts';

const routeName = /^dynamic\/([A-Za-z0-9_.-]{1,64})$/;

/** A request of Chat Completions, as it stands in its route. */
export interface ChatQuestion {
  /** The bytes of a JSON object. */
  readonly body: Uint8Array;
  readonly call: IncomingCall;
}

/**
 * Decodes a request that names a dynamic route in the place of a model; undefined where it names
 * something else. Routes take and give the form of Chat Completions only; Workers reference §1.9,
 * §3.8, case B36.
 */
export function decodeDynamic(
  model: string | undefined,
  { body, call }: ChatQuestion,
): DecodedCall | Refusal | undefined {
  const name = model === undefined ? undefined : routeName.exec(model)?.[1];
  if (model === undefined || name === undefined) return undefined;
  const { jsonBounds, headers, requestId, account } = call;
  const scan = scanJsonObject(body, jsonBounds);
  // What is no object is for the form itself to refuse.
  if (scan.kind !== 'object') return chatCompletionsDialect.decodeRequest({ ...call, body });
  const { members } = scan;
  const forModel = (id: string): DecodedCall | Refusal => {
    const asked = composeBody(body, members, new Map([['model', id]]));
    const decoded = chatCompletionsDialect.decodeRequest({ ...call, body: asked });
    return isRefusal(decoded) ? decoded : translatedOnly(decoded);
  };
  return {
    model,
    maxTokens: undefined,
    dynamicRoute: { name, body: objectOf(body), forModel },
    request: {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: ['content-type', 'application/json'],
      body,
      stream: false,
      requestId,
      account,
      callerHeader: (header) => callerHeader(headers, header),
    },
  };
}

/** The name of the model in a body of Chat Completions. */
export function modelIn({ body, jsonBounds }: IncomingCall): string | undefined {
  const scan = scanJsonObject(body, jsonBounds);
  const span = scan.kind === 'object' ? scan.members.get('model') : undefined;
  const parsed = span && parseJson(textOf(body, span.start, span.end));
  return parsed?.kind === 'value' && typeof parsed.value === 'string' ? parsed.value : undefined;
}

/**
 * A failure may lead to another model as long as no answer has begun, and answers are put into what
 * a route has around them: neither is known of an answer that passes as it is.
 */
function translatedOnly(decoded: DecodedCall): DecodedCall {
  const { native: _native, ...request } = decoded.request;
  return { ...decoded, request };
}

/** What a route of the form says around an answer of Chat Completions. */
export interface Wrapping {
  /** What an answer in one piece is put into. */
  readonly wrap: (result: JsonObject) => JsonObject;
  readonly headers: HeaderList;
}

/** Puts answers into what a route has around them. */
export function wrappedCall(decoded: DecodedCall, wrapping: Wrapping): DecodedCall {
  const { encoder, dynamicRoute } = decoded;
  if (dynamicRoute !== undefined) {
    const forModel = (name: string): DecodedCall | Refusal => {
      const inner = dynamicRoute.forModel(name);
      return isRefusal(inner) ? inner : wrappedCall(inner, wrapping);
    };
    return { ...decoded, dynamicRoute: { ...dynamicRoute, forModel } };
  }
  return encoder === undefined
    ? decoded
    : { ...decoded, encoder: wrappedEncoder(encoder, wrapping) };
}

function wrappedEncoder(encoder: AnswerEncoder, wrapping: Wrapping): AnswerEncoder {
  const free = encoder.forFree?.();
  return {
    ...encoder,
    encodeHeaders: (answered) => [...encoder.encodeHeaders(answered), ...wrapping.headers],
    encodeMessage: (message, fold) => {
      const { headers, body } = encoder.encodeMessage(message, fold);
      return { headers, body: Buffer.from(JSON.stringify(wrapping.wrap(objectOf(body)))) };
    },
    ...(free === undefined ? {} : { forFree: () => wrappedEncoder(free, wrapping) }),
  };
}

function objectOf(bytes: Uint8Array): JsonObject {
  const parsed = parseJson(textOf(bytes));
  return parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
}
