import type { Model } from '../catalog/model.ts';
import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import type { Dialect, IncomingCall } from '../dialects/dialect.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import { bindingDialect } from '../dialects/workers-ai/binding-dialect.ts';
import { DeterministicRandom } from '../emulator/deterministic-random.ts';
import type { MadeAnswer } from '../emulator/make-answer.ts';
import { eventsOf, makeAnswer } from '../emulator/make-answer.ts';
import { readRequest } from '../emulator/rules/read-request.ts';
import { eventText } from '../messages/events.ts';
import { isRefusal } from '../messages/errors.ts';
import type { JsonObject } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { PageForm } from './page-forms.ts';

/** What a request of a form is read with: what the gateway would read it with. */
export type ExampleReading = Pick<
  IncomingCall,
  'chatCompletions' | 'findModel' | 'jsonBounds' | 'nearModels' | 'workersAi'
>;

/** A request of a page, in the terms of its form. */
export interface ExampleRequest {
  readonly form: PageForm;
  readonly model: Model;
  /** What the model is called by in the form. */
  readonly name: string;
  readonly body: JsonObject;
  /** What the model once said; where absent, what the emulator says. */
  readonly recorded: string | undefined;
}

/** An answer as a page shows it. */
export interface ExampleAnswer {
  /** What a reader sees of it. */
  readonly text: string;
  /** The body of the response: a JSON text, or the events of a stream. */
  readonly raw: string;
  readonly isStream: boolean;
  /** Whether the model itself said it once. */
  readonly isRecorded: boolean;
}

/** The emulator's own where nothing else is configured: a page says what a reader will see. */
const SEED = 'quatrain';
const KEY_BYTES = 32;
const signingKey = new DeterministicRandom(SEED, 'signing key').bytes(KEY_BYTES);
const NO_CACHE = { readTokens: 0, write5mTokens: 0, write1hTokens: 0 };
const ACCOUNT = 'example';

const dialects: Readonly<Record<PageForm, Dialect>> = {
  'workers-ai': bindingDialect,
  messages: messagesDialect,
  'chat-completions': chatCompletionsDialect,
};

/**
 * What comes of a request: it is read as the gateway reads it, answered as the emulator does, and
 * written as the gateway writes it. So no form's answer is written by hand. Undefined where the
 * configuration has such a request refused.
 */
export function answerExample(
  request: ExampleRequest,
  reading: ExampleReading,
): ExampleAnswer | undefined {
  const { form, model, recorded } = request;
  // The day that the model came out: a page has no reason to change from day to day.
  const atMs = Date.parse(model.createdAt);
  const decoded = dialects[form].decodeRequest(callOf(request, reading, atMs));
  if (isRefusal(decoded)) return undefined;
  const findModel = (name: string): Model | undefined => (name === model.id ? model : undefined);
  const accepted = readRequest(decoded.request, {
    findModel,
    signingKey,
    foreignSignatures: 'accept',
  });
  if (isRefusal(accepted)) return undefined;
  const made = makeAnswer(accepted, {
    seed: SEED,
    signingKey,
    cacheUse: NO_CACHE,
    wallMs: atMs,
    respond: recorded === undefined ? {} : { content: recorded },
  });
  const { encoder } = decoded;
  const isStream = request.body['stream'] === true;
  const text = made.message.content
    .map((block) => (block.type === 'text' ? block.text : ''))
    .join('');
  const raw = isStream
    ? streamText(made, encoder?.startStream())
    : wholeText(encoder?.encodeMessage(made.message).body, made);
  return { text, raw, isStream, isRecorded: recorded !== undefined };
}

function callOf(
  { form, name, body }: ExampleRequest,
  reading: ExampleReading,
  startedAtMs: number,
): IncomingCall {
  const asked: Readonly<Record<PageForm, object>> = {
    'workers-ai': { inputs: body, options: {} },
    messages: { ...body, model: name },
    'chat-completions': { ...body, model: name },
  };
  return {
    ...reading,
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages',
    target: { params: {}, query: '' },
    headers: {
      'anthropic-version': '2023-06-01',
      'cf-consn-model-id': name,
      'content-type': 'application/json',
    },
    body: Buffer.from(JSON.stringify(asked[form])),
    requestId: 'req_example',
    account: ACCOUNT,
    startedAtMs,
  };
}

type StreamEncoder = { readonly encode: (event: JsonObject) => string } | undefined;

function streamText(made: MadeAnswer, encoder: StreamEncoder): string {
  return eventsOf(made)
    .map((event) =>
      encoder === undefined ? eventText(event) : encoder.encode(event as unknown as JsonObject),
    )
    .join('')
    .trimEnd();
}

function wholeText(encoded: Uint8Array | undefined, { message }: MadeAnswer): string {
  if (encoded === undefined) return JSON.stringify(message, undefined, 2);
  const parsed = parseJson(textOf(encoded));
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) {
    throw new Error('an answer is encoded as a JSON object');
  }
  return JSON.stringify(parsed.value, undefined, 2);
}
