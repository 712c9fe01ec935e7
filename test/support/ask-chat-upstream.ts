import { isRefusal, refusalText } from '../../src/messages/errors.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../../src/messages/upstream.ts';
import { collect, sourceOf } from '../../src/std/byte-stream.ts';
import { uncancelled } from '../../src/std/cancellation.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { Secret } from '../../src/std/secret.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { TransportRequest, TransportResult } from '../../src/upstreams/transport.ts';
import type { ChatUpstreamOptions } from '../../src/upstreams/chat-completions/chat-upstream.ts';
import { createChatUpstream } from '../../src/upstreams/chat-completions/chat-upstream.ts';
import { quirksOf } from '../../src/upstreams/chat-completions/engines.ts';

export const CANARY = 'sk-canary-0123456789';
export const ORIGIN = 'https://engine.internal:8443';

export const canonical: Readonly<Record<string, unknown>> = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};

export function asking(change: object = {}, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    operation: 'messages.create',
    method: 'POST',
    path: '/v1/messages',
    headers: ['anthropic-version', '2023-06-01'],
    body: Buffer.from(JSON.stringify({ ...canonical, ...change })),
    stream: false,
    requestId: 'req_1',
    account: 'test',
    ...more,
  };
}

export function native(
  body: object | string,
  stream = false,
  reportsUsage = true,
): Partial<UpstreamRequest> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { native: { form: 'chat-completions', body: Buffer.from(text), stream, reportsUsage } };
}

export const completion: Readonly<Record<string, unknown>> = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};

export function answers(
  body: object | string,
  more: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): TransportResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', ...more.headers };
  return {
    kind: 'response',
    status: more.status ?? 200,
    headers,
    body: sourceOf(Buffer.from(text)),
  };
}

export const streamed: { readonly headers: Readonly<Record<string, string>> } = {
  headers: { 'content-type': 'text/event-stream' },
};

export interface Tried {
  readonly sent: readonly TransportRequest[];
  readonly lines: readonly string[];
  readonly said: Awaited<ReturnType<ReturnType<typeof createChatUpstream>['send']>>;
}

/** One request against an engine's answer. */
export async function ask(
  result: TransportResult,
  request: UpstreamRequest = asking(),
  more: Partial<ChatUpstreamOptions> = {},
): Promise<Tried> {
  const sent: TransportRequest[] = [];
  const lines: string[] = [];
  const upstream = createChatUpstream({
    name: 'up',
    origin: ORIGIN,
    basePath: '/v1',
    transport: {
      send: (wire) => {
        sent.push(wire);
        return Promise.resolve(result);
      },
      close: () => Promise.resolve(),
    },
    key: new Secret(CANARY),
    quirks: quirksOf('generic', {}),
    models: {},
    withAuthor: (name) => `author/${name}`,
    describeModel: () => undefined,
    isVerbatim: true,
    clock: new ManualClock(),
    estimator: { inputTokens: () => 42, outputTokens: (text) => text.length },
    answerBytesMax: 1024 * 1024,
    userAgent: 'quatrain/test',
    log: createLog({
      clock: new ManualClock(),
      level: () => 'debug',
      write: (line) => lines.push(line),
    }),
    ...more,
  });
  return { said: await upstream.send(request, uncancelled), sent, lines };
}

export function answered({ said }: Tried): UpstreamAnswer {
  if (isRefusal(said)) throw new Error(refusalText(said));
  return said;
}

export async function bodyOf(tried: Tried): Promise<string> {
  const collected = await collect(answered(tried).body, 1024 * 1024, uncancelled);
  if (collected.kind !== 'bytes') throw new Error(collected.fault.detail);
  return Buffer.from(collected.bytes).toString();
}

export async function jsonOf(tried: Tried): Promise<unknown> {
  return JSON.parse(await bodyOf(tried)) as unknown;
}

export function pairs(list: readonly string[]): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (let index = 0; index < list.length; index += 2) {
    entries.push([list[index] ?? '', list[index + 1] ?? '']);
  }
  return Object.fromEntries(entries);
}

export function sentBody({ sent }: Tried): unknown {
  return JSON.parse(Buffer.from(sent[0]?.body ?? []).toString()) as unknown;
}
