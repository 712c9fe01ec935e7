import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { collect } from '../std/byte-stream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { factsOf } from '../../test/support/model-facts.ts';
import { createEmulator } from './create-emulator.ts';
import type { ModelFacts } from './model-facts.ts';

const BYTES_MAX = 10_000_000;

const facts: ModelFacts = {
  ...factsOf('claude-sonnet-4-6'),
  id: 'm',
  acceptsPrefill: true,
  acceptsBothSamplers: true,
};
const emulator = createEmulator({
  clock: new ManualClock(),
  seed: 'seed',
  pace: { firstTokenMs: 0, tokensPerSecond: 0, pingEveryMs: 0 },
  faults: [],
  findModel: (name) => (name === 'm' ? facts : undefined),
  models: { describe: () => undefined, list: () => [] },
});

/** What came of a body: the bytes of an answer, or why there was none. */
async function outcomeOf(body: string): Promise<string> {
  const answer = await emulator.send(
    {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: ['anthropic-version', '2023-06-01'],
      body: Buffer.from(body),
      stream: false,
      requestId: 'req_test',
      account: 'test',
    },
    new CancellationSource(),
  );
  if (answer.kind === 'refusal') return `refused: ${answer.code}`;
  const collected = await collect(answer.body, BYTES_MAX, new CancellationSource());
  return collected.kind === 'bytes' ? `answered: ${String(collected.bytes.length)}` : 'broken';
}

const word = fastCheck.constantFrom('user', 'assistant', 'text', 'tool_use', 'any', 'f', '');
const value: fastCheck.Arbitrary<unknown> = fastCheck.oneof(word, fastCheck.jsonValue());
const mostly = (usual: fastCheck.Arbitrary<unknown>): fastCheck.Arbitrary<unknown> =>
  fastCheck.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: value });

const oddBlock = fastCheck.dictionary(
  fastCheck.constantFrom('type', 'text', 'id', 'name', 'input', 'source', 'content'),
  value,
);
const block = fastCheck.oneof(
  fastCheck.record({ type: fastCheck.constant('text'), text: fastCheck.string({ minLength: 1 }) }),
  oddBlock,
);
const role = fastCheck.constantFrom('user', 'assistant');
const content = mostly(
  fastCheck.oneof(
    { weight: 3, arbitrary: fastCheck.string({ minLength: 1, unit: 'binary' }) },
    { weight: 1, arbitrary: fastCheck.array(block, { maxLength: 2 }) },
  ),
);
const turn = fastCheck.record({ role: mostly(role), content });
const property = fastCheck.oneof(
  fastCheck.record({ type: fastCheck.constantFrom('string', 'integer', 'array', 'object') }),
  fastCheck.record({ enum: fastCheck.array(fastCheck.jsonValue(), { maxLength: 3 }) }),
  fastCheck.constantFrom({}, true, false, { $ref: '#' }, { $ref: '#/nowhere' }),
);
const schema = mostly(
  fastCheck
    .record(
      {
        properties: mostly(fastCheck.dictionary(word, property, { maxKeys: 3 })),
        required: mostly(fastCheck.uniqueArray(word, { maxLength: 3 })),
        enum: mostly(fastCheck.array(fastCheck.jsonValue(), { maxLength: 3 })),
        title: mostly(fastCheck.string()),
      },
      { requiredKeys: [] },
    )
    .map((keywords) => ({ type: 'object', ...keywords })),
);
const tool = fastCheck.record({
  name: fastCheck.stringMatching(/^[a-z]{1,9}$/),
  input_schema: schema,
});
const body = fastCheck.record(
  {
    model: mostly(fastCheck.constant('m')),
    max_tokens: mostly(fastCheck.integer({ min: 1, max: 300 })),
    messages: mostly(fastCheck.array(turn, { minLength: 1, maxLength: 3 })),
    tools: mostly(fastCheck.array(tool, { maxLength: 3 })),
    tool_choice: mostly(fastCheck.record({ type: fastCheck.constantFrom('auto', 'none', 'any') })),
    stop_sequences: mostly(fastCheck.array(fastCheck.stringMatching(/^[a-z]{1,3}$/))),
    stream: mostly(fastCheck.boolean()),
    thinking: mostly(fastCheck.constant({ type: 'disabled' })),
  },
  { requiredKeys: ['model', 'max_tokens', 'messages'] },
);

test('2,000 bodies: an answer or a refusal, never a throw', async () => {
  let answered = 0;
  await fastCheck.assert(
    fastCheck.asyncProperty(body, async (sent) => {
      const outcome = await outcomeOf(JSON.stringify(sent));
      expect(outcome).toMatch(/^answered: \d{3,}$|^refused: /);
      if (outcome.startsWith('answered')) answered += 1;
    }),
    { numRuns: 2000 },
  );
  // The bodies are odd, but not so odd that only the validator is tried.
  expect(answered).toBeGreaterThan(200);
});

test('300 bodies that are no JSON, or no request', async () => {
  await fastCheck.assert(
    fastCheck.asyncProperty(fastCheck.oneof(fastCheck.string(), fastCheck.json()), async (sent) => {
      expect(await outcomeOf(sent)).toMatch(/^refused: (?:malformed_json|invalid_request)$/);
    }),
    { numRuns: 300 },
  );
});
