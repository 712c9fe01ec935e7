import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { Run } from './run-workers-ai.ts';
import { run } from './run-workers-ai.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from './scripted-upstream.ts';
import type { TestGateway } from './start-test-gateway.ts';
import { startTestGateway } from './start-test-gateway.ts';

/** Where gateways are made and their logs are read; Workers reference §3.11, §3.12. */
export const GATEWAYS = '/client/v4/accounts/a/ai-gateway/gateways';

/** A log as the account's API shows it. */
export interface ShownLog {
  readonly [name: string]: unknown;
  readonly id: string;
}

export interface LogEnvelope {
  readonly success: boolean;
  readonly result: unknown;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
}

export const envelopeIn = ({ body }: RawAnswer): LogEnvelope =>
  JSON.parse(body.toString()) as LogEnvelope;

/** What a reply calls its log. */
export const logIdOf = ({ headers }: RawAnswer): string => String(headers['cf-aig-log-id']);

export interface Asking {
  readonly method?: string;
  readonly body?: object;
  readonly key?: string;
}

/** A gateway in front of a scripted upstream, and the API about its logs. */
export class LoggedGateway {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;

  constructor(gateway: TestGateway, upstream: ScriptedUpstream) {
    this.gateway = gateway;
    this.upstream = upstream;
  }

  static async start(yaml = ''): Promise<LoggedGateway> {
    const upstream = await startScriptedUpstream((_request, response) => response.end());
    return new LoggedGateway(await startTestGateway(upstreamYaml(upstream.url, yaml)), upstream);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.upstream.stop();
  }

  /** What the upstream answers from now on. */
  streams(body: string): void {
    this.upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(body);
    };
  }

  api(path: string, { method, body, key = this.gateway.key }: Asking = {}): Promise<RawAnswer> {
    return sendRaw(`${this.gateway.url}${path}`, {
      ...(method === undefined ? {} : { method }),
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async make(id: string, more: object = {}): Promise<string> {
    const settings = {
      cache_invalidate_on_update: false,
      cache_ttl: 0,
      collect_logs: true,
      rate_limiting_interval: 0,
      rate_limiting_limit: 0,
      ...more,
    };
    const made = await this.api(GATEWAYS, { method: 'POST', body: { id, ...settings } });
    if (made.status !== 200) throw new Error(made.body.toString());
    return id;
  }

  async logs(id: string): Promise<readonly ShownLog[]> {
    return (await this.#result(`${GATEWAYS}/${id}/logs`)) as readonly ShownLog[];
  }

  async log(id: string, logId: string | null | undefined): Promise<ShownLog> {
    return (await this.#result(`${GATEWAYS}/${id}/logs/${String(logId)}`)) as ShownLog;
  }

  /** A run through a gateway, as the binding sends it. */
  run(id: string, options: object = {}, asked: Run = {}): Promise<RawAnswer> {
    return run(this.gateway, {
      path: '/ai-gateway/run?version=3',
      options: { gateway: { id, ...options } },
      ...asked,
    });
  }

  async #result(path: string): Promise<unknown> {
    const answer = await this.api(path);
    if (answer.status !== 200) throw new Error(answer.body.toString());
    return envelopeIn(answer).result;
  }
}
