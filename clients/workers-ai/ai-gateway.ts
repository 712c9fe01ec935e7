import { AiGatewayLogNotFound } from './binding-errors.ts';
import type { GatewayCall, GatewaySender } from './gateway-call.ts';
import type {
  AiGateway,
  AiGatewayLog,
  GatewayOptions,
  UniversalRequest,
  UniversalRunOptions,
} from './gateway-types.ts';
import { keepHead } from './answer-head.ts';
import { readGatewayError } from './read-error.ts';

const json = { 'content-type': 'application/json' };

/** Gives the methods of one gateway (Workers reference §1.6). */
export function createAiGateway(sender: GatewaySender, gatewayId: string): AiGateway {
  const gateway = `/ai-gateway/gateways/${gatewayId}`;
  const askLog = async (call: GatewayCall): Promise<Response> => {
    const response = await sender.send(call);
    if (response.status === 200) return response;
    throw response.status === 404
      ? await readGatewayError(response, 'Log Not Found', AiGatewayLogNotFound)
      : await readGatewayError(response);
  };
  return {
    // One function for both signatures of the type, so what it gives has to fit the uncallable one.
    run: async (
      data: UniversalRequest | readonly UniversalRequest[],
      options?: UniversalRunOptions,
    ): Promise<never> => {
      const steps = Array.isArray(data) ? (data as readonly UniversalRequest[]) : [data];
      const response = await sender.send({
        method: 'POST',
        target: `/ai-gateway/universal/run/${gatewayId}`,
        headers: [json, gatewayHeaders(options?.gateway), options?.extraHeaders],
        body: JSON.stringify(steps.map((step) => withTextHeaders(step as UniversalRequest))),
        signal: options?.signal,
      });
      return keepHead(response, response) as never;
    },
    getLog: async (logId) => {
      const response = await askLog({ method: 'GET', target: `${gateway}/logs/${logId}` });
      const { result } = (await response.json()) as { readonly result: AiGatewayLog };
      return { ...result, created_at: new Date(result.created_at) };
    },
    patchLog: async (logId, data) => {
      const response = await askLog({
        method: 'PATCH',
        target: `${gateway}/logs/${logId}`,
        headers: [json],
        body: JSON.stringify(data),
      });
      await response.body?.cancel();
    },
    getUrl: async (provider = 'universal') => {
      const response = await sender.send({ method: 'GET', target: `${gateway}/url/${provider}` });
      if (!response.ok) throw await readGatewayError(response);
      const { result } = (await response.json()) as { readonly result: { readonly url: string } };
      return result.url;
    },
  };
}

/** Header values may be given as what they mean; the caller's own object is left as it is. */
function withTextHeaders(step: UniversalRequest): UniversalRequest {
  const headers = Object.entries(step.headers).map(([name, value]) => [name, headerText(value)]);
  return { ...step, headers: Object.fromEntries(headers) as UniversalRequest['headers'] };
}

function headerText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** How a header is made from an option; `undefined` sends none (Workers reference §1.6, the table). */
type HeaderOf = (options: GatewayOptions) => string | undefined;

const optionHeaders: Readonly<Record<string, HeaderOf>> = {
  'cf-aig-skip-cache': ({ skipCache }) => flag(skipCache),
  // Zero is not sent: so does the binding.
  'cf-aig-cache-ttl': ({ cacheTtl }) => (cacheTtl ? String(cacheTtl) : undefined),
  'cf-aig-metadata': ({ metadata }) => (metadata ? JSON.stringify(metadata) : undefined),
  'cf-aig-cache-key': ({ cacheKey }) => cacheKey || undefined,
  'cf-aig-collect-log': ({ collectLog }) => flag(collectLog),
  'cf-aig-event-id': ({ eventId }) => eventId,
  'cf-aig-request-timeout': ({ requestTimeoutMs }) => requestTimeoutMs?.toString(),
  'cf-aig-max-attempts': ({ retries }) => retries?.maxAttempts?.toString(),
  'cf-aig-retry-delay': ({ retries }) => retries?.retryDelayMs?.toString(),
  'cf-aig-backoff': ({ retries }) => retries?.backoff,
};

function gatewayHeaders(options: GatewayOptions = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(optionHeaders).flatMap(([name, headerOf]) => {
      const value = headerOf(options);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function flag(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'true' : 'false';
}
