import OpenAI from 'openai';
import { LengthFinishReasonError } from 'openai/core/error';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import type { RunnableToolFunctionWithParse } from 'openai/lib/RunnableFunction';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { failureOf, openAiClient } from '../support/openai-client.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Tools, structured outputs and thinking through the official OpenAI client. */

const scenarios = `scenarios:
  - name: parallel calls
    match: { header: { x-scenario: parallel }, turn: 1 }
    respond:
      content:
        - { type: text, text: Let me add. }
        - { type: tool_use, name: add, input: { a: 1, b: 2 } }
        - { type: tool_use, name: add, input: { a: 30, b: 40 } }
`;

const model = 'anthropic/claude-sonnet-4.6';
const asked = {
  model,
  max_tokens: 4096,
  messages: [{ role: 'user' as const, content: 'Add 17 and 25' }],
};
const numbers = {
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
  additionalProperties: false,
};
const addTool = {
  type: 'function' as const,
  function: { name: 'add', description: 'Adds two numbers', parameters: numbers },
};
const inParallel = { headers: { 'x-scenario': 'parallel' } };

let gateway: TestGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startTestGateway(
    'emulator: { scenarios_file: s.yaml }',
    {},
    { 's.yaml': scenarios },
  );
  client = openAiClient(gateway);
});
afterAll(() => gateway.stop());

interface Numbers {
  readonly a: number;
  readonly b: number;
}

/** The tool as the runner takes it; `calls` gets what it was called with. */
function runnable(
  calls: unknown[],
  run: (sum: number) => string,
): RunnableToolFunctionWithParse<Numbers> {
  return {
    type: 'function',
    function: {
      ...addTool.function,
      parse: (text: string) => JSON.parse(text) as Numbers,
      function: ({ a, b }: Numbers) => {
        calls.push([a, b]);
        return run(a + b);
      },
    },
  };
}

const sayingSum = (sum: number): string => `the sum is ${String(sum)}`;

describe('runTools', () => {
  test.each([false, true])('runs a tool and comes to an end, stream: %s', async (stream) => {
    const calls: unknown[] = [];
    const tools = [runnable(calls, sayingSum)];
    const runner = stream
      ? client.chat.completions.runTools({ ...asked, tools, stream })
      : client.chat.completions.runTools({ ...asked, tools });
    const final = await runner.finalChatCompletion();
    expect(calls).toEqual([[expect.any(Number), expect.any(Number)]]);
    expect(final.choices[0]?.finish_reason).toBe('stop');
    expect(await runner.finalContent()).toContain('the sum is');
    expect(runner.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
    ]);
  });

  test.each([false, true])('runs calls in parallel, stream: %s', async (stream) => {
    const calls: unknown[] = [];
    const tools = [runnable(calls, sayingSum)];
    const runner = stream
      ? client.chat.completions.runTools({ ...asked, tools, stream }, inParallel)
      : client.chat.completions.runTools({ ...asked, tools }, inParallel);
    const content = await runner.finalContent();
    expect(calls).toEqual([
      [1, 2],
      [30, 40],
    ]);
    expect(content).toContain('the sum is');
    const [, calling] = runner.messages;
    expect(calling).toMatchObject({ role: 'assistant', content: 'Let me add.' });
    expect(runner.messages.slice(2, 4)).toMatchObject([
      { role: 'tool', content: 'the sum is 3' },
      { role: 'tool', content: 'the sum is 70' },
    ]);
  });

  test('a result that is an error is told, and the loop goes on', async () => {
    const runner = client.chat.completions.runTools({
      ...asked,
      tools: [runnable([], () => JSON.stringify({ error: 'no numbers today' }))],
    });
    expect(await runner.finalContent()).toContain('no numbers today');
  });

  test('a tool that throws ends the run with its error', async () => {
    const runner = client.chat.completions.runTools({
      ...asked,
      tools: [
        runnable([], () => {
          throw new Error('broken tool');
        }),
      ],
    });
    await expect(runner.finalContent()).rejects.toThrow('broken tool');
  });

  test.each([false, true])(
    'thinks by effort in each round, though it keeps no thinking: stream %s',
    async (stream) => {
      const calls: unknown[] = [];
      const tools = [runnable(calls, sayingSum)];
      const body = { ...asked, tools, reasoning_effort: 'high' as const };
      const runner = stream
        ? client.chat.completions.runTools({ ...body, stream })
        : client.chat.completions.runTools(body);
      expect(await runner.finalContent()).toContain('the sum is');
      expect(calls).toHaveLength(1);
    },
  );
});

describe('structured outputs', () => {
  const Person = z.object({
    name: z.string(),
    age: z.number().int().min(0).max(150),
    tags: z.array(z.enum(['a', 'b'])),
    home: z.object({ city: z.string() }).nullable(),
  });

  test('parse gives what the schema describes', async () => {
    const { choices } = await client.chat.completions.parse({
      ...asked,
      response_format: zodResponseFormat(Person, 'person'),
    });
    const parsed = choices[0]?.message.parsed;
    expect(parsed).not.toBeNull();
    expect(Object.keys(parsed ?? {}).toSorted()).toEqual(['age', 'home', 'name', 'tags']);
  });

  test('the stream helper parses too', async () => {
    const whole = await client.chat.completions.parse({
      ...asked,
      response_format: zodResponseFormat(Person, 'person'),
    });
    const final = await client.chat.completions
      .stream({ ...asked, response_format: zodResponseFormat(Person, 'person') })
      .finalChatCompletion();
    expect(final.choices[0]?.message.parsed).toEqual(whole.choices[0]?.message.parsed);
  });

  test('an answer that is cut raises instead of being parsed', async () => {
    const cut = client.chat.completions.parse({
      ...asked,
      max_tokens: 4,
      response_format: zodResponseFormat(Person, 'person'),
    });
    await expect(cut).rejects.toThrow(LengthFinishReasonError);
  });

  test('arguments of a strict tool are parsed', async () => {
    const parameters = z.object({ city: z.string(), days: z.number().int() });
    const { choices } = await client.chat.completions.parse({
      ...asked,
      tools: [zodFunction({ name: 'forecast', parameters })],
      tool_choice: 'required',
    });
    const [call] = choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({
      type: 'function',
      function: {
        name: 'forecast',
        parsed_arguments: {
          city: expect.any(String) as string,
          days: expect.any(Number) as number,
        },
      },
    });
  });
});

type Assistant = OpenAI.ChatCompletionMessage & {
  thinking_blocks?: { type: string; thinking: string; signature: string }[];
};

function resultsOf(message: OpenAI.ChatCompletionMessage): OpenAI.ChatCompletionToolMessageParam[] {
  return (message.tool_calls ?? []).map(({ id }) => ({
    role: 'tool',
    tool_call_id: id,
    content: 'the sum is 42',
  }));
}

describe('a tool loop with thinking', () => {
  const thinking = {
    ...asked,
    tools: [addTool],
    thinking: { type: 'enabled', budget_tokens: 1024 },
  };

  async function firstAnswer(): Promise<Assistant> {
    const { choices } = await client.chat.completions.create(thinking);
    const message = choices[0]?.message as Assistant;
    expect(message.thinking_blocks).toMatchObject([{ type: 'thinking' }]);
    expect(message.tool_calls).toHaveLength(1);
    return message;
  }

  function goOn(message: Assistant): PromiseLike<OpenAI.ChatCompletion> {
    return client.chat.completions.create({
      ...thinking,
      messages: [...asked.messages, message, ...resultsOf(message)],
    });
  }

  test('the message goes back as the client gave it, and is taken', async () => {
    const { choices } = await goOn(await firstAnswer());
    expect(choices[0]?.message.content).toContain('the sum is 42');
  });

  test('so does the one that the stream helper put together', async () => {
    const stream = client.chat.completions.stream({ ...thinking, tools: thinking.tools });
    const message = (await stream.finalMessage()) as Assistant;
    expect(message.thinking_blocks?.[0]?.signature).toMatch(/.{100}/);
    const { choices } = await goOn(message);
    expect(choices[0]?.message.content).toContain('the sum is 42');
  });

  test('a changed signature is refused', async () => {
    const message = await firstAnswer();
    const [block] = message.thinking_blocks ?? [];
    const signature = block?.signature ?? '';
    const tampered =
      signature.slice(0, 40) + (signature[40] === 'A' ? 'B' : 'A') + signature.slice(41);
    const changed = { ...message, thinking_blocks: [{ ...block, signature: tampered }] };
    const failure = await failureOf(goOn(changed as Assistant));
    expect(failure).toBeInstanceOf(OpenAI.BadRequestError);
    expect(failure.type).toBe('invalid_request_error');
    expect(failure.message).toContain('signature');
  });

  test('changed thinking is refused', async () => {
    const message = await firstAnswer();
    const [block] = message.thinking_blocks ?? [];
    const changed = { ...message, thinking_blocks: [{ ...block, thinking: 'Something else' }] };
    expect((await failureOf(goOn(changed as Assistant))).status).toBe(400);
  });

  test('with the convention of reasoning_details it is the same', async () => {
    const reasoning = { ...asked, tools: [addTool], reasoning: { max_tokens: 1024 } };
    const { choices } = await client.chat.completions.create(reasoning);
    const [choice] = choices as [OpenAI.ChatCompletion.Choice];
    const { thinking_blocks: _blocks, ...message } = choice.message as Assistant;
    expect(message).toMatchObject({
      reasoning_details: [{ type: 'reasoning.text', signature: expect.any(String) as string }],
    });
    const next = await client.chat.completions.create({
      ...reasoning,
      messages: [...asked.messages, message, ...resultsOf(message)],
    });
    expect(next.choices[0]?.message.content).toContain('the sum is 42');
  });
});

describe('calls of other kinds', () => {
  test('functions of 2023: the call, its result, the answer', async () => {
    const functions = [{ name: 'add', description: 'Adds two numbers', parameters: numbers }];
    const { choices } = await client.chat.completions.create({ ...asked, functions });
    const [choice] = choices;
    expect(choice?.finish_reason).toBe('function_call');
    const message = choice?.message as unknown as OpenAI.ChatCompletionAssistantMessageParam;
    expect(message.function_call).toMatchObject({ name: 'add' });
    expect(message).not.toHaveProperty('tool_calls');
    const next = await client.chat.completions.create({
      ...asked,
      functions,
      messages: [
        ...asked.messages,
        message,
        { role: 'function', name: 'add', content: 'the sum is 42' },
      ],
    });
    expect(next.choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(next.choices[0]?.message.content).toContain('the sum is 42');
  });

  test('functions of 2023, streamed', async () => {
    const functions = [{ name: 'add', parameters: numbers }];
    const final = await client.chat.completions
      .stream({ ...asked, functions })
      .finalChatCompletion();
    expect(final.choices[0]).toMatchObject({
      finish_reason: 'function_call',
      message: { function_call: { name: 'add' } },
    });
  });

  test('custom tools: the call has text, and so has its result', async () => {
    const tools = [
      { type: 'custom' as const, custom: { name: 'note', description: 'Takes a note' } },
    ];
    const { choices } = await client.chat.completions.create({
      ...asked,
      tools,
      tool_choice: 'required',
    });
    const message = choices[0]?.message;
    const [call] = message?.tool_calls ?? [];
    if (message === undefined || call?.type !== 'custom') throw new Error('no custom call');
    expect(call.custom).toEqual({ name: 'note', input: expect.any(String) as string });
    const next = await client.chat.completions.create({
      ...asked,
      tools,
      messages: [...asked.messages, message, ...resultsOf(message)],
    });
    expect(next.choices[0]?.message.content).toContain('the sum is 42');
  });

  test('allowed_tools leaves the others out', async () => {
    const other = { type: 'function' as const, function: { name: 'other' } };
    const { choices } = await client.chat.completions.create({
      ...asked,
      tools: [other, addTool],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [{ type: 'function', function: { name: 'add' } }],
        },
      },
    });
    const calls = choices[0]?.message.tool_calls ?? [];
    expect(calls.map((call) => call.type === 'function' && call.function.name)).toEqual(['add']);
  });

  test('parallel_tool_calls: false allows one call', async () => {
    const { choices } = await client.chat.completions.create({
      ...asked,
      tools: [addTool, { type: 'function', function: { name: 'other' } }],
      parallel_tool_calls: false,
      tool_choice: 'required',
    });
    expect(choices[0]?.message.tool_calls).toHaveLength(1);
  });
});
