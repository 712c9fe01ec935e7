import { randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chatProblem } from '../support/chat-checks.ts';
import type { RawAnswer } from '../support/post.ts';
import { pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * 2,000 bodies that no client should send, over kept connections: each gets an error in the form's
 * envelope or a whole answer, never a 5xx, never silence. `FUZZ_SEED` repeats a run.
 */

const BODIES = 2000;
const CONCURRENT = 16;
const REQUEST_MS_MAX = 5000;
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

let gateway: TestGateway;
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT });
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  agent.destroy();
  await gateway.stop();
});

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

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '\0',
    '﷽',
    '👩‍👩‍👧',
    '../..',
    '%00',
    'constructor',
    '__proto__',
    '\u2028',
    'data:;base64,',
  ),
  fc.constantFrom('user', 'tool', 'system', 'text', 'image_url', 'none', 'required', 'json_object'),
  fc.integer({ min: 0, max: 5000 }).map((length) => 'x'.repeat(length)),
);
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom(-1, 0, 0.5, 2, 1e308, -1e308, 2 ** 53, 1e21, 5e-324, 4_294_967_296),
  fc.constantFrom(null, true, false, [], {}, [[]], [null], [{}], { type: null }, { type: 'text' }),
  fc.jsonValue({ maxDepth: 3 }),
);
const oddKey = fc.oneof(
  oddText,
  fc.constantFrom('type', 'role', 'stream', 'tools', 'messages', 'thinking', 'output_config'),
  fc.constantFrom('thinking_blocks', 'reasoning_details', 'tool_calls', 'functions', '$ref'),
);

interface Change {
  readonly at: number;
  readonly kind: 'delete' | 'replace' | 'add' | 'duplicate' | 'wrap';
  readonly key: string;
  readonly value: unknown;
}
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 60 }),
  kind: fc.constantFrom('delete', 'replace', 'add', 'duplicate', 'wrap'),
  key: oddKey,
  value: oddValue,
});

/** Writes JSON by hand, so that what no object can hold (a key twice, `__proto__`) can be written. */
function writeChanged(tree: unknown, changes: readonly Change[]): string {
  let place = -1;
  const write = (node: unknown): string => {
    if (Array.isArray(node)) return `[${node.map((item) => write(item)).join(',')}]`;
    if (typeof node !== 'object' || node === null) return JSON.stringify(node);
    return `{${Object.entries(node)
      .flatMap((member) => writeMember(member))
      .join(',')}}`;
  };
  const writeMember = ([name, child]: [string, unknown]): string[] => {
    place += 1;
    const here = changes.find(({ at }) => at === place);
    const quoted = JSON.stringify(name);
    const plain = `${quoted}:${write(child)}`;
    const other = JSON.stringify(here?.value);
    switch (here?.kind) {
      case undefined:
        return [plain];
      case 'delete':
        return [];
      case 'replace':
        return [`${quoted}:${other}`];
      case 'add':
        return [plain, `${JSON.stringify(here.key)}:${other}`];
      case 'duplicate':
        return [plain, `${quoted}:${other}`];
      case 'wrap':
        return [`${quoted}:[${write(child)}]`];
    }
  };
  return write(tree);
}

const changed = fc
  .tuple(fc.constantFrom(...valid), fc.boolean(), fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([body, stream, changes]) => Buffer.from(writeChanged({ ...body, stream }, changes)));
const flipped = fc
  .tuple(
    changed,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
  )
  .map(([body, flips]) => {
    const bytes = Buffer.from(body);
    for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
    return bytes;
  });
const cutShort = fc
  .tuple(changed, fc.nat())
  .map(([body, at]) => body.subarray(0, at % (body.length + 1)));
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
const body = fc.oneof(
  { weight: 10, arbitrary: changed },
  { weight: 2, arbitrary: cutShort },
  { weight: 3, arbitrary: flipped },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
);

function send(sentBody: Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${gateway.key}`,
      'content-type': 'application/json',
      'content-length': String(sentBody.length),
    };
    const sent = request(
      `${gateway.url}/v1/chat/completions`,
      { agent, method: 'POST', headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers: answered } = response;
          resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks) });
        });
      },
    );
    sent.setTimeout(REQUEST_MS_MAX, () => {
      sent.destroy(new Error(`no answer in ${String(REQUEST_MS_MAX)} ms`));
    });
    sent.on('error', reject);
    sent.end(sentBody);
  });
}

/** What is wrong with an answer; undefined where nothing is. */
function problemOf({ status, headers, body: answered }: RawAnswer): string | undefined {
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
  const bodies = fc.sample(body, { numRuns: BODIES, seed });
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < bodies.length; at = next++) {
      const one = bodies[at];
      if (one === undefined) return;
      const shown = `#${String(at)} ${one.toString('latin1').slice(0, 1500)}`;
      try {
        const answer = await send(one);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const problem = problemOf(answer);
        if (problem !== undefined) problems.push(`${problem} ← ${shown}`);
      } catch (error) {
        problems.push(`${String(error)} ← ${shown}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  expect(problems.slice(0, 5)).toEqual([]);
  const counts = [...statuses].map(([status, count]) => `${String(status)}: ${String(count)}`);
  process.stdout.write(`chat fuzz: ${counts.toSorted().join(', ')}\n`);
  // Odd, but not so odd that only the first check is tried.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(BODIES / 20);

  const plain = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hi' }] };
  expect((await send(Buffer.from(JSON.stringify(plain)))).status).toBe(200);
  const faults = gateway.logLines.filter((line) => /"event":"(?:fault|driver_fault)"/.test(line));
  expect(faults).toEqual([]);
}, 60_000);
