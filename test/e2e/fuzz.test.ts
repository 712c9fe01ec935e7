import { randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { envelopeProblem } from '../support/expect-envelope.ts';
import type { RawAnswer } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * 10,000 bodies that no client should send, over kept connections: each gets an error in the API's
 * form or a whole answer, never a 5xx, never silence. `FUZZ_SEED` repeats a run.
 */

const BODIES = 10_000;
const CONCURRENT = 32;
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

interface Fuzzed {
  readonly path: string;
  readonly body: Buffer;
}

/** A whole PNG of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const valid = {
  model: 'claude-sonnet-4-6',
  max_tokens: 32,
  system: [{ type: 'text', text: 'Be brief', cache_control: { type: 'ephemeral' } }],
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        {
          type: 'image',
          source: { type: 'base64', media_type: 'image/png', data: PIXEL },
        },
      ],
    },
  ],
  tools: [
    {
      name: 'f',
      description: 'd',
      input_schema: { type: 'object', properties: { a: { type: 'integer' } } },
    },
  ],
  tool_choice: { type: 'auto' },
  stop_sequences: ['END'],
  metadata: { user_id: 'u' },
};

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '\0',
    '\uFEFF',
    '‮',
    '﷽',
    '👩‍👩‍👧',
    '../..',
    '${x}',
    '%00',
    'constructor',
    '\u2028',
  ),
  fc.integer({ min: 0, max: 5000 }).map((length) => 'x'.repeat(length)),
);
const oddNumber = fc.constantFrom(-1, 0, 0.5, 1e308, -1e308, 2 ** 53, 1e21, 5e-324, 4_294_967_296);
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  oddNumber,
  fc.constantFrom(null, true, false, [], {}, [[]], [null], { type: null }),
  fc.jsonValue({ maxDepth: 3 }),
);
const oddKey = fc.oneof(
  oddText,
  fc.constantFrom('__proto__', 'constructor', 'toString', 'type', 'model', 'stream', 'messages'),
);

/** One change somewhere in a tree: which place is told by `at`, counted in order of a walk. */
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
function writeChanged(tree: unknown, { at, kind, key, value }: Change): string {
  let place = -1;
  const write = (node: unknown): string => {
    if (Array.isArray(node)) return `[${node.map((item) => write(item)).join(',')}]`;
    if (typeof node !== 'object' || node === null) return JSON.stringify(node);
    const members = Object.entries(node).flatMap(([name, child]) => {
      place += 1;
      const isHere = place === at;
      const quoted = JSON.stringify(name);
      const plain = `${quoted}:${write(child)}`;
      if (!isHere) return [plain];
      const other = JSON.stringify(value);
      switch (kind) {
        case 'delete':
          return [];
        case 'replace':
          return [`${quoted}:${other}`];
        case 'add':
          return [plain, `${JSON.stringify(key)}:${other}`];
        case 'duplicate':
          return [plain, `${quoted}:${other}`];
        case 'wrap':
          return [`${quoted}:[${write(child)}]`];
      }
    });
    return `{${members.join(',')}}`;
  };
  return write(tree);
}

const changed = fc
  .tuple(fc.boolean(), fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([stream, changes]) => {
    const [first, ...rest] = changes;
    let text = JSON.stringify({ ...valid, stream });
    for (const next of [first, ...rest]) {
      if (next === undefined) continue;
      try {
        text = writeChanged(JSON.parse(text), next);
      } catch {
        // A change that left no JSON behind stays the last one.
        break;
      }
    }
    return Buffer.from(text);
  });
const cutShort = fc
  .tuple(changed, fc.nat())
  .map(([body, at]) => body.subarray(0, at % (body.length + 1)));
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
const deep = fc
  .tuple(fc.integer({ min: 1, max: 3000 }), fc.constantFrom('[', '{"a":'), fc.boolean())
  .map(([depth, open, isClosed]) => {
    const close = (open === '[' ? ']' : '}').repeat(depth);
    const nested = `${open.repeat(depth)}1${isClosed ? close : ''}`;
    return Buffer.from(`{"model":"claude-sonnet-4-6","max_tokens":1,"messages":${nested}}`);
  });
const numberText = fc
  .constantFrom('1e999', '-0', '00', '0x1', '1.', '.5', 'NaN', '9'.repeat(400), '1e-400', '+1')
  .map((text) => Buffer.from(JSON.stringify({ ...valid }).replace('32', text)));
const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const json = fc.json().map((text) => Buffer.from(text));

const fuzzed: fc.Arbitrary<Fuzzed> = fc.record({
  path: fc.constantFrom('/v1/messages', '/v1/messages', '/v1/messages/count_tokens'),
  body: fc.oneof(
    { weight: 10, arbitrary: changed },
    { weight: 2, arbitrary: cutShort },
    { weight: 3, arbitrary: flipped },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: numberText },
    { weight: 2, arbitrary: noise },
    { weight: 1, arbitrary: json },
  ),
});

function send({ path, body }: Fuzzed): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { ...gateway.headers, 'content-length': String(body.length) };
    const sent = request(
      `${gateway.url}${path}`,
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
    sent.end(body);
  });
}

/** What is wrong with an answer; undefined where nothing is. */
function problemOf({ path }: Fuzzed, answer: RawAnswer): string | undefined {
  const text = answer.body.toString();
  if (answer.status >= 400 && answer.status < 500) return envelopeProblem(answer);
  if (answer.status !== 200) return `status ${String(answer.status)}: ${text.slice(0, 200)}`;
  if (path.endsWith('count_tokens')) {
    return /^\{"input_tokens":\d+\}$/.test(text) ? undefined : text.slice(0, 200);
  }
  if (answer.headers['content-type'] === 'application/json') {
    const { type } = JSON.parse(text) as { type?: string };
    return type === 'message' ? undefined : `type ${String(type)}`;
  }
  const isWhole = /^event: message_start\n[\s\S]*\nevent: message_stop\n.*\n\n$/.test(text);
  return isWhole ? undefined : `a broken stream: ${text.slice(-200)}`;
}

test(`${String(BODIES)} odd bodies (seed ${String(seed)})`, async () => {
  process.stdout.write(`fuzz: FUZZ_SEED=${String(seed)}\n`);
  const bodies = fc.sample(fuzzed, { numRuns: BODIES, seed });
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < bodies.length; at = next++) {
      const one = bodies[at];
      if (one === undefined) return;
      const shown = `#${String(at)} ${one.path} ${one.body.toString('latin1').slice(0, 300)}`;
      try {
        const answer = await send(one);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const problem = problemOf(one, answer);
        if (problem !== undefined) problems.push(`${problem} ← ${shown}`);
      } catch (error) {
        problems.push(`${String(error)} ← ${shown}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  expect(problems.slice(0, 5)).toEqual([]);
  const counts = [...statuses].map(([status, count]) => `${String(status)}: ${String(count)}`);
  process.stdout.write(`fuzz: ${counts.toSorted().join(', ')}\n`);
  // Odd, but not so odd that only the first check is tried.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(BODIES / 50);

  const { messages, ...plain } = valid;
  const alive = await send({
    path: '/v1/messages',
    body: Buffer.from(JSON.stringify({ ...plain, messages: messages.slice(0, 1) })),
  });
  expect(alive.status).toBe(200);
  const faults = gateway.logLines.filter((line) => /"event":"(?:fault|driver_fault)"/.test(line));
  expect(faults).toEqual([]);
}, 60_000);
