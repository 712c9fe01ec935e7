import type { EngineQuirks } from '../../config/engine-quirks.ts';
import type { Refusal } from '../../messages/errors.ts';
import { errorTable, isRefusal, refusal, refusalText } from '../../messages/errors.ts';
import type { MessagesRequest } from '../../messages/request.ts';
import type {
  HeaderList,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../messages/upstream.ts';
import { sourceOf } from '../../std/byte-stream.ts';
import type { Clock } from '../../std/clock.ts';
import type { Cancellation } from '../../std/cancellation.ts';
import { parseJson, textOf } from '../../std/json.ts';
import type { AnswerFacts } from './answer-decoder.ts';
import { encodeRequest } from './encode-request.ts';
import type { EngineRequest } from './engine-request.ts';
import type { EngineClientOptions, EngineResponse } from './engine-client.ts';
import { EngineClient, isEventStream, passedHeaders, typeHeaders } from './engine-client.ts';
import type { ModelNaming } from './engine-models.ts';
import { decodeModels, modelAt, pageOfModels } from './engine-models.ts';
import type { TokenEstimator } from './estimate-usage.ts';
import { roughInputTokens } from './estimate-usage.ts';
import { ChatEventSource } from './event-source.ts';
import type { ModelNames } from './name-model.ts';
import { nameModel } from './name-model.ts';
import { canonicalError } from './read-error.ts';
import { readRequest } from './read-request.ts';
import type { VerbatimBody } from './verbatim-body.ts';
import { verbatimBody } from './verbatim-body.ts';
import { decodeWholeAnswer } from './whole-answer.ts';

export interface ChatUpstreamOptions extends EngineClientOptions {
  readonly quirks: EngineQuirks;
  readonly models: ModelNames['models'];
  readonly withAuthor: ModelNames['withAuthor'];
  readonly describeModel: ModelNaming['describe'];
  /** Whether requests of this form go to the engine as they came. */
  readonly isVerbatim: boolean;
  readonly estimator: TokenEstimator;
  readonly clock: Clock;
}

/** An upstream that speaks Chat Completions: an engine for open weights, a reseller, a gateway. */
export function createChatUpstream(options: ChatUpstreamOptions): Upstream {
  return new ChatUpstream(options);
}

class ChatUpstream implements Upstream {
  readonly name: string;
  readonly keepsAccountResources = false;
  readonly seesGatewayFiles = false;
  readonly #options: ChatUpstreamOptions;
  readonly #engine: EngineClient;

  constructor(options: ChatUpstreamOptions) {
    this.name = options.name;
    this.#options = options;
    this.#engine = new EngineClient({ ...options, hearsWait: true });
  }

  async send(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    switch (request.operation) {
      case 'messages.create': {
        const verbatim = this.#verbatimBody(request);
        return verbatim === undefined
          ? this.#translate(request, cancellation)
          : this.#pass(request, verbatim, cancellation);
      }
      case 'messages.count_tokens':
        return this.#count(request);
      case 'models.list':
      case 'models.get':
        return this.#listModels(request, cancellation);
      default:
        return refusal('not_found', `The upstream "${this.name}" does not serve this.`);
    }
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #verbatimBody({ native, body }: UpstreamRequest): VerbatimBody | undefined {
    const { isVerbatim } = this.#options;
    if (!isVerbatim || native?.form !== 'chat-completions' || !native.reportsUsage) {
      return undefined;
    }
    return verbatimBody(native.body, body, this.#options);
  }

  /** The verbatim lane of this form: the caller's bytes there, and the engine's bytes back. */
  async #pass(
    request: UpstreamRequest,
    { body, isRenamed }: VerbatimBody,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const response = await this.#post(body, request, cancellation);
    if (isRefusal(response)) return response;
    if (response.status !== OK) return this.#error(response, request, cancellation);
    const edits = isRenamed ? ['x-quatrain-edits', 'model-renamed'] : [];
    return {
      kind: 'answer',
      form: 'chat-completions',
      status: response.status,
      headers: [...typeHeaders(response), ...passedHeaders(response), ...edits],
      isEventStream: isEventStream(response),
      body: response.body,
    };
  }

  /** The canonical form in the engine's, and its answer back. */
  async #translate(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const asked = readRequest(request);
    if ('kind' in asked) return asked;
    const { quirks, log } = this.#options;
    const encoded = encodeRequest(asked, quirks, nameModel([asked.model], this.#options));
    if (isRefusal(encoded)) return encoded;
    if (encoded.dropped.length > 0) {
      const fields = encoded.dropped.join(', ');
      log.debug('fields_dropped', { requestId: request.requestId, upstream: this.name, fields });
    }
    const json = JSON.stringify(asJsonObject(encoded.body, request, quirks));
    const response = await this.#post(Buffer.from(json), request, cancellation);
    if (isRefusal(response)) return response;
    if (response.status !== OK) return this.#error(response, request, cancellation);
    const facts = this.#factsOf(asked, request, json.length);
    return request.stream && isEventStream(response)
      ? this.#stream(response, request, facts)
      : this.#whole(response, { request, facts, cancellation });
  }

  #factsOf(asked: MessagesRequest, { requestId }: UpstreamRequest, letters: number): AnswerFacts {
    const { estimator } = this.#options;
    return {
      model: asked.model,
      idStem: requestId.replace(/^req_/, '').replaceAll(/[^a-zA-Z0-9_-]/g, '_'),
      stopSequences: asked.stop_sequences ?? [],
      roughInputTokens: roughInputTokens(asked, letters),
      countInput: () => estimator.inputTokens(asked),
      countOutput: (text) => estimator.outputTokens(text, asked.model),
    };
  }

  #stream(
    response: EngineResponse,
    { requestId }: UpstreamRequest,
    facts: AnswerFacts,
  ): UpstreamAnswer {
    const { hidden } = this.#engine;
    const body = new ChatEventSource(
      response.body,
      { facts, requestId, hidden },
      this.#options.clock,
    );
    return {
      kind: 'answer',
      status: response.status,
      headers: [...streamHeaders, ...passedHeaders(response)],
      isEventStream: true,
      body,
      isUsageEstimated: () => body.isUsageEstimated,
    };
  }

  async #whole(
    response: EngineResponse,
    { request, facts, cancellation }: WholeReading,
  ): Promise<UpstreamAnswer | Refusal> {
    const bytes = await this.#engine.collect(response, cancellation);
    if (isRefusal(bytes)) return bytes;
    const { requestId, stream } = request;
    const read = decodeWholeAnswer(bytes, {
      facts,
      requestId,
      hidden: this.#engine.hidden,
      isEventStream: isEventStream(response),
      asksStream: stream,
    });
    if (read.kind === 'refusal') return read;
    if (read.kind === 'said-error') return this.#saidError(read.said, response, request);
    return {
      kind: 'answer',
      status: response.status,
      headers: [...(stream ? streamHeaders : jsonHeaders), ...passedHeaders(response)],
      isEventStream: stream,
      body: sourceOf(read.body),
      isUsageEstimated: () => read.isUsageEstimated,
    };
  }

  #count(request: UpstreamRequest): UpstreamAnswer | Refusal {
    const asked = readRequest(request);
    if ('kind' in asked) return asked;
    return jsonAnswer({ input_tokens: this.#options.estimator.inputTokens(asked) });
  }

  async #listModels(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const response = await this.#engine.send({ ...listCall, told: request }, cancellation);
    if (isRefusal(response)) return response;
    if (response.status !== OK) return this.#error(response, request, cancellation);
    const bytes = await this.#engine.collect(response, cancellation);
    if (isRefusal(bytes)) return bytes;
    const parsed = parseJson(textOf(bytes));
    if (parsed.kind === 'malformed') {
      return refusal('upstream_failed', 'The upstream sent a list of models that is no JSON.');
    }
    const { models, describeModel: describe } = this.#options;
    const listed = decodeModels(parsed.value, { models, describe });
    const found =
      request.operation === 'models.list'
        ? pageOfModels(listed, request.path)
        : modelAt(listed, request.path);
    return isRefusal(found) ? found : jsonAnswer(found);
  }

  #post(
    body: Uint8Array,
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<EngineResponse | Refusal> {
    const headers = ['content-type', 'application/json', 'x-client-request-id', request.requestId];
    return this.#engine.send(
      { method: 'POST', path: '/chat/completions', headers, body, told: request },
      cancellation,
    );
  }

  /** An engine's error, its status kept: what a caller is told of it is for the dialects to say. */
  async #error(
    response: EngineResponse,
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer> {
    const text = await this.#engine.collectError(response, cancellation);
    return this.#errorAnswer({ status: response.status, text }, response, request);
  }

  /** An error that came with the status of an answer. */
  #saidError(said: Refusal, response: EngineResponse, request: UpstreamRequest): UpstreamAnswer {
    const text = JSON.stringify({ message: refusalText(said) });
    return this.#errorAnswer({ status: errorTable[said.code].status, text }, response, request);
  }

  #errorAnswer(
    answer: { readonly status: number; readonly text: string },
    response: EngineResponse,
    { requestId }: UpstreamRequest,
  ): UpstreamAnswer {
    const { status, body } = canonicalError(answer, this.#engine.hidden, requestId);
    const headers = [...jsonHeaders, ...passedHeaders(response)];
    return { kind: 'answer', status, headers, isEventStream: false, body: sourceOf(body) };
  }
}

interface WholeReading {
  readonly request: UpstreamRequest;
  readonly facts: AnswerFacts;
  readonly cancellation: Cancellation;
}

const OK = 200;
const listCall = { method: 'GET', path: '/models', headers: [], body: new Uint8Array(0) } as const;
const jsonHeaders: HeaderList = ['content-type', 'application/json'];
const streamHeaders: HeaderList = [
  'content-type',
  'text/event-stream; charset=utf-8',
  'cache-control',
  'no-cache',
];

function jsonAnswer(value: object): UpstreamAnswer {
  const body = sourceOf(Buffer.from(JSON.stringify(value)));
  return { kind: 'answer', status: OK, headers: jsonHeaders, isEventStream: false, body };
}

/** A caller who asked for a JSON object asked in this form: an engine that speaks it is told again. */
function asJsonObject(
  body: EngineRequest,
  { wantsJsonObject = false }: UpstreamRequest,
  { request_as }: EngineQuirks,
): EngineRequest {
  const isTold = wantsJsonObject && body.response_format === undefined && request_as === 'chat';
  return isTold ? { ...body, response_format: { type: 'json_object' } } : body;
}
