import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askRules } from '../support/ask-rules.ts';
import type { DecodedChat } from '../support/decode-chat.ts';
import { decodeChat, modelM } from '../support/decode-chat.ts';
import { typedSchemas } from '../support/loose-schemas.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The emulator judges by the letter and knows nothing of this form: what it takes, the API takes. */
describe('whatever parameters go together here go together upstream', () => {
  const level = fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max');
  const schema = typedSchemas.filter(({ type }) => type === 'object');
  const tool = (name: string): fc.Arbitrary<unknown> =>
    fc
      .record(
        { parameters: schema, strict: fc.boolean(), description: fc.constant('d') },
        { requiredKeys: [] },
      )
      .map((more) => ({ type: 'function', function: { name, ...more } }));
  const tools = fc
    .tuple(tool('f'), tool('g'), fc.constant({ type: 'custom', custom: { name: 'h' } }))
    .chain((all) => fc.subarray(all));
  const named = (name: string): object => ({ type: 'function', function: { name } });
  const request = fc.record(
    {
      model: fc.constantFrom(
        modelM,
        'claude-sonnet-4-20250514',
        'claude-opus-4-5',
        'claude-opus-4-8',
        'claude-fable-5',
        'claude-3-opus-20240229',
      ),
      max_tokens: fc.constantFrom(1, 1024, 1025, 4000),
      temperature: fc.constantFrom(0, 0.5, 1),
      top_p: fc.constantFrom(0.5, 0.95, 1),
      top_k: fc.constantFrom(0, 5),
      stop: fc.constantFrom('x', ['x', ' '], [], '\n'),
      reasoning_effort: level,
      reasoning: fc.record(
        {
          effort: level,
          max_tokens: fc.constantFrom(1, 2000, 30_000),
          enabled: fc.boolean(),
          exclude: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
      tools,
      tool_choice: fc.constantFrom('auto', 'none', 'required', named('f'), {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [named('f'), named('g')] },
      }),
      parallel_tool_calls: fc.boolean(),
      response_format: fc.oneof(
        fc.constantFrom({ type: 'text' }, { type: 'json_object' }),
        schema.map((given) => ({
          type: 'json_schema',
          json_schema: { name: 'x', schema: given, strict: true },
        })),
      ),
      user: fc.constantFrom('u', 'ann@example.com'),
      metadata: fc.constant({ k: 'v' }),
      service_tier: fc.constantFrom('auto', 'default', 'flex'),
      cache_control: fc.constant({ type: 'ephemeral' }),
      seed: fc.nat(),
      unknown: fc.jsonValue({ maxDepth: 1 }),
    },
    { requiredKeys: ['model'] },
  );

  function judged(decoded: DecodedChat, profile: 'launch' | 'ga-2026-08'): string {
    return decoded.up === undefined ? 'refused here' : askRules(decoded.up, { profile });
  }

  test.each(['launch', 'ga-2026-08'] as const)('%s', (profile) => {
    let taken = 0;
    fc.assert(
      fc.property(request, (given) => {
        const verdict = judged(decodeChat(given, { profile }), profile);
        if (verdict === 'accepted') taken += 1;
        // Schemas that are each fine may be too much together: that is for the upstream to say.
        expect(verdict).toMatch(
          /^(?:accepted$|refused here$|400 Schemas contains too many optional parameters)/,
        );
      }),
      { numRuns: 600 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

interface Completion {
  readonly model: string;
  readonly choices: readonly [
    {
      readonly message: Readonly<Record<string, unknown>> & { readonly content: string | null };
      readonly finish_reason: string;
      readonly logprobs: null;
    },
  ];
}

describe('over the gateway', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(async () => {
    await gateway.stop();
  });

  function ask(change: object): Promise<RawAnswer> {
    const base = { model: modelM, messages: [{ role: 'user', content: 'hi' }] };
    return sendRaw(`${gateway.url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...base, ...change }),
    });
  }

  async function completion(change: object): Promise<Completion> {
    const answer = await ask(change);
    const text = answer.body.toString();
    expect([answer.status, answer.status === 200 ? '' : text]).toEqual([200, '']);
    return JSON.parse(text) as Completion;
  }

  test('A02 the answer has the name of the model that was asked for', async () => {
    const name = 'anthropic/claude-sonnet-4-6-20260218';
    expect((await completion({ model: name })).model).toBe(name);
  });

  test('A03 a model that there is not', async () => {
    const answer = await ask({ model: 'nope' });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error: { code: 'model_not_found', type: 'invalid_request_error' },
    });
  });

  test('A23 what has no effect is named in the head', async () => {
    const answer = await ask({ n: 1, seed: 7, logprobs: true, presence_penalty: 1 });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-ignored-params']).toBe('logprobs, presence_penalty, seed');
    const { choices } = JSON.parse(answer.body.toString()) as Completion;
    expect(choices[0].logprobs).toBeNull();
  });

  test('C18 a tool that takes text is called as one', async () => {
    const tools = [{ type: 'custom', custom: { name: 'grep', format: { type: 'text' } } }];
    const { choices } = await completion({ tools, tool_choice: 'required' });
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [
          { type: 'custom', custom: { name: 'grep', input: expect.any(String) as string } },
        ],
      },
    });
  });

  test('C20 a function of 2023 is called in its way', async () => {
    const functions = [{ name: 'f', parameters: { type: 'object', properties: {} } }];
    const { choices } = await completion({ functions, function_call: { name: 'f' } });
    expect(choices[0].finish_reason).toBe('function_call');
    expect(choices[0].message).toMatchObject({ function_call: { name: 'f' } });
    expect(choices[0].message).not.toHaveProperty('tool_calls');
  });

  test('C21 structured output is JSON of the schema', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'integer', minimum: 1 } },
      required: ['a'],
    };
    const json_schema = { name: 'x', schema, strict: true };
    const { choices } = await completion({ response_format: { type: 'json_schema', json_schema } });
    expect(JSON.parse(choices[0].message.content ?? '')).toEqual({
      a: expect.any(Number) as number,
    });
  });

  test.each<[string, object]>([
    ['C24 a JSON object in words', { response_format: { type: 'json_object' } }],
    ['C26 an effort', { reasoning_effort: 'low' }],
    ['C29 a budget', { reasoning: { max_tokens: 2000 }, max_tokens: 4000 }],
    [
      'C35 calls and no tools',
      {
        messages: [
          { role: 'user', content: 'hi' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: '1', content: 'x' },
        ],
      },
    ],
  ])('%s', async (_name, change) => {
    const { choices } = await completion(change);
    expect(choices[0].finish_reason).toBe('stop');
  });
});
