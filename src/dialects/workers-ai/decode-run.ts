import type { Refusal } from '../../messages/errors.ts';
import { isRefusal, refusal } from '../../messages/errors.ts';
import { messagesRequestSchema } from '../../messages/request-schema.ts';
import type { HeaderList } from '../../messages/upstream.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import type { JsonSpan } from '../../std/scan-json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import { callerHeader } from '../caller-header.ts';
import type { DecodedCall, HeaderMap, IncomingCall } from '../dialect.ts';
import { chatInputsHint, looksLikeChat } from './chat-inputs.ts';
import { checkJsonSchema } from './check-json-schema.ts';
import { composeBody } from './compose-body.ts';
import { decodeDynamic, wrappedCall } from './decode-dynamic.ts';
import { createRunEncoder } from './encode-run-answer.ts';
import type { RunModel } from './find-run-model.ts';
import { findRunModel } from './find-run-model.ts';
import { invalidValue } from './invalid-value.ts';
import { readRunOptions } from './read-run-options.ts';
import { relaxInputSchema } from './relax-input-schema.ts';
import { IGNORED_OPTIONS_HEADER, namesHeader } from './run-headers.ts';

/** What a route of this form reads out of a request. */
export interface RunQuestion {
  /** As the caller wrote it. */
  readonly model: string;
  /** The bytes of the inputs: a JSON object. */
  readonly inputs: Uint8Array;
  readonly options: JsonValue | undefined;
  /** What an answer in one piece is put into. */
  readonly wrap: (result: JsonObject) => JsonObject;
}

/** A run as a request in the canonical form, or why there is none; Workers reference §1.9. */
export function decodeRun(question: RunQuestion, call: IncomingCall): DecodedCall | Refusal {
  const options = readRunOptions(question.options, call.headers);
  if (isRefusal(options)) return options;
  const routed = decodeDynamic(question.model, { body: question.inputs, call });
  if (routed !== undefined) {
    if (isRefusal(routed)) return routed;
    const headers = namesHeader(IGNORED_OPTIONS_HEADER, options.ignored);
    const wrapped = wrappedCall(routed, { wrap: question.wrap, headers });
    return { ...wrapped, gateway: options.gateway };
  }
  const model = findRunModel(question.model, call);
  if (isRefusal(model)) return model;
  const inputs = readInputs(question.inputs, model, call);
  if (isRefusal(inputs)) return inputs;
  const { given, body, maxTokens, ignored } = inputs;
  return {
    model: question.model,
    maxTokens,
    modelId: model.id,
    gateway: options.gateway,
    encoder: createRunEncoder({
      isStream: given['stream'] === true,
      wrap: question.wrap,
      options,
      ignored,
      model: question.model,
      fields: new Set(Object.keys(given)),
      isChatLike: looksLikeChat(given),
    }),
    request: {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: headersFor(call.headers),
      body,
      stream: true,
      requestId: call.requestId,
      account: call.account,
      callerHeader: (name) => callerHeader(call.headers, name),
    },
  };
}

interface RunInputs {
  readonly given: JsonObject;
  readonly body: Uint8Array;
  readonly maxTokens: number | undefined;
  /** Members that the API does not have: they are left out, and named to the caller. */
  readonly ignored: readonly string[];
}

function readInputs(
  bytes: Uint8Array,
  model: RunModel,
  { headers, jsonBounds, workersAi }: IncomingCall,
): RunInputs | Refusal {
  const scan = scanJsonObject(bytes, jsonBounds);
  if (scan.kind === 'malformed') return malformed(scan.detail);
  if (scan.kind === 'not-an-object') return invalidValue('', 'expected an object');
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind === 'malformed') return malformed(parsed.detail);
  const given = isJsonObject(parsed.value) ? parsed.value : {};
  const { inputSchema } = model.workersAi;
  const schema = workersAi.content === 'strict' ? inputSchema : relaxInputSchema(inputSchema);
  const issue = checkJsonSchema(schema, given);
  if (issue !== undefined) {
    const hint = looksLikeChat(given) ? `. ${chatInputsHint}` : '';
    return invalidValue(issue.place, `${issue.text}${hint}`);
  }
  return { given, ...bodyOf(bytes, { members: scan.members, given, model, headers }) };
}

interface BodyContext {
  readonly members: ReadonlyMap<string, JsonSpan>;
  readonly given: JsonObject;
  readonly model: RunModel;
  readonly headers: HeaderMap;
}

/**
 * The schema lets every further member pass (case B15), and the API takes none that it does not
 * know: those are left out. A request that asks for betas may have members of betas that are newer
 * than this gateway, so then all of them go on.
 */
function bodyOf(
  bytes: Uint8Array,
  { members, given, model, headers }: BodyContext,
): Omit<RunInputs, 'given'> {
  const asksForBetas = callerHeader(headers, 'anthropic-beta') !== undefined;
  const ignored = asksForBetas
    ? []
    : Object.keys(given).filter((name) => !Object.hasOwn(messagesRequestSchema.fields, name));
  const maxTokens = wholeNumber(given['max_tokens']);
  const set = new Map<string, string | number | boolean | undefined>([
    ...ignored.map((name) => [name, undefined] as const),
    ['model', model.id],
    ['max_tokens', maxTokens],
    ['top_k', wholeNumber(given['top_k'])],
    ['stream', true],
  ]);
  return { body: composeBody(bytes, members, set), maxTokens, ignored };
}

/** The schema takes any number above 0, the API whole ones only: what is cut off counts as one more. */
function wholeNumber(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? Math.ceil(value) : undefined;
}

/** A body that is no JSON. */
export function malformed(detail: string): Refusal {
  return refusal('malformed_json', `The request body is not valid JSON: ${detail}`);
}

const VERSION = '2023-06-01';
const forwardedHeaders = ['anthropic-beta', 'anthropic-user-profile-id'] as const;

/** Callers of this form need not know of the API's version; betas are theirs to ask for. */
function headersFor(headers: HeaderMap): HeaderList {
  const forwarded = forwardedHeaders.flatMap((name) => {
    const value = callerHeader(headers, name);
    return value === undefined ? [] : [name, value];
  });
  const version = callerHeader(headers, 'anthropic-version') ?? VERSION;
  return ['content-type', 'application/json', 'anthropic-version', version, ...forwarded];
}
