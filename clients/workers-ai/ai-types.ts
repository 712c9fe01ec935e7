import type { ClaudeModels } from './claude-models.ts';
import type { AiGateway, GatewayOptions } from './gateway-types.ts';
import type {
  ConversionRequestOptions,
  ConversionResponse,
  MarkdownDocument,
  ToMarkdownService,
} from './markdown-types.ts';

/** What goes with a run besides its inputs (Workers reference §1.3). */
export interface AiOptions {
  gateway?: GatewayOptions;
  /** Gives the `Response` itself, whatever its status. */
  returnRawResponse?: boolean;
  websocket?: boolean;
  queueRequest?: boolean;
  rejectIfBusy?: boolean;
  tags?: string[];
  prefix?: string;
  extraHeaders?: object;
  signal?: AbortSignal;
  /** The older place of extra headers. */
  sessionOptions?: { readonly extraHeaders?: object };
}

/** Names of models, what each takes and what it gives. */
export type AiModelMap = Record<string, { inputs: object; postProcessedOutputs: unknown }>;

/** What `queueRequest` gives. */
export interface AiAsyncBatchResponse {
  request_id: string;
}

/** What `models` searches by. */
export interface AiModelsSearchParams {
  author?: string;
  hide_experimental?: boolean;
  page?: number;
  per_page?: number;
  search?: string;
  source?: number;
  task?: string;
}

/** One model as `models` lists it. */
export interface AiModelsSearchObject {
  id: string;
  source: number;
  name: string;
  description: string;
  task: { id: string; name: string; description: string };
  tags: string[];
  properties: { property_id: string; value: string }[];
}

/** A name that the map does not have. */
type Unlisted<Model extends string, Models> = Model extends keyof Models ? never : Model;

/**
 * The object that stands in for a Worker's `env.AI`. It has every member that the binding has at
 * run time, and types for what the catalog's Claude models take and give.
 */
export interface WorkersAi<Models extends AiModelMap = ClaudeModels> {
  /** Of the latest answer, like the three below: calls at once overwrite it. See `headOf`. */
  aiGatewayLogId: string | null;
  lastRequestId: string | null;
  lastRequestHttpStatusCode: number | null;
  lastRequestInternalStatusCode: number | null;

  /**
   * Nobody can call this one. It makes the object assignable to the binding's type in programs
   * where that type has another `Response` than the program itself.
   */
  run(model: never, inputs: never, options: never): Promise<never>;
  // Names that the map lacks stand first: of a call that fits nothing, the compiler says what is
  // wrong by the last signature, and that should be of inputs and not of the name.
  run<Model extends string>(
    model: Unlisted<Model, Models>,
    inputs: Record<string, unknown>,
    options: AiOptions & ({ returnRawResponse: true } | { websocket: true }),
  ): Promise<Response>;
  run<Model extends string>(
    model: Unlisted<Model, Models>,
    inputs: Record<string, unknown> & { stream: true },
    options?: AiOptions,
  ): Promise<ReadableStream<Uint8Array>>;
  run<Model extends string>(
    model: Unlisted<Model, Models>,
    inputs: Record<string, unknown>,
    options?: AiOptions,
  ): Promise<Record<string, unknown>>;
  run<Name extends keyof Models & string>(
    model: Name,
    inputs: { requests: Models[Name]['inputs'][] },
    options: AiOptions & { queueRequest: true },
  ): Promise<AiAsyncBatchResponse>;
  run<Name extends keyof Models & string>(
    model: Name,
    inputs: Models[Name]['inputs'],
    options: AiOptions & ({ returnRawResponse: true } | { websocket: true }),
  ): Promise<Response>;
  run<Name extends keyof Models & string>(
    model: Name,
    inputs: Models[Name]['inputs'] & { stream: true },
    options?: AiOptions,
  ): Promise<ReadableStream<Uint8Array>>;
  run<Name extends keyof Models & string>(
    model: Name,
    inputs: Models[Name]['inputs'] & { stream?: false },
    options?: AiOptions,
  ): Promise<Models[Name]['postProcessedOutputs']>;
  run<Name extends keyof Models & string>(
    model: Name,
    inputs: Models[Name]['inputs'],
    options?: AiOptions,
  ): Promise<Models[Name]['postProcessedOutputs'] | ReadableStream<Uint8Array>>;

  gateway(gatewayId: string, options?: { readonly beta?: boolean }): AiGateway;
  models(params?: AiModelsSearchParams): Promise<AiModelsSearchObject[]>;
  toMarkdown(): ToMarkdownService;
  toMarkdown(
    files: MarkdownDocument[],
    options?: ConversionRequestOptions,
  ): Promise<ConversionResponse[]>;
  toMarkdown(
    files: MarkdownDocument,
    options?: ConversionRequestOptions,
  ): Promise<ConversionResponse>;
  /** Any request to the gateway; of the address, path and query count. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Always empty, as the binding's. */
  getLogs(): string[];

  /** Not served: it rejects. */
  websearch(request: object): Promise<never>;
  /** Not served: whatever is called on what it returns rejects. */
  aiSearch(): NotServed;
  /** Not served: whatever is called on what it returns rejects. */
  autorag(autoragId: string): NotServed;
}

/** Stands for a service that the gateway does not have. Its type fits wherever one is expected. */
export type NotServed = never;
