import { closing, opening, textDelta } from './event-stream.ts';
import type { GatewayHost } from './gateway-host.ts';
import { messageM, messagesBody, startGatewayHost } from './gateway-host.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import { SONNET, run, runOverRest } from './run-workers-ai.ts';

/** What its gateways can look for. */
const yaml = `ai_gateway:
  guardrails:
    patterns:
      S9: ['(?i)\\bnerve gas\\b']
      P1: ['(?i)ignore (all|any) (previous|prior) instructions']
  dlp_profiles:
    cards: { name: Cards, entries: { any-card: { detector: credit-card } } }
    staff: { name: Staff, entries: { number: { pattern: '\\bE-\\d{6}\\b' }, mail: { detector: email } } }
`;

/** A text in a message, as the one that it has. */
export function saying(content: unknown): object {
  return { messages: [{ role: 'user', content }] };
}

export function bodyIn({ body }: RawAnswer): unknown {
  return JSON.parse(body.toString());
}

type Say = (host: GatewayHost, gateway: string, said: unknown) => Promise<RawAnswer>;

/** Every way to say something through a gateway. */
export type Way =
  | 'gateway host'
  | 'gateway host, as a stream'
  | 'compat'
  | 'binding'
  | 'binding, as a stream'
  | 'the account’s API'
  | 'the account’s Messages'
  | 'the account’s Chat Completions';

const ways: Readonly<Record<Way, Say>> = {
  'gateway host': (host, gateway, said) =>
    host.ask('/anthropic/v1/messages', { gateway, body: { ...messagesBody, ...saying(said) } }),
  'gateway host, as a stream': (host, gateway, said) =>
    host.ask('/anthropic/v1/messages', {
      gateway,
      body: { ...messagesBody, ...saying(said), stream: true },
    }),
  compat: (host, gateway, said) =>
    host.ask('/compat/chat/completions', {
      gateway,
      body: { model: 'anthropic/claude-sonnet-4-6', ...saying(said) },
    }),
  binding: (host, id, said) => run(host, { change: saying(said), options: { gateway: { id } } }),
  'binding, as a stream': (host, id, said) =>
    run(host, { change: { ...saying(said), stream: true }, options: { gateway: { id } } }),
  'the account’s API': (host, id, said) =>
    overRest(host, id, [`/run/${SONNET}`, { ...saying(said), max_tokens: 5 }]),
  'the account’s Messages': (host, id, said) =>
    overRest(host, id, ['/v1/messages', { ...messagesBody, ...saying(said) }]),
  'the account’s Chat Completions': (host, id, said) =>
    overRest(host, id, ['/v1/chat/completions', { model: SONNET, ...saying(said) }]),
};

export const allWays: readonly Way[] = Object.keys(ways) as Way[];

function overRest(
  host: GatewayHost,
  id: string,
  [path, body]: readonly [path: string, body: object],
): Promise<RawAnswer> {
  return runOverRest(host, path, body, {
    authorization: `Bearer ${host.key}`,
    'cf-aig-gateway-id': id,
  });
}

/** Gateways with rules about texts, in front of an upstream that says what a test has it say. */
export class GuardedHost {
  readonly host: GatewayHost;

  constructor(host: GatewayHost) {
    this.host = host;
  }

  static async start(gateways: Readonly<Record<string, object>>): Promise<GuardedHost> {
    const host = await startGatewayHost(yaml);
    for (const [id, settings] of Object.entries(gateways)) await host.makeGateway(id, settings);
    return new GuardedHost(host);
  }

  /** How often the upstream was asked since it was told what to say. */
  get asked(): number {
    return this.host.upstream.received.length;
  }

  /** What the upstream says to all that comes, in the form that it is asked for. */
  answers(text: string): void {
    const { upstream } = this.host;
    upstream.received.length = 0;
    upstream.script = ({ body }, response) => {
      const { stream } = JSON.parse(body.toString()) as { readonly stream?: boolean };
      const isStream = stream === true;
      const type = isStream ? 'text/event-stream' : 'application/json';
      response.writeHead(200, { 'content-type': type });
      const message = { ...messageM, content: [{ type: 'text', text }] };
      response.end(isStream ? opening + textDelta(text) + closing : JSON.stringify(message));
    };
  }

  say(gateway: string, said: unknown, way: Way = 'gateway host'): Promise<RawAnswer> {
    return ways[way](this.host, gateway, said);
  }

  /** The log of an answer, as the account's API shows it. */
  async logOf(id: string, { headers }: RawAnswer): Promise<Record<string, unknown>> {
    const logs = await this.logs(id, `/${String(headers['cf-aig-log-id'])}`);
    return logs as Record<string, unknown>;
  }

  async logs(id: string, query: string): Promise<unknown> {
    const answer = await sendRaw(
      `${this.host.url}/client/v4/accounts/a/ai-gateway/gateways/${id}/logs${query}`,
      { headers: { authorization: `Bearer ${this.host.key}` } },
    );
    return (bodyIn(answer) as { readonly result: unknown }).result;
  }

  stop(): Promise<void> {
    return this.host.stop();
  }
}
