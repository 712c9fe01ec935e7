import type { Operation } from '../../messages/upstream.ts';
import type { Dialect } from '../dialect.ts';
import { messagesDialect } from '../messages/messages-dialect.ts';
import { accountDialect } from './account-dialect.ts';
import type { HostForm } from './as-host-form.ts';
import { asHostForm } from './as-host-form.ts';
import { routedChatDialect } from './routed-chat-dialect.ts';

/** What a gateway's URL ends in, and who answers it. */
export interface GatewayEndpoint {
  readonly method: 'GET' | 'POST';
  /** The provider as these URLs spell it. */
  readonly provider: string;
  /** Behind the provider. `{id}` stands for one segment, `{model…}` for all that is left. */
  readonly path: string;
  readonly operation: Operation;
  /** The provider's own form, which requests below a gateway have within its form. */
  readonly native: Dialect;
  readonly usualHeaders: HostForm['usualHeaders'];
  /** What an upstream is asked for; `{id}` as in `path`. */
  readonly upstreamPath: string;
  /** Whether a query goes on to the upstream. */
  readonly passesQuery?: boolean;
}

const messagesPaths: readonly (readonly [GatewayEndpoint['method'], string, Operation])[] = [
  ['POST', '/messages', 'messages.create'],
  ['POST', '/messages/count_tokens', 'messages.count_tokens'],
  ['GET', '/models', 'models.list'],
  ['GET', '/models/{id}', 'models.get'],
  ['POST', '/complete', 'complete.create'],
];

/** Workers reference §3.1, §6 lesson 30: with and without the version, as clients build them. */
const messagesPrefixes = ['/v1', ''] as const;

/** Workers reference §3.1, §3.8: the last one is how the documentation's own sample spells it. */
const chatPaths = ['/chat/completions', '/v1/chat/completions', '/chat/completion'] as const;

/** Workers reference §2.2, case G23: documents show the second, clients ask for the first. */
const runPaths = ['/run/{model…}', '/{model…}'] as const;

const MESSAGES = '/v1/messages';

/** Every provider's path below a gateway's URL; what comes first goes first. */
export const gatewayEndpoints: readonly GatewayEndpoint[] = [
  ...messagesPrefixes.flatMap((prefix) =>
    messagesPaths.map(([method, path, operation]): GatewayEndpoint => ({
      method,
      provider: 'anthropic',
      path: `${prefix}${path}`,
      operation,
      native: messagesDialect,
      usualHeaders: 'provider-key',
      upstreamPath: `/v1${path}`,
      passesQuery: true,
    })),
  ),
  ...chatPaths.map((path) => asking('compat', path, routedChatDialect)),
  asking('workers-ai', '/v1/chat/completions', routedChatDialect),
  ...runPaths.map((path) => asking('workers-ai', path, accountDialect)),
];

function asking(provider: 'compat' | 'workers-ai', path: string, native: Dialect): GatewayEndpoint {
  return {
    method: 'POST',
    provider,
    path,
    operation: 'messages.create',
    native,
    usualHeaders: provider === 'compat' ? 'translated-key' : 'account-key',
    upstreamPath: MESSAGES,
  };
}

/** An endpoint that a step of a universal request names, and what it says besides. */
export interface StepEndpoint {
  readonly endpoint: GatewayEndpoint;
  readonly params: Readonly<Record<string, string>>;
}

const MODEL = '{model…}';
const MODEL_LETTERS_MAX = 1024;

/** The endpoint behind a provider's path with a slash in front. Steps have bodies, so all are posted. */
export function findStepEndpoint(provider: string, path: string): StepEndpoint | undefined {
  for (const endpoint of gatewayEndpoints) {
    if (endpoint.method !== 'POST' || endpoint.provider !== provider) continue;
    if (endpoint.path === path) return { endpoint, params: {} };
    const start = endpoint.path.endsWith(MODEL) ? endpoint.path.slice(0, -MODEL.length) : undefined;
    if (start === undefined || !path.startsWith(start)) continue;
    const model = path.slice(start.length, start.length + MODEL_LETTERS_MAX);
    if (model !== '') return { endpoint, params: { model } };
  }
  return undefined;
}

/** The form of what a gateway's URLs say where no provider is known. */
export const gatewayHostDialect: Dialect = asHostForm(messagesDialect, {
  usualHeaders: 'provider-key',
});
