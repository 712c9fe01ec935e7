import type { ProfileName } from '../../src/catalog/profiles.ts';
import type { AnswerShape } from '../../src/dialects/chat-completions/answer-shape.ts';
import { decodeBody } from '../../src/dialects/chat-completions/decode-body.ts';
import type { ChatCompletionsSettings } from '../../src/dialects/chat-completions/settings.ts';
import type { HeaderMap, IncomingCall } from '../../src/dialects/dialect.ts';
import { isRefusal, refusalText } from '../../src/messages/errors.ts';
import type { JsonObject } from '../../src/std/json.ts';
import { modelFinder } from './known-models.ts';

export interface ChatDecoding {
  readonly profile?: ProfileName;
  readonly settings?: ChatCompletionsSettings;
  readonly headers?: HeaderMap;
}

/** The model of seed 002, which the reference's cases call M. */
export const modelM = 'anthropic/claude-sonnet-4.6';

/** A call of this form with the body of the reference's base request, changed. */
export function chatCall(change: object, decoding: ChatDecoding = {}): IncomingCall {
  const { profile = 'launch', settings = { flavour: 'aimlapi' }, headers = {} } = decoding;
  const base = { model: modelM, messages: [{ role: 'user', content: 'hi' }] };
  return {
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages',
    target: { params: {}, query: '' },
    headers,
    body: Buffer.from(JSON.stringify({ ...base, ...change })),
    requestId: 'req_1',
    account: 'test',
    jsonBounds: { depthMax: 128, keysMax: 100_000 },
    startedAtMs: 1_762_343_744_999,
    findModel: modelFinder(profile),
    nearModels: () => [],
    chatCompletions: settings,
    workersAi: { content: 'relaxed' },
  };
}

export type DecodedChat =
  | { readonly up: JsonObject; readonly shape: AnswerShape; readonly refused?: undefined }
  | {
      readonly refused: { readonly param: string | undefined; readonly text: string };
      readonly up?: undefined;
      readonly shape?: undefined;
    };

/** What the upstream would be asked, and what the answer has to look like; or the refusal. */
export function decodeChat(change: object, decoding: ChatDecoding = {}): DecodedChat {
  const call = chatCall(change, decoding);
  const members = Object.entries(JSON.parse(Buffer.from(call.body).toString()) as JsonObject);
  const given = Object.fromEntries(members.filter(([, value]) => value !== null));
  const decoded = decodeBody(given, call);
  return isRefusal(decoded)
    ? { refused: { param: decoded.param, text: refusalText(decoded) } }
    : { up: JSON.parse(JSON.stringify(decoded.body)) as JsonObject, shape: decoded.shape };
}

/** The upstream's body; the test fails where there is none. */
export function askedUpstream(change: object, decoding: ChatDecoding = {}): JsonObject {
  const { up, refused } = decodeChat(change, decoding);
  if (up === undefined) throw new Error(`refused: ${refused.text}`);
  return up;
}

/** Chooses members, so that a case names only what it is about; absent ones are left out. */
export function membersOf(up: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(up).filter(([name]) => names.includes(name)));
}
