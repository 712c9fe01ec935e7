import type { Refusal } from '../../messages/errors.ts';
import { errorEnvelope, errorTable, isRefusal, refusal } from '../../messages/errors.ts';
import type {
  HeaderList,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../messages/upstream.ts';
import { sourceOf } from '../../std/byte-stream.ts';
import type { Cancellation } from '../../std/cancellation.ts';
import type { Clock } from '../../std/clock.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import type { EngineClientOptions, EngineResponse } from '../chat-completions/engine-client.ts';
import { EngineClient } from '../chat-completions/engine-client.ts';
import type { EngineModel } from '../chat-completions/engine-models.ts';
import { answerUnasked, isAsked, jsonAnswer } from '../host-upstream.ts';
import { nameHostModel, renameEdits } from '../name-host-model.ts';
import { scanBody, textMemberOf } from '../scanned-body.ts';
import type { Told } from '../told-headers.ts';
import type { AwsSecrets, RereadAwsSecrets } from './aws-secrets.ts';
import { revealed } from './aws-secrets.ts';
import { BedrockEventSource } from './bedrock-event-source.ts';
import { encodeBody, encodeCount } from './encode-body.ts';
import type { BedrockModelNames } from './name-model.ts';
import { bedrockName } from './name-model.ts';
import { readError } from './read-error.ts';
import { refuseUnavailable } from './refuse-unavailable.ts';
import { RequestSigner } from './sign-request.ts';

export interface BedrockUpstreamOptions
  extends Omit<EngineClientOptions, 'key'>, BedrockModelNames {
  /** The region that is asked, which signatures name. */
  readonly region: string;
  readonly secrets: RereadAwsSecrets;
  /** Names or resources of Bedrock, by the name in a request; `*` is for all others. */
  readonly models: Readonly<Record<string, string>>;
  readonly listModels: () => readonly EngineModel[];
  readonly clock: Clock;
}

/** An upstream that answers by InvokeModel of Amazon Bedrock in one region; API reference §12. */
export function createBedrockUpstream(options: BedrockUpstreamOptions): Upstream {
  return new BedrockUpstream(options);
}

const OK = 200;
/** API reference §12, body limit. */
const BODY_BYTES_MAX: number = 20 * 1024 * 1024;
const EVENT_STREAM = 'application/vnd.amazon.eventstream';
const REQUEST_ID = 'x-amzn-requestid';

const actions = {
  whole: { path: 'invoke', accept: 'application/json' },
  stream: { path: 'invoke-with-response-stream', accept: EVENT_STREAM },
  count: { path: 'count-tokens', accept: 'application/json' },
} as const;

interface BedrockCall {
  readonly kind: 'call';
  readonly action: keyof typeof actions;
  readonly model: string;
  readonly edits: readonly string[];
  readonly told: Told;
  readonly body: Uint8Array;
}

/** An answer, and what its request showed. */
interface AskedBedrock {
  readonly response: EngineResponse;
  readonly secrets: AwsSecrets;
}

/** How AWS says that it does not take what was shown. */
const refusedStatuses: ReadonlySet<number> = new Set([401, 403]);

class BedrockUpstream implements Upstream {
  readonly name: string;
  readonly keepsAccountResources = false;
  readonly seesGatewayFiles = false;
  readonly #options: BedrockUpstreamOptions;
  readonly #client: EngineClient;
  readonly #signer: RequestSigner;

  constructor(options: BedrockUpstreamOptions) {
    this.name = options.name;
    this.#options = options;
    this.#client = new EngineClient(options);
    this.#signer = new RequestSigner(options);
  }

  async send(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    return isAsked(request)
      ? this.#ask(request, cancellation)
      : answerUnasked(request, this.#options);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #ask(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const call = this.#encode(request);
    if (call.kind === 'refusal') return call;
    const asked = await this.#post(call, cancellation);
    if (isRefusal(asked)) return asked;
    const { response } = asked;
    if (response.status !== OK) return this.#error(asked, request, cancellation);
    const headers = [...passedHeaders(response), ...editHeaders(call)];
    if (call.action === 'stream') return this.#stream(asked, request, headers);
    if (call.action === 'count') return this.#count(response, headers, cancellation);
    return {
      kind: 'answer',
      status: response.status,
      headers: [...jsonHeaders, ...headers],
      isEventStream: false,
      body: response.body,
    };
  }

  #encode(request: UpstreamRequest): BedrockCall | Refusal {
    const { models } = this.#options;
    const { operation, stream, headers } = request;
    const body = scanBody(request.body);
    if (body === undefined) return refusal('malformed_json');
    const asked = textMemberOf(body, 'model');
    if (asked === undefined || asked === '') {
      return refusal('invalid_request', 'model: Field required', { param: 'model' });
    }
    const unavailable = refuseUnavailable(body, this.name);
    if (unavailable !== undefined) return unavailable;
    const byDefault = (name: string): string => bedrockName(name, this.#options);
    const named = nameHostModel(asked, { models, byDefault });
    const isCount = operation === 'messages.count_tokens';
    const encoded = isCount ? encodeCount(body, headers) : encodeBody(body, headers);
    if (encoded.length > BODY_BYTES_MAX) return tooLarge(this.name);
    const action = isCount ? 'count' : stream ? 'stream' : 'whole';
    return {
      kind: 'call',
      action,
      model: named.name,
      edits: renameEdits(named),
      told: request,
      body: encoded,
    };
  }

  /** Asks once more where a session has ended and there is another one by now. */
  async #post(call: BedrockCall, cancellation: Cancellation): Promise<AskedBedrock | Refusal> {
    const { secrets } = this.#options;
    const first = await this.#postOnce(call, secrets.current(), cancellation);
    if (isRefusal(first) || !refusedStatuses.has(first.response.status)) return first;
    if (!secrets.hasOthersThan(first.secrets)) return first;
    first.response.body.cancel();
    return this.#postOnce(call, secrets.current(), cancellation);
  }

  async #postOnce(
    { action, model, told, body }: BedrockCall,
    secrets: AwsSecrets,
    cancellation: Cancellation,
  ): Promise<AskedBedrock | Refusal> {
    const { path: verb, accept } = actions[action];
    // A resource's name has slashes and colons of its own, and is one part of the path.
    const path = `/model/${encodeURIComponent(model)}/${verb}`;
    const shown =
      secrets.kind === 'key'
        ? ['authorization', `Bearer ${secrets.key.reveal()}`]
        : await this.#signer.sign(secrets.credentials, this.#options.basePath + path, body);
    const headers = ['content-type', 'application/json', 'accept', accept, ...shown];
    const call = { method: 'POST', path, headers, body, told } as const;
    const response = await this.#client.send(call, cancellation);
    return isRefusal(response) ? response : { response, secrets };
  }

  #hidden({ secrets }: AskedBedrock): readonly string[] {
    return [...this.#client.hidden, ...revealed(secrets)];
  }

  #stream(
    asked: AskedBedrock,
    { requestId }: UpstreamRequest,
    headers: HeaderList,
  ): UpstreamAnswer | Refusal {
    const { log } = this.#options;
    const { response } = asked;
    const type = String(response.headers['content-type'] ?? '');
    if (!type.startsWith(EVENT_STREAM)) {
      response.body.cancel();
      log.warn('upstream_failed', { upstream: this.name, reason: 'no event stream' });
      return refusal('upstream_failed', 'The upstream did not answer with a stream.');
    }
    const body = new BedrockEventSource(response.body, {
      requestId,
      hidden: this.#hidden(asked),
      onError: (reason, { code }) => {
        log.warn('upstream_failed', { upstream: this.name, reason, code });
      },
    });
    return {
      kind: 'answer',
      status: OK,
      headers: [...streamHeaders, ...headers],
      isEventStream: true,
      body,
    };
  }

  async #count(
    response: EngineResponse,
    headers: HeaderList,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const bytes = await this.#client.collect(response, cancellation);
    if (isRefusal(bytes)) return bytes;
    const parsed = parseJson(textOf(bytes));
    const value = parsed.kind === 'value' ? parsed.value : null;
    const tokens = isJsonObject(value) ? value['inputTokens'] : undefined;
    if (typeof tokens !== 'number') {
      return refusal('upstream_failed', 'The upstream did not say how many tokens there are.');
    }
    const answer = jsonAnswer({ input_tokens: tokens });
    return { ...answer, headers: [...answer.headers, ...headers] };
  }

  /** An error of Bedrock as the API would have said it. */
  async #error(
    asked: AskedBedrock,
    { requestId }: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer> {
    const { response } = asked;
    const { status, headers } = response;
    const name = headers['x-amzn-errortype'];
    const text = await this.#client.collectError(response, cancellation);
    const said = readError(
      { name: name === undefined ? undefined : String(name), status, text },
      this.#hidden(asked),
    );
    return {
      kind: 'answer',
      status: errorTable[said.code].status,
      headers: [...jsonHeaders, ...passedHeaders(response)],
      isEventStream: false,
      body: sourceOf(Buffer.from(JSON.stringify(errorEnvelope(said, requestId)))),
    };
  }
}

const jsonHeaders: HeaderList = ['content-type', 'application/json'];
const streamHeaders: HeaderList = [
  'content-type',
  'text/event-stream; charset=utf-8',
  'cache-control',
  'no-cache',
];

/** What goes on to the caller of the headers of AWS, under the API's own names. */
function passedHeaders({ headers }: EngineResponse): HeaderList {
  const { [REQUEST_ID]: requestId, 'retry-after': retryAfter } = headers;
  return [
    ...(requestId === undefined ? [] : ['request-id', String(requestId)]),
    ...(retryAfter === undefined ? [] : ['retry-after', String(retryAfter)]),
  ];
}

function editHeaders({ edits }: BedrockCall): HeaderList {
  return edits.length === 0 ? [] : ['x-quatrain-edits', edits.join(', ')];
}

function tooLarge(name: string): Refusal {
  const text = `Request exceeds the maximum size: the upstream "${name}" takes ${String(BODY_BYTES_MAX)} bytes.`;
  return refusal('request_too_large', text);
}
