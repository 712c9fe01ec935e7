import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type {
  HeaderList,
  Operation,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../messages/upstream.ts';
import { accountOperations } from '../../messages/upstream.ts';
import type { Cancellation } from '../../std/cancellation.ts';
import type { Secret } from '../../std/secret.ts';
import type { Log } from '../../telemetry/log.ts';
import { failureCodes } from '../failure-codes.ts';
import { messagesHeaders } from '../messages-headers.ts';
import { toldHeaders } from '../told-headers.ts';
import type { Transport, TransportResult } from '../transport.ts';

export interface AnthropicUpstreamOptions {
  readonly name: string;
  /** What stands before `/v1/…` in the upstream's paths; empty or with a leading slash. */
  readonly basePath: string;
  readonly transport: Transport;
  /** How the credential is sent; absent where the upstream wants none. */
  readonly credential?: { readonly auth: 'x-api-key' | 'bearer'; readonly key: Secret };
  /** Whether callers may use the account's batches and files, which all of them share. */
  readonly sharesAccountResources: boolean;
  /** Whether callers' own keys may go in the place of the credential. */
  readonly takesProviderKeys: boolean;
  readonly userAgent: string;
  readonly log: Log;
}

/** Whose keys these are, as URLs of gateways spell it; Workers reference §3.1. */
const PROVIDER = 'anthropic';

/** An upstream that speaks the Messages API itself: what came in goes out, byte for byte. */
export function createAnthropicUpstream(options: AnthropicUpstreamOptions): Upstream {
  const { name, transport, log } = options;
  const ownHeaders = [
    'user-agent',
    options.userAgent,
    // The relay reads events as they pass: a compressed answer would have to be unpacked first.
    'accept-encoding',
    'identity',
  ];
  const credential = credentialHeaders(options.credential);
  return {
    name,
    keepsAccountResources: options.sharesAccountResources,
    seesGatewayFiles: false,
    ...(options.takesProviderKeys ? { provider: PROVIDER } : {}),
    async send(
      request: UpstreamRequest,
      cancellation: Cancellation,
    ): Promise<UpstreamAnswer | Refusal> {
      if (accountOperations.has(request.operation) && !options.sharesAccountResources) {
        return refusal('permission_denied', sharingText(request.operation, name));
      }
      const result = await transport.send(
        {
          method: request.method,
          path: `${options.basePath}${request.path}`,
          headers: [
            ...ownHeaders,
            ...(callersCredential(request, options) ?? credential),
            ...request.headers,
            ...toldHeaders(request, true),
          ],
          body: request.body,
        },
        cancellation,
      );
      if (result.kind === 'response') return answerOf(result, options);
      const { reason, detail } = result.failure;
      if (reason !== 'cancelled') log.warn('upstream_failed', { upstream: name, reason, detail });
      return refusal(failureCodes[reason]);
    },
    close: () => transport.close(),
  };
}

/** A key of the caller's own, sent as it came, or as ours would be. */
function callersCredential(
  { providerKey }: UpstreamRequest,
  { takesProviderKeys, credential }: AnthropicUpstreamOptions,
): HeaderList | undefined {
  if (providerKey === undefined || !takesProviderKeys) return undefined;
  const auth = providerKey.auth ?? credential?.auth ?? 'x-api-key';
  return credentialHeaders({ auth, key: providerKey.key });
}

function credentialHeaders(credential: AnthropicUpstreamOptions['credential']): HeaderList {
  if (credential === undefined) return [];
  const key = credential.key.reveal();
  return credential.auth === 'bearer' ? ['authorization', `Bearer ${key}`] : ['x-api-key', key];
}

function answerOf(
  response: Extract<TransportResult, { kind: 'response' }>,
  { name, log }: AnthropicUpstreamOptions,
): UpstreamAnswer | Refusal {
  const { status, body } = response;
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    body.cancel();
    log.warn('upstream_failed', { upstream: name, reason: 'compressed answer' });
    return refusal(
      'upstream_failed',
      'The upstream sent a compressed answer, which was not asked for.',
    );
  }
  const headers = messagesHeaders(response);
  const contentType = String(response.headers['content-type'] ?? '');
  const isEventStream = contentType.startsWith('text/event-stream');
  return { kind: 'answer', status, headers, isEventStream, body };
}

function sharingText(operation: Operation, upstream: string): string {
  const what = operation.startsWith('files') ? 'Files' : 'Message batches';
  return `${what} belong to the account behind the upstream "${upstream}", and every caller would see them. If that is wanted, set upstreams.${upstream}.share_account_resources: true.`;
}
