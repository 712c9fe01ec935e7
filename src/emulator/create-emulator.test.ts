import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { collect } from '../std/byte-stream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { Refusal } from '../messages/errors.ts';
import { EventSequence } from '../messages/event-sequence.ts';
import type { MessagesEvent } from '../messages/events.ts';
import { EventFold } from '../messages/fold-events.ts';
import type { Message } from '../messages/response.ts';
import type { Operation, Upstream, UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import { factsOf } from '../../test/support/model-facts.ts';
import type { EmulatorOptions } from './create-emulator.ts';
import { createEmulator } from './create-emulator.ts';

const BYTES_MAX = 10_000_000;

function emulator(more: Partial<EmulatorOptions> = {}): Upstream {
  return createEmulator({
    clock: new ManualClock(),
    seed: 'seed',
    pace: { firstTokenMs: 0, tokensPerSecond: 0, pingEveryMs: 0 },
    faults: [],
    models: { describe: () => undefined, list: () => [] },
    findModel: (name) => ({
      ...factsOf(name === 'old' ? 'claude-sonnet-4-0' : 'claude-sonnet-4-6'),
      id: name,
      acceptsPrefill: true,
      effortLevels: ['low', 'medium', 'high', 'max'],
    }),
    ...more,
  });
}

function requestOf(
  body: string | Uint8Array,
  operation: Operation = 'messages.create',
): UpstreamRequest {
  return {
    operation,
    method: 'POST',
    path: '/v1/messages',
    headers: ['anthropic-version', '2023-06-01'],
    body: Buffer.from(body),
    stream: false,
    requestId: 'req_test',
    account: 'test',
  };
}

async function textOf(answer: UpstreamAnswer | Refusal): Promise<string> {
  if (answer.kind === 'refusal') throw new Error(`refused: ${answer.detail ?? answer.code}`);
  const collected = await collect(answer.body, BYTES_MAX, new CancellationSource());
  if (collected.kind === 'fault') throw new Error(collected.fault.detail);
  return Buffer.from(collected.bytes).toString();
}

async function send(body: object, of: Upstream = emulator()): Promise<UpstreamAnswer | Refusal> {
  return of.send(requestOf(JSON.stringify(body)), new CancellationSource());
}

async function message(body: object): Promise<Message> {
  return JSON.parse(await textOf(await send(body))) as Message;
}

function eventsIn(text: string): MessagesEvent[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.split('\ndata: ')[1] ?? '') as MessagesEvent);
}

/** The message, asked for in one piece and as a stream, which must say the same in good order. */
async function bothForms(body: object): Promise<{ message: Message; events: MessagesEvent[] }> {
  const whole = await message(body);
  const events = eventsIn(await textOf(await send({ ...body, stream: true })));
  const sequence = new EventSequence();
  const fold = new EventFold();
  for (const event of events) {
    expect(sequence.next(event.type)).toBeUndefined();
    fold.take(event);
  }
  expect(sequence.ended).toBe(true);
  const folded = fold.result();
  expect(folded.kind === 'message' ? folded.message : folded).toEqual(whole);
  return { message: whole, events };
}

const base = {
  model: 'claude-sonnet-4-6',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'How is the weather in Lisbon today?' }],
};
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 7 } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const weather = { name: 'get_weather', description: 'Weather', input_schema: schema };
const clock = { name: 'get_time', input_schema: { type: 'object', properties: {} } };
const tools = [weather, clock];
const prompts = Array.from({ length: 30 }, (_, index) => ({
  ...base,
  messages: [{ role: 'user', content: `Question ${String(index)}: what now?` }],
}));

const textIn = (answer: Message): string =>
  answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
const kindsIn = (answer: Message): readonly string[] => answer.content.map(({ type }) => type);

describe('an answer', () => {
  test('#1 the base, with its headers', async () => {
    const answer = await send(base);
    const body = await textOf(answer);
    expect(answer).toMatchObject({ kind: 'answer', status: 200, isEventStream: false });
    expect('headers' in answer && answer.headers.slice(0, 5)).toEqual([
      'content-type',
      'application/json',
      'request-id',
      'req_test',
      'anthropic-organization-id',
    ]);
    const said = JSON.parse(body) as Message;
    expect(Object.keys(said)).toEqual([
      'model',
      'id',
      'type',
      'role',
      'content',
      'stop_reason',
      'stop_sequence',
      'stop_details',
      'usage',
    ]);
    expect(said).toMatchObject({ stop_reason: 'end_turn', stop_sequence: null });
    expect(said.id).toMatch(/^msg_01[0-9A-Za-z]{22}$/);
    expect(textIn(said)).toContain('no model was asked');
    expect(textIn(said)).toContain('How is the weather in Lisbon today?');
    expect(said.usage.output_tokens).toBeGreaterThan(40);
    expect(said.usage.output_tokens).toBeLessThan(250);
  });

  test('#50 geo, as the model reports it', async () => {
    const old = await message({ ...base, model: 'old' });
    const us = await message({ ...base, inference_geo: 'us' });
    expect([old.usage.inference_geo, us.usage.inference_geo]).toEqual(['not_available', 'us']);
  });

  test('#51 a system prompt counts the same in both forms', async () => {
    const string = await message({ ...base, system: 'Be brief.' });
    const blocks = await message({ ...base, system: [{ type: 'text', text: 'Be brief.' }] });
    expect(string.usage.input_tokens).toBe(blocks.usage.input_tokens);
  });

  test('#56 a prefill is continued and not repeated', async () => {
    const messages = [...base.messages, { role: 'assistant', content: 'Sure' }];
    const said = textIn(await message({ ...base, messages }));
    expect(said.startsWith(',')).toBe(true);
    expect(said).not.toContain('Sure');
  });

  test('the same seed and body give the same bytes, another seed others', async () => {
    const [first, second] = [await textOf(await send(base)), await textOf(await send(base))];
    const other = await textOf(await send(base, emulator({ seed: 'other' })));
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  test('what other requests asked does not matter', async () => {
    const shared = emulator();
    await send({ ...base, max_tokens: 5 }, shared);
    expect(await textOf(await send(base, shared))).toBe(await textOf(await send(base)));
  });

  test('#148 a count is what the message reports', async () => {
    for (const more of [{}, { tools }, { tools, tool_choice: { type: 'any' } }]) {
      const { max_tokens: _bound, ...counted } = { ...base, ...more };
      const answer = await emulator().send(
        requestOf(JSON.stringify(counted), 'messages.count_tokens'),
        new CancellationSource(),
      );
      const { usage } = await message({ ...base, ...more });
      expect(JSON.parse(await textOf(answer))).toEqual({ input_tokens: usage.input_tokens });
    }
  });

  test('other operations are not served, and it says what to do', async () => {
    const answer = await emulator().send(requestOf('', 'files.list'), new CancellationSource());
    expect(answer).toMatchObject({ kind: 'refusal', code: 'not_found' });
    expect(JSON.stringify(answer)).toContain('Configure a real upstream');
  });
});

describe('a stream is the message in parts', () => {
  test.each<[string, object]>([
    ['#135 text', base],
    ['#137 #139 tools', { ...base, tools }],
    ['#138 a call without arguments', { ...base, tools: [clock] }],
    [
      '#140 thinking',
      { ...base, max_tokens: 2048, thinking: { type: 'enabled', budget_tokens: 1024 } },
    ],
    [
      'a forced server tool',
      {
        ...base,
        tools: [{ type: 'web_search_20250305', name: 'web_search' }],
        tool_choice: { type: 'any' },
      },
    ],
  ])('%s', async (_name, body) => {
    const { events } = await bothForms(body);
    expect(events.slice(0, 3).map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'ping',
    ]);
  });

  test('#146 headers', async () => {
    const answer = await send({ ...base, stream: true });
    expect('headers' in answer && answer.headers.slice(0, 4)).toEqual([
      'content-type',
      'text/event-stream; charset=utf-8',
      'cache-control',
      'no-cache',
    ]);
  });
});

describe('limits', () => {
  test('#43 max_tokens at every token of a text', async () => {
    const full = await message(base);
    for (let bound = 1; bound <= full.usage.output_tokens; bound += 1) {
      const { message: cut } = await bothForms({ ...base, max_tokens: bound });
      const isCut = cut.stop_reason === 'max_tokens';
      expect(isCut ? cut.usage.output_tokens : bound).toBe(bound);
      expect(cut.usage.output_tokens).toBeLessThanOrEqual(bound);
    }
  });

  test('#95 #141 max_tokens at every token of a call', async () => {
    const body = { ...base, tools, tool_choice: { type: 'tool', name: 'get_weather' } };
    for (let bound = 1; bound <= 40; bound += 1) {
      const { message: cut, events } = await bothForms({ ...body, max_tokens: bound });
      if (cut.stop_reason === 'tool_use') continue;
      expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: bound } });
      expect(events.map(({ type }) => type)).not.toContain('content_block_stop');
      const [call] = cut.content;
      expect(
        call?.type === 'tool_use' &&
          ['', 'city', 'city,days'].includes(Object.keys(call.input).join()),
      ).toBe(true);
    }
  });

  test('#42 the earliest stop sequence cuts before itself', async () => {
    const { message: cut } = await bothForms({
      ...base,
      stop_sequences: ['conversation', 'Lisbon'],
    });
    expect(cut).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'Lisbon' });
    expect(textIn(cut).endsWith('weather in ')).toBe(true);
  });

  test('#96 a stop sequence inside an argument ends it and the call', async () => {
    const input_schema = {
      type: 'object',
      properties: { note: { const: 'keep END drop' }, later: { const: 1 } },
      required: ['note', 'later'],
    };
    const { message: cut } = await bothForms({
      ...base,
      stop_sequences: [' END'],
      tools: [{ name: 'f', input_schema }],
      tool_choice: { type: 'any' },
    });
    expect(cut).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' END' });
    expect(cut.content).toMatchObject([{ type: 'tool_use', input: { note: 'keep' } }]);
  });

  test('max_tokens inside thinking closes the block with a signature', async () => {
    const body = { ...base, thinking: { type: 'adaptive' }, output_config: { effort: 'max' } };
    const { message: cut } = await bothForms({ ...body, max_tokens: 10 });
    expect(kindsIn(cut)).toEqual(['thinking']);
    expect(cut).toMatchObject({
      stop_reason: 'max_tokens',
      usage: { output_tokens: 10, output_tokens_details: { thinking_tokens: 10 } },
    });
  });
});

describe('tools', () => {
  test('#78 a call has arguments that satisfy the schema', async () => {
    const validate = new Ajv2020().compile(schema);
    for (const prompt of prompts) {
      const { message: answer } = await bothForms({ ...prompt, tools: [weather] });
      expect(answer.stop_reason).toBe('tool_use');
      const call = answer.content.at(-1);
      expect(call?.type === 'tool_use' && validate(call.input)).toBe(true);
      expect(call).toMatchObject({ caller: { type: 'direct' } });
    }
  });
});

describe('thinking and formats', () => {
  const thinking = { type: 'enabled', budget_tokens: 1024 };

  test('#99 enabled', async () => {
    const answer = await message({ ...base, max_tokens: 2048, thinking });
    expect(kindsIn(answer)).toEqual(['thinking', 'text']);
    const [block] = answer.content;
    expect(block?.type === 'thinking' && block.signature).toMatch(/^[A-Za-z0-9+/]{200,}=*$/);
    expect(answer.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(10);
  });

  test('#108 omitted', async () => {
    const { message: answer } = await bothForms({
      ...base,
      max_tokens: 2048,
      thinking: { ...thinking, display: 'omitted' },
    });
    expect(answer.content[0]).toMatchObject({ type: 'thinking', thinking: '' });
    expect(answer.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(10);
  });

  test('#107 adaptive thinks by effort', async () => {
    const countAt = async (effort: string): Promise<number> => {
      let count = 0;
      for (const prompt of prompts) {
        const answer = await message({
          ...prompt,
          thinking: { type: 'adaptive' },
          output_config: { effort },
        });
        if (kindsIn(answer).includes('thinking')) count += 1;
      }
      return count;
    };
    expect(await countAt('max')).toBe(prompts.length);
    expect(await countAt('low')).toBeLessThan(10);
  });

  test('#114 a format is answered with JSON that satisfies its schema', async () => {
    const days = { type: 'integer' };
    const plain = { ...schema, properties: { ...schema.properties, days } };
    const format = { type: 'json_schema', schema: plain };
    const { message: answer } = await bothForms({ ...base, output_config: { format } });
    expect(kindsIn(answer)).toEqual(['text']);
    expect(new Ajv2020().compile(plain)(JSON.parse(textIn(answer)))).toBe(true);
  });
});
