import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { envelopeProblem } from '../support/expect-envelope.ts';
import { oddBodies } from '../support/odd-bodies.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { OddRequest } from '../support/send-odd-bodies.ts';
import { sendOddBodies } from '../support/send-odd-bodies.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * 10,000 bodies that no client should send, over kept connections: each gets an error in the API's
 * form or a whole answer, never a 5xx, never silence. `FUZZ_SEED` repeats a run.
 */

const BODIES = 10_000;
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

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

const odd = oddBodies([valid], ['type', 'model', 'stream', 'messages']);
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

const fuzzed: fc.Arbitrary<OddRequest> = fc.record({
  path: fc.constantFrom('/v1/messages', '/v1/messages', '/v1/messages/count_tokens'),
  body: fc.oneof(
    { weight: 10, arbitrary: odd.changed },
    { weight: 2, arbitrary: odd.cutShort },
    { weight: 3, arbitrary: odd.flipped },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: numberText },
    { weight: 2, arbitrary: odd.noise },
    { weight: 1, arbitrary: odd.json },
  ),
});

/** What is wrong with an answer; undefined where nothing is. */
function problemOf({ path }: OddRequest, answer: RawAnswer): string | undefined {
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
  const { headers } = gateway;
  const statuses = await sendOddBodies(fc.sample(fuzzed, { numRuns: BODIES, seed }), {
    gateway,
    headers,
    concurrent: 32,
    problemOf,
  });
  // Odd, but not so odd that only the first check is tried.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(BODIES / 50);

  const { messages, ...plain } = valid;
  const body = JSON.stringify({ ...plain, messages: messages.slice(0, 1) });
  expect((await sendRaw(`${gateway.url}/v1/messages`, { headers, body })).status).toBe(200);
});
