import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import type { TestGateway } from './start-test-gateway.ts';
import { startTestGateway } from './start-test-gateway.ts';

/** A gateway in front of a scripted upstream, asked at the URLs of its AI gateways; Workers reference §3.1. */
export interface GatewayHost extends TestGateway {
  readonly upstream: ScriptedUpstream;
  /** Makes an AI gateway that caches nothing and limits nothing. */
  makeGateway(id: string, settings?: object): Promise<void>;
  /** Posts to a path below one. Its own token is sent along unless the headers say otherwise. */
  ask(path: string, asked: HostQuestion): Promise<RawAnswer>;
  /** Has the upstream give these answers in turn, and the last one from then on. */
  answers(...scripts: readonly Answer[]): void;
}

export interface HostQuestion {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly gateway?: string;
  readonly method?: string;
}

/** A status and what stands in the body: the message of the reference's cases where absent. */
export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly contentType?: string;
}

/** The message of the reference's cases. */
export const messageM = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'hi' }],
  model: 'claude-sonnet-4-6',
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
} as const;

/** An error as the provider says it. */
export function providersError(type: string, message: string): string {
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_up' });
}

export const messagesBody = {
  model: 'claude-sonnet-4-6',
  max_tokens: 5,
  messages: [{ role: 'user', content: 'hi' }],
} as const;

/** Makes an AI gateway of an account that caches nothing and limits nothing, unless the settings say so. */
export async function makeGateway(
  { url, key }: Pick<TestGateway, 'url' | 'key'>,
  settings: object,
): Promise<void> {
  const plain = {
    cache_invalidate_on_update: false,
    cache_ttl: 0,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
  };
  const { status, body } = await sendRaw(`${url}/client/v4/accounts/a/ai-gateway/gateways`, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ ...plain, ...settings }),
  });
  if (status !== 200) throw new Error(`no gateway: ${body.toString()}`);
}

/** Starts one. The upstream has a key of its own, and takes those of callers. */
export async function startGatewayHost(more = ''): Promise<GatewayHost> {
  const upstream = await startScriptedUpstream((_request, response) => response.end());
  const yaml = `upstreams:\n  scripted:\n    kind: anthropic\n    base_url: ${upstream.url}\n    api_key: env:OWN_KEY\n    provider_keys: true\n${more}`;
  const started = await startTestGateway(yaml, { OWN_KEY: 'sk-own' });
  const json = { 'content-type': 'application/json' };
  return {
    ...started,
    upstream,
    makeGateway: (id, settings = {}) => makeGateway(started, { id, ...settings }),
    ask(path, { body, headers = {}, gateway: id = 'default', method }) {
      const own = { 'cf-aig-authorization': `Bearer ${started.key}` };
      const all = { ...json, 'anthropic-version': '2023-06-01', ...own, ...headers };
      const sent = Object.entries(all).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      );
      return sendRaw(`${started.url}/v1/acme/${id}${path}`, {
        ...(method === undefined ? {} : { method }),
        headers: Object.fromEntries(sent),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    answers(...scripts) {
      upstream.received.length = 0;
      let next = 0;
      upstream.script = (_request, response) => {
        const script = scripts[Math.min(next, scripts.length - 1)];
        next += 1;
        const { status = 200, body, contentType = 'application/json' } = script ?? {};
        response.writeHead(status, { 'content-type': contentType });
        response.end(body ?? JSON.stringify(messageM));
      };
    },
    async stop() {
      await started.stop();
      await upstream.stop();
    },
  };
}
