import type { GatewayCall } from '../ai-gateway-form/gateway-call.ts';
import type { Refusal } from '../messages/errors.ts';
import type { ModelTraits } from '../messages/model-traits.ts';
import type { Message } from '../messages/response.ts';
import type { StreamWatch } from '../messages/stream-watch.ts';
import type { HeaderList, Operation, UpstreamRequest } from '../messages/upstream.ts';
import type { Usage, UsageState } from '../messages/usage.ts';
import type { JsonObject } from '../std/json.ts';
import type { JsonBounds } from '../std/scan-json.ts';
import type { ChatCompletionsSettings } from './chat-completions/settings.ts';
import type { ModelPlace } from './model-place.ts';
import type { WorkersAiSettings } from './workers-ai/settings.ts';

/** Request headers by lower-case name; repeated ones joined with a comma. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a route's path and query say besides which route it is. */
export interface RouteTarget {
  /** What stands in the place of each `{name}` of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Without its question mark; empty where there is none. */
  readonly query: string;
}

/** A request as it came in, its body read. */
export interface IncomingCall {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query in the upstream's form, built from the route that matched. */
  readonly upstreamPath: string;
  readonly target: RouteTarget;
  readonly headers: HeaderMap;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly account: string;
  readonly jsonBounds: JsonBounds;
  /** When the request came, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** What the registry knows of a model, by any of its names in any form. */
  readonly findModel: (name: string) => KnownModel | undefined;
  /** The names most like one that the registry does not have, as the Workers AI form spells them. */
  readonly nearModels: (name: string) => readonly string[];
  readonly chatCompletions: ChatCompletionsSettings;
  readonly workersAi: WorkersAiSettings;
  /** How long an answer is where the caller does not say and the form does; the form's own where absent. */
  readonly lengthByDefault?: number | undefined;
}

/** A model of the registry, as the account's plan has it. */
export interface KnownModel {
  /** The name that upstreams know it by. */
  readonly id: string;
  readonly traits: ModelTraits;
  /** Most tokens that an answer may have: the model's own bound or the plan's, whichever is less. */
  readonly outputTokensMax: number;
  /** What a usage costs at list prices; undefined where a price or a count is not known. */
  readonly costNanoUsd: (usage: Usage) => bigint | undefined;
  /** What the Workers AI form publishes of it; absent where that form does not offer it. */
  readonly workersAi?: WorkersAiSchemas;
}

/** The JSON Schemas (2020-12) that the Workers AI form publishes of a model, and holds itself to. */
export interface WorkersAiSchemas {
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
}

/** A request in the canonical form, with what the walk decides by. */
export interface DecodedCall {
  /** As the caller wrote it; absent where the operation names none. */
  readonly model: string | undefined;
  /** How long an answer the caller allows; absent where it names no such bound. */
  readonly maxTokens: number | undefined;
  /** Whether that is what the form says for callers who do not say it. */
  readonly hasDefaultLength?: boolean;
  /** The registry's id of the model, where the dialect has put that into the body. */
  readonly modelId?: string;
  /** Whether `model` may be a name of any form, for which the upstream gets its own. */
  readonly takesAnyName?: boolean;
  readonly request: UpstreamRequest;
  /** How the answer becomes the caller's; absent where its form is the canonical one. */
  readonly encoder?: AnswerEncoder;
  /** The same as an encoder's, where answers need none. */
  readonly refuseError?: (said: Refusal) => Refusal;
  /** The gateway that the request goes through; absent for routes that belong to none. */
  readonly gateway?: GatewayCall;
  /** Where the model is a route of the gateway: it has to be followed to a model first. */
  readonly dynamicRoute?: DynamicRouteCall;
}

/** A request that names a route of its gateway in the place of a model. */
export interface DynamicRouteCall {
  /** As its account calls it, without what is before it. */
  readonly name: string;
  /** The caller's own request, for conditions about it. */
  readonly body: JsonObject;
  /** The request as it is for one model. */
  readonly forModel: (name: string) => DecodedCall | Refusal;
}

/** Turns answers in the canonical form into the form of the one request that it was made for. */
export interface AnswerEncoder {
  /** Whether the caller asked for a stream. The upstream is always asked for one. */
  readonly isStream: boolean;
  /** The head of an answer, from the head that the upstream gave it. */
  encodeHeaders(answered: HeaderList): HeaderList;
  /** A whole answer. Its headers come in addition. */
  encodeMessage(
    message: Message,
    fold?: MessageFold,
  ): { readonly headers: HeaderList; readonly body: Uint8Array };
  /** A stream's events, in their order; undefined where the caller's are the canonical ones: they pass. */
  startStream(): EventEncoder | undefined;
  /** What a caller is told of an upstream's answer that is an error. */
  refuseAnswer(answer: ErrorAnswer): Refusal;
  /** What a caller is told of an error that an upstream's stream says of itself. */
  refuseError(said: Refusal): Refusal;
  /** The same for an answer that costs nothing; absent where answers do not say what they cost. */
  forFree?(): AnswerEncoder;
  /** What reads answers of the verbatim lane, where the request has one (`UpstreamRequest.native`). */
  readonly native?: NativeReader;
}

/** An encoder whose streams are never the canonical ones. */
export interface TranslatingEncoder extends AnswerEncoder {
  startStream(): EventEncoder;
}

/** What a message does not say of the events that it was folded from. */
export interface MessageFold {
  /** Its last call was cut before its arguments were whole: those that were are what it has. */
  readonly isCallCut?: boolean;
}

/** An upstream's own error: status, head and body as they came. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** Whether it was asked with a key of the caller's own: then a no to the key is the caller's matter. */
  readonly isOwnKey?: boolean;
}

/** Translates one stream. Whatever an upstream sends, it does not throw. */
export interface EventEncoder {
  /** What an event becomes on the wire; empty where it becomes nothing. */
  encode(event: JsonObject): string;
  /** What says that the stream is still there. */
  readonly keepAlive: Uint8Array;
}

/** Reads the gateway's share of answers that are passed on in their native form. */
export interface NativeReader {
  /** Watches a stream; `expectsUsage` where the request asked for its usage. */
  watch(expectsUsage?: boolean): StreamWatch;
  /** What says to a caller that the stream is still there. */
  readonly keepAlive: Uint8Array;
  /** What an answer in one piece says of itself. */
  whole(body: Uint8Array): NativeWhole;
}

/** An answer in one piece in its native form. */
export interface NativeWhole {
  readonly usage: UsageState;
  /** Why the model stopped, in the canonical form's words; undefined where it does not say. */
  readonly stopReason: string | undefined;
}

export interface EncodedError {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** A credential in the headers that are looked at for one. */
export interface CredentialHeaders {
  readonly 'x-api-key'?: string;
  readonly authorization?: string;
}

/** Whose clients ask: what a key needs to be asked so, and how limits are told, go by it. */
export type CallerForm = 'messages' | 'chat' | 'workers-ai';

/** A client-facing form: how its requests are read, and how it says no. */
export interface Dialect {
  readonly name: string;
  readonly callerForm: CallerForm;
  /** Where its requests carry their credential; in the two usual headers where absent. */
  readonly readCredentials?: (headers: HeaderMap) => CredentialHeaders;
  /** How long an answer is where the caller does not say; absent where the form does not say either. */
  readonly lengthByDefault?: number;
  /** Where its requests name their model; in the body, as `model`, where absent. */
  readonly modelPlace?: ModelPlace;
  /** Stage 3 of the walk. */
  decodeRequest(call: IncomingCall): DecodedCall | Refusal;
  /** A refusal as an answer of its own. */
  encodeError(said: Refusal, requestId: string): EncodedError;
  /** A refusal inside a stream that has begun; the stream ends with it. */
  encodeErrorEvent(said: Refusal, requestId: string): Uint8Array;
  /** What every reply of this form says in its head besides. */
  replyHeaders(asked: HeaderMap, requestId: string): HeaderList;
}
