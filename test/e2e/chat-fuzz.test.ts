import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chatProblem } from '../support/chat-checks.ts';
import { oddBodies } from '../support/odd-bodies.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { pngOf } from '../support/sample-media.ts';
import type { OddRequest } from '../support/send-odd-bodies.ts';
import { sendOddBodies } from '../support/send-odd-bodies.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * 2,000 bodies that no client should send, over kept connections: each gets an error in the form's
 * envelope or a whole answer, never a 5xx, never silence. `FUZZ_SEED` repeats a run.
 */

const BODIES = 2000;
const PATH = '/v1/chat/completions';
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${pngOf(1, 1)}` } };
const parameters = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };

/** Requests of all kinds; what is odd is done to them below. */
const valid: readonly object[] = [
  {
    model: 'anthropic/claude-sonnet-4.6',
    max_tokens: 32,
    system: 'Be brief',
    messages: [
      {
        role: 'system',
        content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }],
      },
      { role: 'user', content: 'Hi', name: 'ann' },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }], reasoning_content: 'so' },
      { role: 'user', content: [{ type: 'text', text: 'Look' }, image] },
    ],
    tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters } }],
    tool_choice: { type: 'function', function: { name: 'f' } },
    stop: ['END'],
    metadata: { k: 'v' },
    user: 'u',
  },
  {
    model: 'claude-sonnet-4-6',
    max_completion_tokens: 2000,
    messages: [
      { role: 'user', content: 'Add' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c.1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c.1', content: [{ type: 'text', text: '2' }] },
    ],
    tools: [
      { type: 'function', function: { name: 'f', parameters } },
      { type: 'custom', custom: { name: 'note', format: { type: 'text' } } },
    ],
    parallel_tool_calls: false,
    reasoning_effort: 'low',
    stream_options: { include_usage: true },
  },
  {
    model: 'claude-sonnet-4-6',
    max_tokens: 200,
    temperature: 0.5,
    top_k: 5,
    messages: [{ role: 'user', content: 'A person' }],
    response_format: { type: 'json_schema', json_schema: { name: 'p', schema: parameters } },
    reasoning: { exclude: true },
    service_tier: 'auto',
  },
  {
    model: 'claude-sonnet-4-6',
    max_tokens: 64,
    messages: [
      { role: 'user', content: 'Add' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'r' },
    ],
    functions: [{ name: 'f', parameters }],
    function_call: 'auto',
    n: 1,
    logprobs: false,
  },
];

/** Roles, kinds and members of the form. */
const words =
  'user tool system text image_url none required json_object type role stream tools messages thinking output_config $ref thinking_blocks reasoning_details tool_calls functions data:;base64,'.split(
    ' ',
  );
const odd = oddBodies(valid, words);
const nests = [
  ['[', ']'],
  ['{"a":', '}'],
  ['{"type":"array","items":', '}'],
  ['{"anyOf":[{"$ref":"#"},', ']}'],
] as const;
const deep = fc
  .tuple(
    fc.integer({ min: 1, max: 3000 }),
    fc.constantFrom(...nests),
    fc.constantFrom('messages', 'tools', 'response_format', 'thinking', 'metadata'),
  )
  .map(([depth, [open, close], member]) => {
    const nested = `${open.repeat(depth)}1${close.repeat(depth)}`;
    return Buffer.from(
      `{"model":"claude-sonnet-4-6","messages":[{"role":"user","content":"Hi"}],"${member}":${nested}}`,
    );
  });
const fuzzed: fc.Arbitrary<OddRequest> = fc
  .oneof(
    { weight: 10, arbitrary: odd.changed },
    { weight: 2, arbitrary: odd.cutShort },
    { weight: 3, arbitrary: odd.flipped },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: odd.noise },
    { weight: 1, arbitrary: odd.json },
  )
  .map((body) => ({ path: PATH, body }));

/** What is wrong with an answer; undefined where nothing is. */
function problemOf(
  _sent: OddRequest,
  { status, headers, body: answered }: RawAnswer,
): string | undefined {
  const text = answered.toString();
  if (status >= 400 && status < 500) return problemOfJson('ErrorResponse', text);
  if (status !== 200) return `status ${String(status)}: ${text.slice(0, 200)}`;
  if (headers['content-type']?.startsWith('application/json') === true) {
    return problemOfJson('CreateChatCompletionResponse', text);
  }
  const frames = text.split('\n\n').filter((frame) => !frame.startsWith(':'));
  if (frames.slice(-2).join() !== 'data: [DONE],') return `a broken stream: ${text.slice(-200)}`;
  for (const frame of frames.slice(0, -2)) {
    const problem = problemOfJson(
      'CreateChatCompletionStreamResponse',
      frame.slice('data: '.length),
    );
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfJson(name: Parameters<typeof chatProblem>[0], text: string): string | undefined {
  try {
    return chatProblem(name, JSON.parse(text));
  } catch {
    // That it is no JSON is what the text says, which is part of the message.
    return `no JSON: ${text.slice(0, 200)}`;
  }
}

test(`${String(BODIES)} odd bodies (seed ${String(seed)})`, async () => {
  process.stdout.write(`chat fuzz: FUZZ_SEED=${String(seed)}\n`);
  const headers = {
    authorization: `Bearer ${gateway.key}`,
    'content-type': 'application/json',
  };
  const statuses = await sendOddBodies(fc.sample(fuzzed, { numRuns: BODIES, seed }), {
    gateway,
    headers,
    concurrent: 16,
    problemOf,
  });
  // Odd, but not so odd that only the first check is tried.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(BODIES / 20);

  const body = JSON.stringify({
    model: 'claude-sonnet-4-6',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  expect((await sendRaw(`${gateway.url}${PATH}`, { headers, body })).status).toBe(200);
});
