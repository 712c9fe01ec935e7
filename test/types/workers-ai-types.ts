import type { Ai, AiModels } from '@cloudflare/workers-types';
import type {
  AiGateway,
  ClaudeInputs,
  ClaudeMessage,
  ClaudeModels,
  WorkersAi,
} from '../../clients/workers-ai/workers-ai.ts';
import { createAI } from '../../clients/workers-ai/workers-ai.ts';

/*
 * What the compiler must say of quatrain/workers-ai. It runs three times over this file: with the
 * types of Node, of a browser and of a Worker, which differ in what a Response is.
 */

declare const ai: WorkersAi;
declare const gateway: AiGateway;

/** The same type, neither wider nor narrower, and not one that fits everything. */
type Same<Left, Right> = 0 extends 1 & Left
  ? false
  : [Left, Right] extends [Right, Left]
    ? true
    : false;

/** Compiles where the value's type is exactly the one named. */
function hasType<Wanted>() {
  return <Given>(_given: Given, _same: Same<Given, Wanted>): void => undefined;
}

/** Stands in for `env.AI`: for the plain type, and for one that knows the catalog's models. */
export const plain: Ai = createAI({ baseURL: 'http://localhost:8787', apiKey: 'key' });
export const typed: Ai<AiModels & ClaudeModels> = ai;
export const env: { readonly AI: Ai } = { AI: ai };
export const boundGateway: ReturnType<Ai['gateway']> = gateway;

const inputs: ClaudeInputs = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };

export async function runs(): Promise<void> {
  const model = 'anthropic/claude-sonnet-4.6';
  hasType<ClaudeMessage>()(await ai.run(model, inputs as ClaudeInputs & { stream: false }), true);
  const message = await ai.run(model, {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    max_tokens: 5,
  });
  hasType<ClaudeMessage>()(message, true);
  hasType<number>()(message.usage.output_tokens, true);
  hasType<ReadableStream<Uint8Array>>()(
    await ai.run(model, {
      messages: [{ role: 'user', content: 'hi' }],
      max_tokens: 5,
      stream: true,
    }),
    true,
  );
  hasType<ClaudeMessage | ReadableStream<Uint8Array>>()(
    await ai.run(model, { ...inputs, stream: Math.max(1) > 0 }),
    true,
  );
  hasType<Response>()(await ai.run(model, inputs, { returnRawResponse: true }), true);
  hasType<Response>()(await ai.run(model, inputs, { websocket: true }), true);
  hasType<Record<string, unknown>>()(await ai.run('someone/else', { prompt: 'hi' }), true);
  hasType<Response>()(
    await ai.run('someone/else', { prompt: 'hi' }, { returnRawResponse: true }),
    true,
  );
  hasType<ReadableStream<Uint8Array>>()(await ai.run('someone/else', { stream: true }), true);
}

/** A program's own types of what it asks; interfaces have no index signature. */
interface OwnMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}
interface OwnInputs {
  readonly messages: readonly OwnMessage[];
  readonly max_tokens: number;
}

export async function everyModel(name: keyof ClaudeModels): Promise<void> {
  const asked = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 } as const;
  hasType<Response>()(await ai.run(name, asked, { returnRawResponse: true }), true);
  hasType<ReadableStream<Uint8Array>>()(await ai.run(name, { ...asked, stream: true }), true);
}

export async function ownTypes(asked: OwnInputs, name: keyof ClaudeModels): Promise<void> {
  hasType<ClaudeMessage>()(await ai.run('anthropic/claude-opus-5', asked), true);
  hasType<ClaudeMessage>()(await ai.run(name, { ...asked, stream: false }), true);
  const { content } = await ai.run(name, asked);
  await ai.run(name, { ...asked, messages: [...asked.messages, { role: 'assistant', content }] });
  const unlisted: string = name;
  hasType<Record<string, unknown>>()(await ai.run(unlisted, { ...asked }), true);
}

/** A wrapper of `fetch`, which has nothing but the call. */
export const wrapped: WorkersAi = createAI({
  baseURL: 'http://localhost:8787',
  apiKey: 'key',
  fetch: async (input: string | URL | Request, init?: RequestInit) => fetch(input, init),
});
export const handed: WorkersAi = createAI({ baseURL: 'http://localhost', apiKey: 'key', fetch });

export async function options(): Promise<void> {
  const { signal } = new AbortController();
  await ai.run('anthropic/claude-sonnet-4', inputs, {
    // The id may be left out, and `rejectIfBusy` is there.
    gateway: { skipCache: true, metadata: { user: 'u', count: 1, on: true, none: null } },
    rejectIfBusy: true,
    tags: ['a'],
    extraHeaders: { 'cf-aig-zdr': 'true' },
    signal,
  });
  const steps = { provider: 'anthropic', endpoint: 'v1/messages', headers: {}, query: {} };
  hasType<Response>()(await gateway.run(steps, { gateway: { skipCache: true } }), true);
  hasType<string>()(await ai.gateway('g').getUrl('anthropic'), true);
  hasType<Date>()((await gateway.getLog('l')).created_at, true);
}

export async function refused(): Promise<void> {
  // @ts-expect-error -- `max_tokens` is required.
  await ai.run('anthropic/claude-sonnet-4.6', { messages: [] });
  const unsaid = { messages: [{ role: 'system', content: 'x' }], max_tokens: 1 } as const;
  // @ts-expect-error -- there is no such role.
  await ai.run('anthropic/claude-sonnet-4.6', unsaid);
  hasType<never>()(ai.autorag('rag'), true);
  // @ts-expect-error -- a gateway is at an address.
  createAI({ apiKey: 'key' });
}
