import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatCompletion, ChatUsage } from '../../src/chat-form/chat-response.ts';
import { chunksIn } from '../support/chat-answer.ts';
import { chunk, engineStream, finish, usageChunk } from '../support/engine-chunks.ts';
import { opening } from '../support/event-stream.ts';
import { sendRaw } from '../support/post.ts';
import type { LoggedRequest } from '../support/read-request-log.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What callers are told that they used is what the request log says that they did. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

async function answer(more: object, isStream: boolean): Promise<ChatUsage> {
  const streamed = isStream ? { stream: true, stream_options: { include_usage: true } } : {};
  const { status, body } = await sendRaw(`${gateway.url}/v1/chat/completions`, {
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...base, ...more, ...streamed }),
  });
  expect(status).toBe(200);
  const { usage } = isStream
    ? (chunksIn(body.toString()).at(-1) ?? {})
    : (JSON.parse(body.toString()) as ChatCompletion);
  if (usage === undefined || usage === null) throw new Error('an answer without usage');
  return usage;
}

const base = {
  model: 'anthropic/claude-sonnet-4.6',
  max_tokens: 2000,
  messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
};

/** Rows are written a little later than the answer that they are about. */
async function loggedAfter({ dataDir }: TestGateway, rows: number): Promise<LoggedRequest> {
  await expect.poll(() => readRequestLog(dataDir).length).toBe(rows + 1);
  const row = readRequestLog(dataDir).at(-1);
  if (row === undefined) throw new Error('no row');
  return row;
}

function usageOf(row: LoggedRequest): object {
  const [input, output] = [row.input_tokens ?? 0, row.output_tokens ?? 0];
  const [read, written] = [row.cache_read_tokens ?? 0, row.cache_write_tokens ?? 0];
  const thought = row.thinking_tokens;
  return {
    prompt_tokens: input + read + written,
    completion_tokens: output,
    total_tokens: input + read + written + output,
    prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
    ...(thought === null ? {} : { completion_tokens_details: { reasoning_tokens: thought } }),
  };
}

/** A prefix that is long enough to be cached; each name makes another one. */
const cached = (name: string): object => ({
  role: 'system',
  content: [
    {
      type: 'text',
      text: `${name} ${'Rivers run to the sea. '.repeat(600)}`,
      cache_control: { type: 'ephemeral' },
    },
  ],
});
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

const asked: readonly (readonly [string, object, Partial<Record<keyof LoggedRequest, object>>])[] =
  [
    ['a plain answer', {}, {}],
    ['an answer that was cut', { max_tokens: 3 }, {}],
    [
      'a thought-out answer',
      { reasoning_effort: 'high', max_tokens: 4000 },
      { thinking_tokens: expect.any(Number) as object },
    ],
    ['calls', { tools, tool_choice: 'required' }, {}],
    ['JSON', { response_format: { type: 'json_object' } }, {}],
  ];

describe.each([
  ['in one piece', false],
  ['in a stream', true],
])('%s', (name, isStream) => {
  test.each(asked)('%s', async (_name, more, expected) => {
    const rows = readRequestLog(gateway.dataDir).length;
    const told = await answer(more, isStream);
    const row = await loggedAfter(gateway, rows);
    expect(row).toMatchObject({ ...expected, usage_is_final: 1, error_code: null });
    expect(told).toMatchObject(usageOf(row));
    expect(told.total_tokens).toBeGreaterThan(0);
  });

  test('a prefix that goes to the cache, and comes from it', async () => {
    const messages = [cached(name), ...base.messages];
    const counts: (readonly [boolean, boolean])[] = [];
    for (let time = 0; time < 2; time += 1) {
      const rows = readRequestLog(gateway.dataDir).length;
      const told = await answer({ messages }, isStream);
      expect(told).toMatchObject(usageOf(await loggedAfter(gateway, rows)));
      const { cached_tokens: read, cache_write_tokens: written } = told.prompt_tokens_details ?? {};
      counts.push([(written ?? 0) > 1000, (read ?? 0) > 1000]);
    }
    expect(counts).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

test.each([
  ['in one piece', {}, 502],
  ['in a stream', { stream: true }, 200],
])('what breaks %s is logged with what was reported by then', async (_name, more, status) => {
  const upstream = await startScriptedUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(opening);
  });
  const front = await startTestGateway(upstreamYaml(upstream.url));
  try {
    const { status: said } = await sendRaw(`${front.url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${front.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...base, ...more }),
    });
    expect(said).toBe(status);
    expect(await loggedAfter(front, 0)).toMatchObject({
      status,
      error_code: 'upstream_truncated',
      input_tokens: 11,
      cache_read_tokens: 3,
      output_tokens: 1,
      usage_is_final: 0,
    });
  } finally {
    await front.stop();
    await upstream.stop();
  }
});

test.each([
  ['in one piece', false],
  ['in a stream', true],
])(
  'why an engine of this form stopped is logged in the words of the API, %s',
  async (_name, stream) => {
    let finished = '';
    const engine = await startScriptedUpstream((_request, response) => {
      const type = stream ? 'text/event-stream' : 'application/json';
      const [choice] = [
        { index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: finished },
      ];
      const whole = JSON.stringify({ ...usageChunk, object: 'chat.completion', choices: [choice] });
      const events = engineStream([chunk({ content: 'a' }), finish(finished), usageChunk]);
      response.writeHead(200, { 'content-type': type });
      response.end(stream ? events : whole);
    });
    const front = await startTestGateway(
      `upstreams: { engine: { kind: chat-completions, base_url: '${engine.url}/v1', auth: none } }`,
    );
    const streamed = stream ? { stream, stream_options: { include_usage: true } } : {};
    const body = JSON.stringify({ ...base, ...streamed });
    try {
      const logged: (string | null)[] = [];
      for (const reason of ['stop', 'length', 'tool_calls', 'content_filter']) {
        finished = reason;
        const { status } = await sendRaw(`${front.url}/v1/chat/completions`, {
          headers: { authorization: `Bearer ${front.key}`, 'content-type': 'application/json' },
          body,
        });
        expect(status).toBe(200);
        logged.push((await loggedAfter(front, logged.length)).stop_reason);
      }
      // The verbatim lane: the request went there as it came.
      expect(engine.received[0]?.body.toString()).toBe(body);
      expect(logged).toEqual(['end_turn', 'max_tokens', 'tool_use', 'refusal']);
    } finally {
      await front.stop();
      await engine.stop();
    }
  },
);
