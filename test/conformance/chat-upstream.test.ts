import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../src/messages/response.ts';
import type { JsonObject } from '../../src/std/json.ts';
import {
  callDelta,
  chunk,
  engineStream,
  finish,
  usage,
  usageChunk,
} from '../support/engine-chunks.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Engines as they are met, over real sockets: what they are asked, and what becomes of what they say. */

const engines = ['vllm', 'sglang', 'ollama', 'llama-cpp', 'openrouter', 'openai'] as const;
type Engine = (typeof engines)[number];

let engine: ScriptedUpstream;
const gateways = new Map<Engine, TestGateway>();

beforeAll(async () => {
  engine = await startScriptedUpstream((_request, response) => response.end());
  for (const name of engines) {
    const yaml = `upstreams:
  own:
    kind: chat-completions
    engine: ${name}
    base_url: ${engine.url}/api/v1/
    auth: none
    models: { claude-sonnet-4-6: their-model }
`;
    gateways.set(name, await startTestGateway(yaml));
  }
});

afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
  await engine.stop();
});

function gatewayOf(name: Engine): TestGateway {
  const gateway = gateways.get(name);
  if (gateway === undefined) throw new Error(`no gateway for ${name}`);
  return gateway;
}

const base = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};

async function ask(name: Engine, change: object = {}): Promise<RawAnswer> {
  const { url, headers } = gatewayOf(name);
  return sendRaw(`${url}/v1/messages`, { headers, body: JSON.stringify({ ...base, ...change }) });
}

/** The engine answers the next requests with this. */
function saysJson(body: object | string, status = 200): void {
  engine.script = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'theirs' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

function saysStream(text: string): void {
  engine.script = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(text);
  };
}

function asked(): JsonObject {
  const last = engine.received.at(-1);
  expect(last?.url).toBe('/api/v1/chat/completions');
  return JSON.parse(last?.body.toString() ?? 'null') as JsonObject;
}

function messageIn({ status, body }: RawAnswer): Message {
  expect([status, body.toString().slice(0, 200)]).toEqual([
    200,
    expect.stringContaining('"type":"message"'),
  ]);
  return JSON.parse(body.toString()) as Message;
}

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'their-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage,
};

const tools = [
  { name: 'a', input_schema: { type: 'object' } },
  { name: 'b', input_schema: { type: 'object' } },
];
const chosen = { tools, tool_choice: { type: 'tool', name: 'b' } };
const f = (name: string): object => ({
  type: 'function',
  function: { name, parameters: { type: 'object' } },
});

describe('what engines are asked', () => {
  test.each<readonly [Engine, object, object]>([
    ['openai', {}, { model: 'their-model', max_completion_tokens: 64 }],
    ['vllm', { top_k: 5 }, { model: 'their-model', max_tokens: 64, top_k: 5 }],
    [
      'vllm',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } },
      { chat_template_kwargs: { enable_thinking: true }, reasoning_effort: 'high' },
    ],
    [
      'openrouter',
      { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000 },
      { reasoning: { max_tokens: 1024 } },
    ],
    ['ollama', { thinking: { type: 'disabled' } }, { reasoning_effort: 'none' }],
    [
      'openai',
      chosen,
      { tools: [f('a'), f('b')], tool_choice: { type: 'function', function: { name: 'b' } } },
    ],
    ['llama-cpp', chosen, { tools: [f('b')], tool_choice: 'required' }],
    [
      'vllm',
      { messages: [...base.messages, { role: 'assistant', content: 'So' }] },
      { continue_final_message: true, add_generation_prompt: false },
    ],
  ])('%s: %j', async (name, change, expected) => {
    saysJson(completion);
    messageIn(await ask(name, change));
    expect(asked()).toMatchObject(expected);
  });

  test('nothing, where the engine cannot do it', async () => {
    const before = engine.received.length;
    const answer = await ask('ollama', chosen);
    expect([answer.status, engine.received.length - before]).toEqual([400, 0]);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error: {
        type: 'invalid_request_error',
        message: 'tool_choice: this engine cannot be made to call a tool',
      },
    });
  });
});

const call = (id: string, name: string, input: object): object => ({
  type: 'tool_use',
  id,
  name,
  input,
});

describe('streams as engines send them', () => {
  test.each<readonly [string, Engine, string, object]>([
    [
      'reasoning under its newer name, usage in a chunk of its own',
      'vllm',
      engineStream([
        chunk({ role: 'assistant', content: '' }),
        chunk({ reasoning: 'Hm' }),
        chunk({ content: 'Hello' }),
        finish('stop', { stop_reason: null }),
        usageChunk,
      ]),
      {
        content: [
          { type: 'thinking', thinking: 'Hm', signature: '' },
          { type: 'text', text: 'Hello' },
        ],
        stop_reason: 'end_turn',
        usage: { input_tokens: 15, output_tokens: 7 },
      },
    ],
    [
      'parallel calls at once, all with one index, the role in every chunk',
      'ollama',
      engineStream([
        chunk({
          role: 'assistant',
          content: '',
          ...callDelta(0, { name: 'a', arguments: '{}' }, 'call_1'),
        }),
        chunk({
          role: 'assistant',
          content: '',
          ...callDelta(0, { name: 'b', arguments: '{"x":1}' }, 'call_2'),
        }),
        chunk({ role: 'assistant', content: '' }, { finish_reason: 'tool_calls' }),
        usageChunk,
      ]),
      {
        content: [call('call_1', 'a', {}), call('call_2', 'b', { x: 1 })],
        stop_reason: 'tool_use',
      },
    ],
    [
      'a stop that names its sequence',
      'sglang',
      engineStream([
        chunk({ content: 'Hello' }),
        finish('stop', { matched_stop: 'END' }),
        usageChunk,
      ]),
      { stop_reason: 'stop_sequence', stop_sequence: 'END' },
    ],
    [
      'comments while it thinks, details with a signature',
      'openrouter',
      `: OPENROUTER PROCESSING\n\n${engineStream([
        chunk({
          reasoning: 'Hm',
          reasoning_details: [
            { type: 'reasoning.text', text: 'Hm', format: 'anthropic-claude-v1', index: 0 },
          ],
        }),
        chunk({
          reasoning_details: [
            { type: 'reasoning.text', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
          ],
        }),
        chunk({ content: 'Hello' }),
        finish('stop', { native_finish_reason: 'end_turn' }),
        usageChunk,
      ])}`,
      {
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 'sig' },
          { type: 'text', text: 'Hello' },
        ],
      },
    ],
    [
      'no mark at the end, usage with the reason',
      'llama-cpp',
      engineStream([chunk({ content: 'Hello' }), { ...finish('length'), usage }], ''),
      { stop_reason: 'max_tokens', usage: { output_tokens: 7 } },
    ],
  ])('%s (%s)', async (_name, name, text, expected) => {
    saysStream(text);
    const whole = messageIn(await ask(name, { stop_sequences: ['END'] }));
    expect(whole).toMatchObject({ model: 'claude-sonnet-4-6', ...expected });
    const streamed = await ask(name, { stop_sequences: ['END'], stream: true });
    expect(streamed.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const body = streamed.body.toString();
    expect(body).toMatch(/^event: message_start\n[^]*event: message_stop\ndata: .*\n\n$/);
  });

  test.each<readonly [string, string, number, object]>([
    [
      'an error first is a status',
      engineStream([{ error: { message: 'full', code: 503 } }]),
      529,
      { type: 'overloaded_error', message: 'full' },
    ],
    [
      'no content and no end is one, too',
      engineStream([chunk({ role: 'assistant' })], ''),
      502,
      { type: 'api_error' },
    ],
  ])('%s', async (_name, text, status, error) => {
    saysStream(text);
    const answer = await ask('vllm', { stream: true });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ type: 'error', error });
  });

  test.each([
    ['an error behind content', engineStream([chunk({ content: 'a' }), { error: 'full' }])],
    ['an end that never came', engineStream([chunk({ content: 'a' })])],
  ])('%s is an event, and no end is made up', async (_name, text) => {
    saysStream(text);
    const body = (await ask('vllm', { stream: true })).body.toString();
    expect(body).toMatch(/event: error\ndata: .*\n\n$/);
    expect(body).not.toContain('message_stop');
  });
});

describe('errors as engines send them', () => {
  test.each<readonly [string, number, object | string, number, string]>([
    ['the form’s own', 429, { error: { message: 'slow', type: 'x' } }, 429, 'slow'],
    ['FastAPI’s', 422, { detail: [{ loc: ['body', 'n'], msg: 'too large' }] }, 400, 'n: too large'],
    ['a page', 502, '<html><h1>nginx</h1></html>', 502, 'The upstream answered with status 502.'],
  ])('%s', async (...[, status, body, expected, message]) => {
    saysJson(body, status);
    const answer = await ask('vllm');
    expect([answer.status, answer.headers['x-upstream-request-id']]).toEqual([expected, 'theirs']);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ type: 'error', error: { message } });
  });
});

describe('what the request log says of usage', () => {
  const { usage: _usage, ...silent } = completion;

  test.each<readonly [string, object, object]>([
    ['what the engine reported is final', completion, { input_tokens: 15, usage_is_final: 1 }],
    ['what was counted here is not', silent, { input_tokens: 8, usage_is_final: 0 }],
  ])('%s', async (_name, body, expected) => {
    saysJson(body);
    messageIn(await ask('vllm'));
    const last = (): unknown => readRequestLog(gatewayOf('vllm').dataDir).at(-1);
    await expect.poll(last, { timeout: 10_000 }).toMatchObject(expected);
  });
});

test('callers of the engine’s own form get its bytes, and its errors in their form', async () => {
  const { url, key } = gatewayOf('vllm');
  const post = (body: string): Promise<RawAnswer> =>
    sendRaw(`${url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
    });
  const sent = '{"messages":[{"role":"user","content":"Hi"}], "model":"claude-sonnet-4-6"}';
  saysJson(completion);
  const answer = await post(sent);
  expect(answer.body.toString()).toBe(JSON.stringify(completion));
  expect(answer.headers['x-quatrain-edits']).toBe('model-renamed');
  expect(engine.received.at(-1)?.body.toString()).toBe(
    sent.replace('"claude-sonnet-4-6"', '"their-model"'),
  );
  saysJson({ error: { message: 'bad key sk-1', code: 'invalid_api_key' } }, 401);
  const failed = await post(sent);
  expect(failed.status).toBe(502);
  expect(JSON.parse(failed.body.toString())).toMatchObject({ error: { code: 'upstream_auth' } });
});
