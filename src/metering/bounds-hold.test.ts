import { describe, expect, test } from 'vitest';
import { factsOf } from '../../test/support/model-facts.ts';
import { createEmulator } from '../emulator/create-emulator.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import { EventWatch } from '../messages/stream-watch.ts';
import type { Usage } from '../messages/usage.ts';
import { collect } from '../std/byte-stream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { RequestBounds } from './bound-request.ts';
import { boundRequest } from './bound-request.ts';
import { OutputCounter } from './output-counter.ts';

/** The emulator counts apart from what is metered here: no answer of its may pass its bounds. */

const facts = factsOf('claude-sonnet-4-6');
const jsonBounds = { depthMax: 128, keysMax: 100_000 };

interface Ran {
  readonly bounds: RequestBounds;
  readonly counter: OutputCounter;
  readonly usage: Usage;
}

async function run(request: object, recountsEvery: number): Promise<Ran> {
  const clock = new ManualClock(Date.parse('2026-11-01T00:00:00Z'));
  const emulator = createEmulator({
    clock,
    seed: 'seed',
    pace: { firstTokenMs: 0, tokensPerSecond: 0, pingEveryMs: 0 },
    faults: [],
    models: { describe: () => undefined, list: () => [] },
    findModel: () => facts,
  });
  const body = Buffer.from(JSON.stringify({ model: facts.id, stream: true, ...request }));
  const answer = await emulator.send(
    {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages',
      headers: ['anthropic-version', '2023-06-01'],
      body,
      stream: true,
      requestId: 'req_test',
      account: 'test',
    },
    new CancellationSource(),
  );
  if (answer.kind === 'refusal') throw new Error(answer.detail ?? answer.code);
  const collected = await collect(answer.body, 10_000_000, new CancellationSource());
  if (collected.kind === 'fault') throw new Error(collected.fault.detail);
  const bounds = boundRequest({ body, facts, betas: [], isStream: true, jsonBounds });
  const counter = new OutputCounter(facts.tokenizer, bounds.unseenOutputTokens > 0);
  const watch = new EventWatch();
  let events = 0;
  const splitter = new FrameSplitter((type, bytes, start, end) => {
    watch.next(type, bytes, start, end);
    counter.add(bytes, start, end);
    events += 1;
    if (events % recountsEvery === 0) counter.recount();
  });
  splitter.push(collected.bytes);
  expect(watch.ended).toBe(true);
  return { bounds, counter, usage: watch.usage.usage };
}

const user = (content: unknown): object => ({ role: 'user', content });
const weather = {
  name: 'weather',
  description: 'Gets the current weather for a location',
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city', 'days'],
  },
};

const requests: readonly (readonly [string, object])[] = [
  ['a question', { max_tokens: 1000, messages: [user('What is the capital of France?')] }],
  [
    'a long answer',
    { max_tokens: 8000, messages: [user('Tell a story of 4,000 words. '.repeat(40))] },
  ],
  ['a cut answer', { max_tokens: 5, messages: [user('Tell a story of 4,000 words.')] }],
  [
    'letters beyond ASCII',
    { max_tokens: 500, messages: [user('日本語で答えて 😀 Über'.repeat(20))] },
  ],
  [
    'a call of a tool',
    {
      max_tokens: 1000,
      tools: [weather],
      tool_choice: { type: 'any' },
      messages: [user('Weather in Rome?')],
    },
  ],
  [
    'thinking',
    {
      max_tokens: 4000,
      thinking: { type: 'enabled', budget_tokens: 2000 },
      messages: [user('Think hard: 17 * 23?')],
    },
  ],
  [
    'what the prompt cache keeps',
    {
      max_tokens: 300,
      system: [
        { type: 'text', text: 'Be exact. '.repeat(2000), cache_control: { type: 'ephemeral' } },
      ],
      messages: [user('Hello')],
    },
  ],
  [
    'a search of the API',
    {
      max_tokens: 2000,
      tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }],
      messages: [user('Search the web for the news of today.')],
    },
  ],
];

describe.each(requests)('%s', (_name, request) => {
  test.each([1, 7, 1000])('is within its bounds, counted anew every %i events', async (every) => {
    const { bounds, counter, usage } = await run(request, every);
    const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
    expect(inputTokens + cacheReadTokens + cacheWriteTokens).toBeGreaterThan(0);
    expect(bounds.inputTokens).toBeGreaterThanOrEqual(
      inputTokens + cacheReadTokens + cacheWriteTokens,
    );
    const outputBound = Math.min(bounds.outputTokensMax, bounds.unseenOutputTokens + counter.bound);
    expect(outputBound).toBeGreaterThanOrEqual(usage.outputTokens ?? Infinity);
    expect(bounds.webSearches).toBeGreaterThanOrEqual(usage.webSearchRequests ?? 0);
  });

  test('is counted closely where all of it is seen', async () => {
    const { bounds, counter, usage } = await run(request, 1000);
    const { outputTokens = 0 } = usage;
    const counted = counter.counted();
    // Of thinking a summary is seen, which may be much shorter.
    const leastTokens = bounds.unseenOutputTokens === 0 ? outputTokens * 0.9 - 5 : 0;
    expect(counted).toBeLessThanOrEqual(outputTokens + 20);
    expect(counted).toBeGreaterThanOrEqual(leastTokens);
  });
});
