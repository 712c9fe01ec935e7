import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunksIn, expectChat } from '../support/chat-checks.ts';
import { comparable, foldChunks } from '../support/fold-chunks.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { pdfOf, pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Every answer and every chunk fits what OpenAI publishes, with our extensions and nothing else. */

const scenarios = `scenarios:
  - name: refusal
    match: { header: { x-scenario: refusal } }
    respond: { content: I would rather, stop_reason: refusal, stop_details: { type: refusal, category: null, explanation: Not this. } }
  - name: redacted
    match: { header: { x-scenario: redacted } }
    respond:
      content:
        - { type: redacted_thinking }
        - { type: thinking, thinking: Let me see. }
        - { type: text, text: Seen. }
  - name: window
    match: { header: { x-scenario: window } }
    respond: { content: Full, stop_reason: model_context_window_exceeded }
  - name: empty
    match: { header: { x-scenario: empty } }
    respond: { content: [] }
  - name: overloaded
    match: { header: { x-scenario: overloaded } }
    error: { type: overloaded_error }
`;

let gateway: TestGateway;
let priced: TestGateway;
beforeAll(async () => {
  const files = { 's.yaml': scenarios };
  gateway = await startTestGateway('emulator: { scenarios_file: s.yaml }', {}, files);
  priced = await startTestGateway('chat_completions: { credits: { markup_percent: 30 } }');
});
afterAll(async () => {
  await gateway.stop();
  await priced.stop();
});

const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${pngOf(64, 64)}` } };
const pdf = {
  type: 'file',
  file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdfOf(2)}` },
};
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
    },
  },
};
const time = { type: 'function', function: { name: 'get_time' } };
const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
  required: ['name', 'age'],
};
const user = (content: unknown): object => ({ messages: [{ role: 'user', content }] });

interface Row {
  readonly name: string;
  readonly change: object;
  readonly scenario?: string;
  /** What the answer must have, so that the row is about what it says. */
  readonly has: object;
}

const choice = (message: object, finish: string): object => ({
  choices: [{ message, finish_reason: finish }],
});
const some = expect.any(String) as string;
const list = (item: object): object =>
  expect.arrayContaining([expect.objectContaining(item)]) as object;

const rows: readonly Row[] = [
  { name: 'text', change: {}, has: choice({ content: some, refusal: null }, 'stop') },
  {
    name: 'a tool',
    change: { tools: [weather], tool_choice: 'required' },
    has: choice({ tool_calls: list({ type: 'function' }) }, 'tool_calls'),
  },
  {
    name: 'two tools, either',
    change: { tools: [weather, time], ...user('Weather and time in Lisbon') },
    has: choice({ tool_calls: list({ type: 'function' }) }, 'tool_calls'),
  },
  {
    name: 'a tool without parameters',
    change: { tools: [time], tool_choice: { type: 'function', function: { name: 'get_time' } } },
    has: choice(
      { tool_calls: [{ function: { name: 'get_time', arguments: '{}' } }] },
      'tool_calls',
    ),
  },
  {
    name: 'a custom tool',
    change: {
      tools: [{ type: 'custom', custom: { name: 'note', description: 'Takes a note' } }],
      tool_choice: { type: 'custom', custom: { name: 'note' } },
    },
    has: choice(
      { tool_calls: [{ type: 'custom', custom: { name: 'note', input: some } }] },
      'tool_calls',
    ),
  },
  {
    name: 'a function of 2023',
    change: {
      functions: [{ name: 'get_weather', parameters: weather.function.parameters }],
      function_call: { name: 'get_weather' },
    },
    has: choice({ function_call: { name: 'get_weather', arguments: some } }, 'function_call'),
  },
  {
    name: 'thinking by effort',
    change: { reasoning_effort: 'high' },
    has: choice({ content: some, thinking_blocks: list({ type: 'thinking' }) }, 'stop'),
  },
  {
    name: 'thinking with a budget',
    change: { reasoning: { max_tokens: 2000 } },
    has: choice({ reasoning: some, reasoning_details: list({ type: 'reasoning.text' }) }, 'stop'),
  },
  {
    name: 'thinking before a tool',
    change: { thinking: { type: 'enabled', budget_tokens: 1024 }, tools: [weather] },
    has: choice({ thinking_blocks: list({ signature: some }) }, 'tool_calls'),
  },
  {
    name: 'redacted thinking',
    change: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    scenario: 'redacted',
    has: choice({ thinking_blocks: list({ type: 'redacted_thinking' }) }, 'stop'),
  },
  {
    name: 'JSON by a schema',
    change: {
      response_format: { type: 'json_schema', json_schema: { name: 'p', schema: person } },
    },
    has: choice({ content: expect.stringContaining('"age"') as string }, 'stop'),
  },
  {
    name: 'JSON of any kind',
    change: { response_format: { type: 'json_object' } },
    has: choice({ content: some }, 'stop'),
  },
  {
    name: 'a refusal',
    change: {},
    scenario: 'refusal',
    has: choice({ content: 'I would rather', refusal: 'Not this.' }, 'content_filter'),
  },
  { name: 'an end by max_tokens', change: { max_tokens: 5 }, has: choice({}, 'length') },
  { name: 'a stop', change: { stop: 'emulat' }, has: choice({}, 'stop') },
  { name: 'a full window', change: {}, scenario: 'window', has: choice({}, 'length') },
  { name: 'nothing', change: {}, scenario: 'empty', has: choice({ content: '' }, 'stop') },
  {
    name: 'an image',
    change: user([{ type: 'text', text: 'What is it?' }, image]),
    has: choice({ content: some }, 'stop'),
  },
  {
    name: 'a document',
    change: user([pdf, { type: 'text', text: 'What does it say?' }]),
    has: choice({ content: some }, 'stop'),
  },
  {
    name: 'a search of the web, the tool as the Messages form has it',
    change: {
      tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }],
      ...user('Search the web for the weather in Lisbon'),
    },
    has: choice({ content: some, annotations: list({ type: 'url_citation' }) }, 'stop'),
  },
  {
    name: 'metadata and a tier',
    change: { metadata: { k: 'v' }, service_tier: 'default', user: 'u-1' },
    has: { metadata: { k: 'v' } },
  },
];

const base = {
  model: 'anthropic/claude-sonnet-4.6',
  max_tokens: 4096,
  messages: [{ role: 'user', content: 'Hello' }],
};

function post(
  { change, scenario = 'none' }: Pick<Row, 'change' | 'scenario'>,
  more: object = {},
  { url, key }: TestGateway = gateway,
): Promise<RawAnswer> {
  return sendRaw(`${url}/v1/chat/completions`, {
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-scenario': scenario,
    },
    body: JSON.stringify({ ...base, ...change, ...more }),
  });
}

type Whole = OpenAI.ChatCompletion;

async function postWhole(row: Row, from: TestGateway = gateway): Promise<Whole> {
  const answer = await post(row, {}, from);
  expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
  const whole = JSON.parse(answer.body.toString()) as Whole;
  expectChat('CreateChatCompletionResponse', whole);
  return whole;
}

describe.each(rows)('$name', (row) => {
  test('in one piece fits the description, and is what the row says', async () => {
    expect(await postWhole(row)).toMatchObject(row.has);
  });

  test('streamed: each chunk fits, and together they are the whole answer', async () => {
    const whole = await postWhole(row);
    const streamed = await post(row, { stream: true });
    const chunks = chunksIn(streamed.body.toString());
    expect(foldChunks(chunks)).toEqual(comparable(whole));
    expect(chunks.filter((chunk) => 'usage' in chunk)).toEqual([]);
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant' });
    const heads = chunks.map(({ id, created, model }) => `${id} ${String(created)} ${model}`);
    expect(new Set(heads).size).toBe(1);
    const reasons = chunks.map(({ choices }) => choices[0]?.finish_reason);
    expect(reasons.filter((reason) => reason !== null)).toEqual([whole.choices[0]?.finish_reason]);
  });

  test('streamed with usage: the last chunk has it, and has no choice', async () => {
    const whole = await postWhole(row);
    const asked = { stream: true, stream_options: { include_usage: true } };
    const chunks = chunksIn((await post(row, asked)).body.toString());
    const last = chunks.at(-1);
    expect(last?.choices).toEqual([]);
    expect(last?.usage).toMatchObject({
      completion_tokens: whole.usage?.completion_tokens,
      total_tokens: whole.usage?.total_tokens,
    });
    expect(chunks.slice(0, -1).filter(({ usage }) => usage !== null)).toEqual([]);
  });

  test('E19 through the official client: its stream folds to its whole answer', async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key, maxRetries: 0 });
    const body = { ...base, ...row.change } as OpenAI.ChatCompletionCreateParamsNonStreaming;
    const options = { headers: { 'x-scenario': row.scenario ?? 'none' } };
    const whole = await client.chat.completions.create(body, options);
    const { tools = [], ...rest } = body;
    // The helper takes functions only: tools of other kinds it would not send.
    const sent = tools.length > 0 ? { ...rest, tools } : rest;
    const streamed = await client.chat.completions
      .stream({ ...sent, stream: true }, options)
      .finalChatCompletion();
    expect(publishedParts(streamed)).toEqual(publishedParts(whole));
  });
});

/** The client keeps of members that it does not know the last delta only: what it knows is compared. */
function publishedParts(completion: Whole): unknown {
  const { object, model, choices } = completion;
  const { reasoning: _reasoning, annotations: _annotations, ...parts } = comparable(completion);
  return { object, model, roles: choices.map(({ message }) => message.role), parts };
}

describe('with credits', () => {
  const [row] = rows as readonly [Row];

  test('a whole answer says what it cost', async () => {
    expect(await postWhole(row, priced)).toMatchObject({
      meta: { usage: { credits_used: expect.any(Number) as number } },
    });
  });

  test('a stream says it unasked, beside the usage', async () => {
    const answer = await post(row, { stream: true }, priced);
    const chunks = chunksIn(answer.body.toString());
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { total_tokens: expect.any(Number) as number },
      meta: { usage: { usd_spent: expect.any(Number) as number } },
    });
  });
});

describe('errors', () => {
  test.each<[string, number, object, string?]>([
    ['no model', 400, { model: undefined }],
    ['an unknown model', 404, { model: 'nope' }],
    ['no messages', 400, { messages: [] }],
    ['more than one choice', 400, { n: 2 }],
    ['a part of no kind', 400, user([{ type: 'input_audio' }])],
    ['a tool with a bad name', 400, { tools: [{ type: 'function', function: { name: 'a b' } }] }],
    ['an overloaded model', 503, {}, 'overloaded'],
  ])('%s', async (_name, status, change, scenario = 'none') => {
    for (const stream of [false, true]) {
      const answer = await post({ change, scenario }, { stream });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expectChat('ErrorResponse', JSON.parse(answer.body.toString()));
    }
  });
});

describe('models', () => {
  test('the list, and each model of it by itself', async () => {
    const headers = { authorization: `Bearer ${gateway.key}` };
    const answer = await sendRaw(`${gateway.url}/v1/models`, { headers });
    const models = JSON.parse(answer.body.toString()) as { data: { id: string }[] };
    expectChat('ListModelsResponse', models);
    expect(models.data.length).toBeGreaterThan(0);
    for (const model of models.data) {
      const one = await sendRaw(`${gateway.url}/v1/models/${model.id}`, { headers });
      expect(one.status).toBe(200);
      expectChat('Model', JSON.parse(one.body.toString()));
    }
  });
});
