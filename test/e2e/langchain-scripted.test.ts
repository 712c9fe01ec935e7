import { ContextOverflowError } from '@langchain/core/errors';
import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { afterEach, describe, expect, test } from 'vitest';
import type { ChatModel } from '../support/langchain-models.ts';
import { chatModels, gathered, usageOf } from '../support/langchain-models.ts';
import { resultsOf, tools } from '../support/langchain-tools.ts';
import { becomesSo } from '../support/own-time.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** LangChain's chat models against answers that are scripted: calls at once, faults, breaks. */

const running: TestGateway[] = [];
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
});

async function startScripted(emulator: string, scenarios = 'scenarios: []'): Promise<TestGateway> {
  const gateway = await startTestGateway(
    `emulator: { scenarios_file: s.yaml, ${emulator} }`,
    {},
    { 's.yaml': scenarios },
  );
  running.push(gateway);
  return gateway;
}

const twoCalls = `
scenarios:
  - name: two calls at once
    match: { turn: 1 }
    respond:
      content:
        - { type: text, text: 'Both, then. ' }
        - { type: tool_use, name: get_weather, input: { city: Oslo, unit: celsius } }
        - { type: tool_use, name: get_time, input: { zone: 'Europe/Oslo — now' } }
  - name: both results came back
    match: { tool_results: { tool: get_time } }
    respond: { content: 'Cold, and noon.' }
`;

const overflow = `
scenarios:
  - name: too much
    error: { type: invalid_request_error, message: 'prompt is too long: 200001 tokens > 200000 maximum' }
`;

async function inFlight({ adminUrl }: TestGateway): Promise<string | undefined> {
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  return /^quatrain_requests_in_flight (\d+)/m.exec(metrics)?.[1];
}

const fault = (error: string, times: number, more = ''): string =>
  `faults: [{ error: ${error}, times: ${String(times)}${more} }]`;

const refusals = [
  ['ChatAnthropic', 'rate_limit_error', 429],
  ['ChatOpenAI', 'rate_limit_error', 429],
  ['ChatAnthropic', 'overloaded_error', 529],
  ['ChatOpenAI', 'overloaded_error', 503],
] as const;

/** Once by a model that takes no for an answer, then by one that asks again. */
async function askTwice([name, error, status]: (typeof refusals)[number]): Promise<string> {
  const gateway = await startScripted(fault(error, 2, ', retry_after_ms: 20'));
  const modelOf = chatModels[name];
  await expect(modelOf(gateway).invoke('Hello')).rejects.toMatchObject({ status });
  const patient = modelOf(gateway, { maxRetries: 1 });
  return (await gathered(await patient.stream('Hello'))).message.text;
}

test('rate limits and overloads are asked again, and seen by who does not ask again', async () => {
  const texts = await Promise.all(refusals.map((refused) => askTwice(refused)));
  expect(texts).toHaveLength(refusals.length);
  expect(texts).not.toContain('');
});

describe.each(Object.entries(chatModels))('%s', (_name, modelOf) => {
  async function scripted(
    emulator: string,
    scenarios?: string,
  ): Promise<{ readonly gateway: TestGateway; readonly model: ChatModel }> {
    const gateway = await startScripted(emulator, scenarios);
    return { gateway, model: modelOf(gateway) };
  }

  test.each([
    ['invoked', (model: ReturnType<ChatModel['bindTools']>) => model.invoke('Oslo?')],
    [
      'streamed',
      async (model: ReturnType<ChatModel['bindTools']>) =>
        (await gathered(await model.stream('Oslo?'))).message,
    ],
  ])('text and two calls at once, %s, and one turn of results', async (_how, ask) => {
    const { model } = await scripted('seed: two', twoCalls);
    const bound = model.bindTools(tools);
    const called = await ask(bound);
    expect(called.text).toBe('Both, then. ');
    expect(called.tool_calls).toMatchObject([
      { name: 'get_weather', args: { city: 'Oslo', unit: 'celsius' } },
      { name: 'get_time', args: { zone: 'Europe/Oslo — now' } },
    ]);
    const results = await resultsOf(called.tool_calls);
    const answered = await bound.invoke([new HumanMessage('Oslo?'), called, ...results]);
    expect(answered.text).toBe('Cold, and noon.');
  });

  test('an error in the middle of a stream is an error', async () => {
    const { model } = await scripted(fault('overloaded_error', 1, ', after_events: 6'));
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of await model.stream('Hello')) text += chunk.text;
    };
    await expect(read()).rejects.toThrow(/overloaded/i);
    expect(text).not.toBe('');
  });

  test('a prompt that is too long is an overflow of the context', async () => {
    const { model } = await scripted('seed: long', overflow);
    await expect(model.invoke('Hello')).rejects.toSatisfy((error) =>
      ContextOverflowError.isInstance(error),
    );
  });

  test('abort ends the request on both sides', async () => {
    const { gateway, model } = await scripted('tokens_per_second: 20');
    const leave = new AbortController();
    let text = '';
    const read = async (): Promise<void> => {
      for await (const chunk of await model.stream('Hello', { signal: leave.signal })) {
        text += chunk.text;
        if (text !== '') leave.abort();
      }
    };
    await expect(read()).rejects.toThrow(/abort/i);
    expect(await becomesSo(async () => (await inFlight(gateway)) === '0', 1000)).toBe(true);
    const soon = AbortSignal.timeout(50);
    await expect(model.invoke('Hello', { signal: soon })).rejects.toThrow(/abort|time/i);
    expect(await becomesSo(async () => (await inFlight(gateway)) === '0', 1000)).toBe(true);
  });

  test('a marked prompt is written to the cache, then read from it', async () => {
    const { model } = await scripted('seed: cached');
    const text = 'A sentence of the instructions that never change. '.repeat(200);
    const asked = [
      new SystemMessage({
        content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }],
      }),
      new HumanMessage('Hello'),
    ];
    const first = usageOf(await model.invoke(asked));
    const { message } = await gathered(await model.stream(asked));
    const { cache_creation: written = 0 } = first.input_token_details ?? {};
    expect(written).toBeGreaterThan(1024);
    expect(usageOf(message).input_token_details).toMatchObject({
      cache_read: written,
      cache_creation: 0,
    });
    expect(usageOf(message).input_tokens).toBe(first.input_tokens);
    expect(first.input_tokens).toBeGreaterThan(written);
  });
});
