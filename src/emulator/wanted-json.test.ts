import { describe, expect, test } from 'vitest';
import { factsOf } from '../../test/support/model-facts.ts';
import type { MessagesEvent } from '../messages/events.ts';
import { EventFold } from '../messages/fold-events.ts';
import type { Message } from '../messages/response.ts';
import { collect } from '../std/byte-stream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { createEmulator } from './create-emulator.ts';

/** Answers to callers whose form asks for a JSON object without a field of the canonical form. */

const BYTES_MAX = 10_000_000;
const place = {
  type: 'object',
  properties: { city: { enum: ['Faro', 'Beja'] }, degrees: { type: 'integer', minimum: 20 } },
  required: ['city', 'degrees'],
  additionalProperties: false,
};
const fitting = {
  city: expect.stringMatching(/^(?:Faro|Beja)$/) as string,
  degrees: expect.any(Number) as number,
};
const base = {
  model: 'claude-sonnet-4-6',
  max_tokens: 4000,
  messages: [{ role: 'user', content: 'A place in the south' }],
};
const shown = { ...base, system: `Answer with what fits ${JSON.stringify(place)}.` };
const tools = [{ name: 'look', input_schema: { type: 'object' } }];

async function bodyOf(body: object, wantsJsonObject = true): Promise<string> {
  const emulator = createEmulator({
    clock: new ManualClock(),
    seed: 'seed',
    pace: { firstTokenMs: 0, tokensPerSecond: 0, pingEveryMs: 0 },
    faults: [],
    models: { describe: () => undefined, list: () => [] },
    findModel: (name) => factsOf(name),
  });
  const answer = await emulator.send(
    {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: ['anthropic-version', '2023-06-01'],
      body: Buffer.from(JSON.stringify(body)),
      stream: false,
      requestId: 'req_test',
      account: 'test',
      wantsJsonObject,
    },
    new CancellationSource(),
  );
  if (answer.kind === 'refusal') throw new Error(`refused: ${answer.detail ?? answer.code}`);
  const collected = await collect(answer.body, BYTES_MAX, new CancellationSource());
  if (collected.kind === 'fault') throw new Error(collected.fault.detail);
  return Buffer.from(collected.bytes).toString();
}

/** The message, asked for in one piece and as a stream, which must say the same. */
async function ask(body: object, wantsJsonObject = true): Promise<Message> {
  const whole = JSON.parse(await bodyOf(body, wantsJsonObject)) as Message;
  const fold = new EventFold();
  const frames = (await bodyOf({ ...body, stream: true }, wantsJsonObject)).split('\n\n');
  for (const frame of frames.filter((text) => text !== '')) {
    fold.take(JSON.parse(frame.split('\ndata: ')[1] ?? '') as MessagesEvent);
  }
  const { content, stop_reason } = whole;
  expect(fold.result()).toMatchObject({ kind: 'message', message: { content, stop_reason } });
  return whole;
}

const textOf = ({ content }: Message): string => {
  const last = content.at(-1);
  return last?.type === 'text' ? last.text : '';
};

describe('a JSON object that is wanted', () => {
  test('fits the schema that the prompt shows', async () => {
    const message = await ask(shown);
    expect(message.content).toHaveLength(1);
    expect(JSON.parse(textOf(message))).toEqual(fitting);
    expect(message.stop_reason).toBe('end_turn');
  });

  test('is one where no schema is shown', async () => {
    const message = await ask(base);
    expect(JSON.parse(textOf(message))).toMatchObject({ emulated: true });
  });

  test('is the same for the same request', async () => {
    expect(await bodyOf(shown)).toEqual(await bodyOf(shown));
  });

  test('costs the prompt nothing', async () => {
    const [wanted, unwanted] = [await ask(shown), await ask(shown, false)];
    expect(wanted.usage.input_tokens).toBe(unwanted.usage.input_tokens);
    expect(() => JSON.parse(textOf(unwanted)) as unknown).toThrow(SyntaxError);
  });

  test('is cut where max_tokens ends', async () => {
    const message = await ask({ ...shown, max_tokens: 3 });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 3 } });
    expect(textOf(await ask(shown)).startsWith(textOf(message))).toBe(true);
  });

  test('comes after what was thought', async () => {
    const message = await ask({ ...shown, thinking: { type: 'enabled', budget_tokens: 1024 } });
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
    expect(JSON.parse(textOf(message))).toEqual(fitting);
  });

  test('comes after the calls of tools', async () => {
    const called = await ask({ ...shown, tools });
    const call = called.content.at(-1);
    if (call?.type !== 'tool_use') throw new Error('no tool was called');
    const result = { type: 'tool_result', tool_use_id: call.id, content: 'Warm' };
    const messages = [
      ...base.messages,
      { role: 'assistant', content: [call] },
      { role: 'user', content: [result] },
    ];
    expect(JSON.parse(textOf(await ask({ ...shown, tools, messages })))).toEqual(fitting);
    const bare = await ask({ ...base, tools, messages });
    expect(JSON.parse(textOf(bare))).toMatchObject({
      answer: expect.stringContaining('“Warm”') as string,
    });
  });

  test('goes on with what the caller began', async () => {
    const messages = [...base.messages, { role: 'assistant', content: '{"city": "Fa' }];
    const message = await ask({ ...shown, model: 'claude-sonnet-4-5', messages });
    expect(JSON.parse(`{"city": "Fa${textOf(message)}`)).toHaveProperty('city');
  });

  test('gives way to a format that the request has', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'boolean' } },
      required: ['a'],
      additionalProperties: false,
    };
    const format = { type: 'json_schema', schema };
    const message = await ask({ ...shown, output_config: { format } });
    expect(JSON.parse(textOf(message))).toEqual({ a: expect.any(Boolean) as boolean });
  });
});
