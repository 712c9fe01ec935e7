import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type {
  HeaderList,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { EngineClientOptions, EngineResponse } from './chat-completions/engine-client.ts';
import { EngineClient, isEventStream } from './chat-completions/engine-client.ts';
import type { EngineModel } from './chat-completions/engine-models.ts';
import { modelAt, pageOfModels } from './chat-completions/engine-models.ts';
import { withoutWords } from './hide-words.ts';
import { HiddenErrorsSource } from './hidden-errors-source.ts';
import type { HostCredential, ShownCredential } from './host-credential.ts';
import { mayRenew, showCredential } from './host-credential.ts';
import type { HostError } from './host-error.ts';
import { readHostError } from './host-error.ts';
import { messagesHeaders } from './messages-headers.ts';
import type { Told } from './told-headers.ts';

/** A request as a host wants it. */
export interface HostCall {
  readonly kind: 'call';
  /** Below the base path. */
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** What was changed because the configuration says so: named to the caller. */
  readonly edits: readonly string[];
}

/** An answer in one piece, as a host wraps it, made canonical. */
export type HostDecoded =
  | { readonly kind: 'decoded'; readonly body: Uint8Array; readonly isEventStream: boolean }
  | { readonly kind: 'host-error'; readonly error: HostError };

/** In what a host differs that serves the Messages form at an address of its own; API reference §12. */
export interface HostWays {
  /** The largest body that it takes. */
  readonly bodyBytesMax: number;
  /** What no message of an error says beside its address and the credential. */
  readonly hidden: readonly string[];
  /** Its own names of headers that go on to the caller, with those under which they do. */
  readonly passedHeaders: Readonly<Record<string, string>>;
  readonly encode: (request: UpstreamRequest) => HostCall | UpstreamAnswer | Refusal;
  /** What its own words for an error amount to. */
  readonly understand: (error: HostError) => HostError;
  /** Unwraps what is no stream. Absent where answers come as the API writes them. */
  readonly decode?: (bytes: Uint8Array, request: UpstreamRequest) => HostDecoded | Refusal;
}

export interface HostUpstreamOptions extends Omit<EngineClientOptions, 'key'> {
  readonly credential: HostCredential;
  /** What `GET /v1/models` lists: no such host has that. */
  readonly listModels: () => readonly EngineModel[];
}

/** An upstream at a host that serves the Messages form in its own wrapping. */
export function createHostUpstream(options: HostUpstreamOptions, ways: HostWays): Upstream {
  return new HostUpstream(options, ways);
}

const OK = 200;
const UNAUTHORIZED = 401;
const jsonHeaders: HeaderList = ['content-type', 'application/json'];
const streamHeaders: HeaderList = [
  'content-type',
  'text/event-stream; charset=utf-8',
  'cache-control',
  'no-cache',
];

class HostUpstream implements Upstream {
  readonly name: string;
  readonly keepsAccountResources = false;
  readonly seesGatewayFiles = false;
  readonly #options: HostUpstreamOptions;
  readonly #ways: HostWays;
  readonly #client: EngineClient;

  constructor(options: HostUpstreamOptions, ways: HostWays) {
    this.name = options.name;
    this.#options = options;
    this.#ways = ways;
    this.#client = new EngineClient(options);
  }

  async send(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    return isAsked(request)
      ? this.#ask(request, cancellation)
      : answerUnasked(request, this.#options);
  }

  async close(): Promise<void> {
    const { credential } = this.#options;
    if (credential.kind === 'bearer') await credential.source.close();
    await this.#client.close();
  }

  async #ask(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const call = this.#ways.encode(request);
    if (call.kind !== 'call') return call;
    const { bodyBytesMax } = this.#ways;
    if (call.body.length > bodyBytesMax) {
      const text = `Request exceeds the maximum size: the upstream "${this.name}" takes ${String(bodyBytesMax)} bytes.`;
      return refusal('request_too_large', text);
    }
    const asked = await this.#askAs(call, request, cancellation);
    if (isRefusal(asked)) return asked;
    return this.#answer(asked, { request, edits: call.edits, cancellation });
  }

  /** Asks once more where the host did not take a token that may have run out before its time. */
  async #askAs(
    call: HostCall,
    told: Told,
    cancellation: Cancellation,
  ): Promise<AskedHost | Refusal> {
    const first = await this.#askOnce(call, told, cancellation);
    if (isRefusal(first) || first.response.status !== UNAUTHORIZED) return first;
    if (!mayRenew(this.#options.credential, first.credential)) return first;
    first.response.body.cancel();
    return this.#askOnce(call, told, cancellation);
  }

  async #askOnce(
    { path, headers, body }: HostCall,
    told: Told,
    cancellation: Cancellation,
  ): Promise<AskedHost | Refusal> {
    const credential = await showCredential(this.#options.credential);
    if (isRefusal(credential)) return credential;
    const response = await this.#client.send(
      { method: 'POST', path, headers: [...credential.headers, ...headers], body, told },
      cancellation,
    );
    return isRefusal(response) ? response : { response, credential };
  }

  async #answer(
    { response, credential }: AskedHost,
    { request, edits, cancellation }: HostAnswering,
  ): Promise<UpstreamAnswer | Refusal> {
    const error = { credential, response, request };
    if (response.status !== OK) {
      const text = await this.#client.collectError(response, cancellation);
      return this.#error({ status: response.status, text }, error);
    }
    const named = edits.length === 0 ? [] : ['x-quatrain-edits', edits.join(', ')];
    const headers = [...this.#passed(response), ...named];
    const isStream = isEventStream(response);
    const { decode } = this.#ways;
    if (isStream || decode === undefined) {
      const { status } = response;
      const hidden = this.#hidden(credential);
      const body = isStream
        ? new HiddenErrorsSource(response.body, (event) => withoutWords(event, hidden))
        : response.body;
      return { kind: 'answer', status, headers, isEventStream: isStream, body };
    }
    const bytes = await this.#client.collect(response, cancellation);
    if (isRefusal(bytes)) return bytes;
    const decoded = decode(bytes, request);
    if (decoded.kind === 'refusal') return decoded;
    if (decoded.kind === 'host-error') return this.#error(decoded.error, error);
    return {
      kind: 'answer',
      status: response.status,
      headers: [...withoutType(headers), ...(decoded.isEventStream ? streamHeaders : jsonHeaders)],
      isEventStream: decoded.isEventStream,
      body: sourceOf(decoded.body),
    };
  }

  #error(
    said: HostError,
    { response, credential, request: { requestId } }: ErrorContext,
  ): UpstreamAnswer {
    const { understand } = this.#ways;
    const hidden = this.#hidden(credential);
    const { status, body } = readHostError(said, { hidden, requestId, understand });
    return {
      kind: 'answer',
      status,
      headers: [...withoutType(this.#passed(response)), ...jsonHeaders],
      isEventStream: false,
      body: sourceOf(body),
    };
  }

  #hidden({ shown }: ShownCredential): readonly string[] {
    return [...this.#client.hidden, ...this.#ways.hidden, shown.reveal()];
  }

  #passed(response: EngineResponse): HeaderList {
    const own = Object.entries(this.#ways.passedHeaders).flatMap(([name, as]) => {
      const value = response.headers[name];
      return value === undefined ? [] : [as, String(value)];
    });
    return [...messagesHeaders(response), ...own];
  }
}

interface AskedHost {
  readonly response: EngineResponse;
  readonly credential: ShownCredential;
}

interface HostAnswering {
  readonly request: UpstreamRequest;
  readonly edits: readonly string[];
  readonly cancellation: Cancellation;
}

interface ErrorContext extends AskedHost {
  readonly request: UpstreamRequest;
}

function withoutType(headers: HeaderList): HeaderList {
  return headers.filter((_, index) => {
    const name = headers[index - (index % 2)];
    return name !== 'content-type' && name !== 'cache-control';
  });
}

/** Whether it is something that a host serves. */
export function isAsked({ operation }: UpstreamRequest): boolean {
  return operation === 'messages.create' || operation === 'messages.count_tokens';
}

/** What no host serves: lists of models are answered here, and nothing else is. */
export function answerUnasked(
  { operation, path }: UpstreamRequest,
  { name, listModels }: Pick<HostUpstreamOptions, 'name' | 'listModels'>,
): UpstreamAnswer | Refusal {
  if (operation === 'models.list') return answerOrRefusal(pageOfModels(listModels(), path));
  if (operation === 'models.get') return answerOrRefusal(modelAt(listModels(), path));
  return refusal('not_found', `The upstream "${name}" does not serve this.`);
}

function answerOrRefusal(value: object): UpstreamAnswer | Refusal {
  return isRefusal(value) ? value : jsonAnswer(value);
}

/** An answer that is given here, without asking the host. */
export function jsonAnswer(value: object): UpstreamAnswer {
  const body = sourceOf(Buffer.from(JSON.stringify(value)));
  return { kind: 'answer', status: OK, headers: jsonHeaders, isEventStream: false, body };
}
