import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatAnswer, ChatChoice, ChatCompletion } from '../../src/chat-form/chat-response.ts';
import type { JsonObject } from '../../src/std/json.ts';
import {
  blockStarted,
  blockStopped,
  callBlock,
  chunksIn,
  dataIn,
  ended,
  grown,
  started,
  stopped,
  textBlock,
  wireOf,
} from '../support/chat-answer.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What other translations got wrong in answers, one case a lesson; chat reference §3. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, response) => response.end());
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

/** Has the upstream answer with these bytes, and asks. */
function ask(bytes: string, more: object = {}): Promise<RawAnswer> {
  upstream.script = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(bytes);
  };
  const messages = [{ role: 'user', content: 'hi' }];
  const body = JSON.stringify({ model: 'anthropic/claude-sonnet-4.6', messages, ...more });
  const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
  return sendRaw(`${gateway.url}/v1/chat/completions`, { headers, body });
}

const usageAsked = { stream: true, stream_options: { include_usage: true } };

/** The chunks of a stream of these events. */
async function chunksOf(events: readonly JsonObject[]): Promise<ReturnType<typeof chunksIn>> {
  const { body } = await ask(wireOf(events), usageAsked);
  return chunksIn(body.toString());
}

/** The answer in one piece to these events. */
async function pieceOf(events: readonly JsonObject[]): Promise<ChatCompletion> {
  const { body } = await ask(wireOf(events));
  return JSON.parse(body.toString()) as ChatCompletion;
}

async function choiceOf(events: readonly JsonObject[]): Promise<ChatChoice | undefined> {
  return (await pieceOf(events)).choices[0];
}

function around(
  blocks: readonly JsonObject[],
  stopReason = 'end_turn',
  usage: JsonObject = { output_tokens: 5 },
): readonly JsonObject[] {
  return [started, ...blocks, ended(stopReason, { usage }), stopped];
}

const thinking = (index: number, ...deltas: readonly JsonObject[]): readonly JsonObject[] => [
  blockStarted(index, { type: 'thinking', thinking: '', signature: '' }),
  ...deltas.map((delta) => grown(index, delta)),
  blockStopped(index),
];
const thought = thinking(
  0,
  { type: 'thinking_delta', thinking: 'hm' },
  { type: 'signature_delta', signature: 'sig' },
);
const called = (id: string, json: string): object => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: json },
});
/** A call that stands still in the midst of its arguments. */
const halfCall = callBlock(1, 'f', '{"a":').slice(0, -1);

describe('lessons about what callers are answered', () => {
  test('lessons 1 and 2: calls count from 0, and the first piece of each says what it is', async () => {
    const blocks = [
      ...thought,
      ...textBlock(1, 'a'),
      ...callBlock(2, 'f', '{"x":', '1}'),
      ...callBlock(3, 'f'),
    ];
    const chunks = await chunksOf(around(blocks, 'tool_use'));
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(pieces.map(({ index, id }) => [index, id])).toEqual([
      [0, 'toolu_2'],
      [0, undefined],
      [0, undefined],
      [1, 'toolu_3'],
      [1, undefined],
    ]);
    const joined = [0, 1].map((at) =>
      pieces
        .flatMap(({ index, function: called }) => (index === at ? (called?.arguments ?? '') : []))
        .join(''),
    );
    expect(joined).toEqual(['{"x":1}', '{}']);
  });

  test('lessons 3 and 29: neither text nor calls are lost, whatever comes first', async () => {
    const blocks = [...thought, ...textBlock(1, 'look'), ...callBlock(2, 'f', '{}')];
    const choice = await choiceOf(around(blocks, 'tool_use'));
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message).toMatchObject({
      content: 'look',
      reasoning_content: 'hm',
      tool_calls: [called('toolu_2', '{}')],
    });
  });

  test('lesson 5: a call that the limit cut is no call', async () => {
    const events = [started, ...textBlock(0, 'look'), ...halfCall, blockStopped(1)];
    const choice = await choiceOf([...events, ended('max_tokens'), stopped]);
    expect(choice?.finish_reason).toBe('length');
    expect(choice?.message).toEqual({ role: 'assistant', content: 'look', refusal: null });
  });

  test.each<[string, string]>([
    ['20: that ends too soon', ''],
    [
      '36: that says that it failed',
      wireOf([{ type: 'error', error: { type: 'api_error', message: 'no' } }]),
    ],
    ['38: that ends in the midst of a call', wireOf(halfCall)],
  ])('lesson %s does not look like success', async (_name, rest) => {
    const bytes = wireOf([started, ...textBlock(0, 'look')]) + rest;
    const streamed = await ask(bytes, usageAsked);
    expect(JSON.parse(dataIn(streamed.body.toString()).at(-1) ?? '')).toHaveProperty('error');
    expect(streamed.body.toString()).not.toMatch(/\[DONE\]|"finish_reason":"/);
    const piece = await ask(bytes);
    expect(piece.status).toBeGreaterThanOrEqual(500);
    expect(JSON.parse(piece.body.toString())).toHaveProperty('error');
  });

  test.each([
    ['refusal', 'content_filter'],
    ['model_context_window_exceeded', 'length'],
    ['reason_of_next_year', 'stop'],
  ])('lesson 21: a stop for %s finishes with %s', async (native, finish) => {
    const events = around(textBlock(0, 'a'), native);
    expect(await choiceOf(events)).toMatchObject({
      finish_reason: finish,
      native_finish_reason: native,
    });
    const last = (await chunksOf(events)).at(-2);
    expect(last?.choices[0]?.finish_reason).toBe(finish);
  });

  test('lesson 24: the chunk with the usage has no choices, and the others have none', async () => {
    const chunks = await chunksOf(around(textBlock(0, 'a')));
    const last = chunks.at(-1);
    expect([last?.choices, last?.usage?.total_tokens]).toEqual([[], 15]);
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(
      chunks.slice(0, -1).map(() => null),
    );
  });

  test('lessons 25 and 26: the cache is a part of the prompt, once', async () => {
    const usage = {
      input_tokens: 3,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 20,
      output_tokens: 7,
    };
    const events = around(textBlock(0, 'a'), 'end_turn', usage);
    const counted = {
      prompt_tokens: 123,
      completion_tokens: 7,
      total_tokens: 130,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 20 },
    };
    expect((await pieceOf(events)).usage).toMatchObject(counted);
    expect((await chunksOf(events)).at(-1)?.usage).toMatchObject(counted);
  });

  test('lessons 27 and 28: thinking comes with its signature, without words too', async () => {
    const silent = thinking(1, { type: 'signature_delta', signature: 'mute' });
    const choice = await choiceOf(around([...thought, ...silent, ...textBlock(2, 'a')]));
    const message: Partial<ChatAnswer> | undefined = choice?.message;
    expect(message?.thinking_blocks).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'thinking', thinking: '', signature: 'mute' },
    ]);
  });

  test('lesson 37: what stands in the start of a block is not lost', async () => {
    const blocks = [
      blockStarted(0, { type: 'thinking', thinking: 'h', signature: 's' }),
      grown(0, { type: 'thinking_delta', thinking: 'm' }),
      grown(0, { type: 'signature_delta', signature: 'ig' }),
      blockStopped(0),
      blockStarted(1, { type: 'text', text: 'Hel' }),
      grown(1, { type: 'text_delta', text: 'lo' }),
      blockStopped(1),
      blockStarted(2, { type: 'tool_use', id: 'toolu_2', name: 'f', input: { x: 1 } }),
      blockStopped(2),
    ];
    const events = around(blocks, 'tool_use');
    const choice = await choiceOf(events);
    expect(choice?.message).toMatchObject({
      content: 'Hello',
      thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }],
      tool_calls: [called('toolu_2', '{"x":1}')],
    });
    const deltas = (await chunksOf(events)).map(({ choices }) => choices[0]?.delta);
    expect(deltas.map((delta) => delta?.content ?? '').join('')).toBe('Hello');
    expect(deltas.flatMap((delta) => delta?.thinking_blocks ?? [])).toHaveLength(1);
  });

  test('arguments are the same to the letter, in a stream and in one piece', async () => {
    const json = '{"id":1234567890123456789,"at":[1.0,2e3]}';
    const events = around(callBlock(0, 'f', ...(json.match(/.{1,5}/g) ?? [])), 'tool_use');
    const choice = await choiceOf(events);
    expect(choice?.message.tool_calls).toEqual([called('toolu_0', json)]);
    const pieces = (await chunksOf(events)).flatMap(
      ({ choices }) => choices[0]?.delta.tool_calls ?? [],
    );
    expect(pieces.map((piece) => piece.function?.arguments ?? '').join('')).toBe(json);
  });

  test('lesson 39: a last event without its blank line counts', async () => {
    const { body } = await ask(wireOf(around(textBlock(0, 'a'))).trimEnd(), usageAsked);
    expect(chunksIn(body.toString()).at(-2)?.choices[0]?.finish_reason).toBe('stop');
  });
});
