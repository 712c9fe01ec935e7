import { textDelta, wholeStream } from './event-stream.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { Script, ScriptedUpstream } from './scripted-upstream.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import type { TestGateway } from './start-test-gateway.ts';
import { startTestGateway } from './start-test-gateway.ts';

/** A gateway with two upstreams, `a` and `b`, that do what a test tells each. */
export interface RoutedGateway {
  readonly gateway: TestGateway;
  readonly a: ScriptedUpstream;
  readonly b: ScriptedUpstream;
  post(more?: object, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  stop(): Promise<void>;
}

export interface RoutedOptions {
  readonly a?: Script;
  readonly b?: Script;
  /** Options of the upstream `a`, each on a line of its own. */
  readonly optionsOfA?: readonly string[];
  readonly yaml?: string;
}

export const askedOfRoute: Readonly<Record<string, unknown>> = {
  model: 'claude-sonnet-4-6',
  max_tokens: 16,
  messages: [{ role: 'user', content: 'Hi' }],
};

/** Answers with a text, in whichever way it is asked. */
export function says(text: string): Script {
  return ({ body, url }, response) => {
    const asked = body.length === 0 ? {} : (JSON.parse(body.toString()) as { stream?: boolean });
    if (asked.stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(wholeStream.replaceAll('Hello, ', text));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    const usage = { input_tokens: 87, output_tokens: 24 };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', stop_reason: 'end_turn' };
    const content = [{ type: 'text', text }];
    response.end(
      JSON.stringify(url.startsWith('/v1/models') ? { data: [] } : { ...message, content, usage }),
    );
  };
}

/** Starts one; each upstream answers with its name where nothing else is said of it. */
export async function startRoutedGateway(options: RoutedOptions = {}): Promise<RoutedGateway> {
  const a = await startScriptedUpstream(options.a ?? says('a'));
  const b = await startScriptedUpstream(options.b ?? says('b'));
  const { optionsOfA = ['auth: none'], yaml = '' } = options;
  const gateway = await startTestGateway(
    `upstreams:
  a:
    kind: anthropic
    base_url: ${a.url}
${optionsOfA.map((line) => `    ${line}\n`).join('')}  b: { kind: anthropic, base_url: ${b.url}, auth: none }
default_upstream: a
${yaml}`,
    { KEY_A: 'first-key', KEY_B: 'second-key', KEY_C: 'third-key' },
  );
  return {
    gateway,
    a,
    b,
    post: (more = {}, headers = {}) =>
      sendRaw(`${gateway.url}/v1/messages`, {
        body: JSON.stringify({ ...askedOfRoute, ...more }),
        headers: { ...gateway.headers, ...headers },
      }),
    async stop(): Promise<void> {
      await gateway.stop();
      await a.stop();
      await b.stop();
    },
  };
}

/** Who answered. */
export function textOfAnswer({ body }: RawAnswer): string {
  const text = body.toString();
  for (const name of ['a', 'b'])
    if (text.includes(textDelta(name)) || text.includes(`"text":"${name}"`)) return name;
  return text;
}
