import { createAiGateway } from './ai-gateway.ts';
import type {
  AiModelMap,
  AiModelsSearchObject,
  AiModelsSearchParams,
  AiOptions,
  WorkersAi,
} from './ai-types.ts';
import { keepHead, readHead } from './answer-head.ts';
import { AiInternalError } from './binding-errors.ts';
import type { ClaudeModels } from './claude-models.ts';
import type { GatewayAddress, GatewayFetch, GatewaySender } from './gateway-call.ts';
import { createSender } from './gateway-call.ts';
import type { GatewayOptions } from './gateway-types.ts';
import type { ConversionRequestOptions, MarkdownDocument } from './markdown-types.ts';
import { createNotServed, notServedError } from './not-served.ts';
import { readListedError, readRunError } from './read-error.ts';
import type { AskedRun } from './run-call.ts';
import { hasStreamInput, runCall } from './run-call.ts';
import { createMarkdownService } from './to-markdown.ts';

/** How `createAI` reaches a gateway. */
export interface CreateAiSettings extends GatewayAddress {
  /** Where the gateway listens, such as `http://127.0.0.1:4114`. */
  readonly baseURL: string;
  /** A key that the gateway takes; it goes there and to no other host. */
  readonly apiKey: string;
  /**
   * What stands for the account in the addresses that `gateway(id).getUrl()` gives; sent along as
   * `x-quatrain-account`. Whose account it is, the key says.
   */
  readonly account?: string | undefined;
  /** The gateway, or its options, of runs that name none. */
  readonly gateway?: string | GatewayOptions | undefined;
  /** In the place of the global one. */
  readonly fetch?: GatewayFetch | undefined;
}

/** The fields that show the latest answer. */
type LatestAnswer = Pick<
  WorkersAi,
  'aiGatewayLogId' | 'lastRequestId' | 'lastRequestHttpStatusCode' | 'lastRequestInternalStatusCode'
>;

/**
 * Makes an object that does what a Worker's `env.AI` does, against a gateway at `baseURL`. It needs
 * nothing but web standards; its methods can be taken off it, and keep working.
 */
export function createAI<Models extends AiModelMap = ClaudeModels>(
  settings: CreateAiSettings,
): WorkersAi<Models> {
  const sender = createSender(settings);
  const latest: LatestAnswer = {
    aiGatewayLogId: null,
    lastRequestId: null,
    lastRequestHttpStatusCode: null,
    lastRequestInternalStatusCode: null,
  };
  const ai = Object.assign(latest, {
    run: async (model: string, inputs: object, options: AiOptions = {}) => {
      const asked = withDefaultGateway(inputs, options, settings.gateway);
      return runModel(sender, latest, { model, inputs, options: asked });
    },
    gateway: (gatewayId: string, options?: { readonly beta?: boolean }) =>
      options?.beta === true
        ? createNotServed('gateway(id, { beta: true })')
        : createAiGateway(sender, gatewayId),
    models: async (params: AiModelsSearchParams = {}) => searchModels(sender, params),
    toMarkdown: (files?: MarkdownDocument[], options?: ConversionRequestOptions) => {
      const service = createMarkdownService(sender);
      return files ? service.transform(files, options) : service;
    },
    fetch: async (input: string | URL | Request, init?: RequestInit) => sender.pass(input, init),
    getLogs: () => [],
    websearch: async () => {
      throw notServedError('websearch()');
    },
    aiSearch: () => createNotServed('aiSearch()'),
    autorag: () => createNotServed('autorag()'),
  });
  return ai as unknown as WorkersAi<Models>;
}

/** A call's own options go before; a stream input cannot have a gateway, so no default is put to it. */
function withDefaultGateway(
  inputs: object,
  options: AiOptions,
  gateway: string | GatewayOptions | undefined,
): AiOptions {
  if (gateway === undefined || hasStreamInput(inputs)) return options;
  const fallback = typeof gateway === 'string' ? { id: gateway } : gateway;
  return { ...options, gateway: { ...fallback, ...options.gateway } };
}

/** Sends a run and chooses what it returns by the answer's head alone (Workers reference §1.4). */
async function runModel(
  sender: GatewaySender,
  latest: LatestAnswer,
  run: AskedRun,
): Promise<unknown> {
  latest.lastRequestId = '';
  const response = await sender.send(runCall(run));
  const head = readHead(response);
  latest.lastRequestId = head.requestId;
  latest.aiGatewayLogId = head.logId;
  latest.lastRequestHttpStatusCode = head.status;
  if (run.options.returnRawResponse || run.options.websocket) return keepHead(response, response);
  if (!response.ok || response.body === null) {
    const { error, internalCode } = await readRunError(response);
    if (internalCode !== undefined) latest.lastRequestInternalStatusCode = internalCode as number;
    throw error;
  }
  // Exactly this: with a charset behind it the caller gets the stream, as from the binding.
  const isJson = response.headers.get('content-type') === 'application/json';
  return keepHead(isJson ? await response.json() : response.body, response);
}

/** Searches the catalog (Workers reference §1.7). */
async function searchModels(
  sender: GatewaySender,
  params: AiModelsSearchParams,
): Promise<AiModelsSearchObject[]> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== undefined) query.set(name, String(value));
  const target = `/ai-api/models/search${query.size > 0 ? `?${query.toString()}` : ''}`;
  const response = await sender.send({ method: 'GET', target });
  if (response.status !== 200) {
    const { message, facts } = await readListedError(response);
    throw new AiInternalError(message, { facts });
  }
  return ((await response.json()) as { readonly result: AiModelsSearchObject[] }).result;
}
