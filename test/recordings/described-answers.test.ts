import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventSequence } from '../../src/messages/event-sequence.ts';
import type { MessagesEvent } from '../../src/messages/events.ts';
import { EventFold } from '../../src/messages/fold-events.ts';
import type { JsonObject } from '../../src/std/json.ts';
import type { Answered } from '../support/described-emulator.ts';
import { askDescribed } from '../support/described-emulator.ts';
import { openApiChecks } from '../support/openapi.ts';
import { eventsIn } from '../support/read-stream.ts';
import { hasRecordings } from '../support/recordings.ts';

/** Answers with every feature, and the API's description of them. */

const present = hasRecordings();
const closedObject = (properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required: Object.keys(properties),
});
const lookUp = { name: 'look_up', input_schema: closedObject({ word: { type: 'string' } }) };
const deferred = { ...lookUp, name: 'later', defer_loading: true };
const toolsets: readonly (readonly object[])[] = [
  [],
  [lookUp],
  [
    { ...lookUp, strict: true },
    { type: 'bash_20250124', name: 'bash' },
  ],
  [{ type: 'web_search_20250305', name: 'web_search' }],
  [{ type: 'web_search_20250305', name: 'web_search', blocked_domains: ['com', 'net', 'org'] }],
  [{ type: 'web_fetch_20250910', name: 'web_fetch', citations: { enabled: true } }],
  [{ type: 'code_execution_20250825', name: 'code_execution' }, lookUp],
  [{ type: 'code_execution_20250522', name: 'code_execution' }],
  [{ type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' }, deferred],
  [{ type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' }, deferred],
  [{ type: 'memory_20250818', name: 'memory' }],
];
const cited = {
  type: 'document',
  title: 'Facts',
  citations: { enabled: true },
  source: { type: 'text', media_type: 'text/plain', data: 'Water is wet. Fire is hot.' },
};
const found = {
  type: 'search_result',
  source: 'a',
  title: 'b',
  citations: { enabled: true },
  content: [{ type: 'text', text: 'Ice is cold.' }],
};
const turns: readonly (readonly object[])[] = [
  [{ role: 'user', content: 'Please search, look up or fetch https://example.com/page now.' }],
  [{ role: 'user', content: [cited, { type: 'text', text: 'What is wet?' }] }],
  [{ role: 'user', content: [found, { type: 'text', text: 'What is cold?' }] }],
];
const thinking: readonly object[] = [
  {},
  { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2048 },
  { thinking: { type: 'adaptive', display: 'omitted' } },
];
const extras: readonly object[] = [
  {},
  { stop_sequences: ['e', 'emulat'] },
  { cache_control: { type: 'ephemeral' } },
  { service_tier: 'standard_only', metadata: { user_id: 'u' } },
  { container: 'container_1' },
];
const betaExtras: readonly object[] = [
  { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } },
  { context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } },
  { speed: 'standard' },
  { output_format: { type: 'json_schema', schema: closedObject({ a: { type: 'integer' } }) } },
];

const parts = fastCheck.record({
  tools: fastCheck.constantFrom(...toolsets),
  messages: fastCheck.constantFrom(...turns),
  max_tokens: fastCheck.integer({ min: 1, max: 900 }),
});
const choices = fastCheck.constantFrom({}, {}, {}, { tool_choice: { type: 'any' } });

/** Requests of every feature with every other; some of the pairs are refused, as they must be. */
function requests(isBeta: boolean): fastCheck.Arbitrary<JsonObject> {
  const more = fastCheck.constantFrom(...(isBeta ? [...extras, ...betaExtras] : extras));
  return fastCheck
    .tuple(parts, fastCheck.constantFrom(...thinking), more, choices)
    .map(
      (drawn) => Object.assign({ model: 'claude-sonnet-4-6' }, ...drawn) as unknown as JsonObject,
    );
}

describe.skipIf(!present)('answers are as described', () => {
  test.each([
    { prefix: '', isBeta: false },
    { prefix: 'Beta', isBeta: true },
  ])('$prefix Message: in one piece, as events, and again', async ({ prefix, isBeta }) => {
    const described = openApiChecks();
    const check = (schema: string, value: unknown): string | undefined =>
      described(schema, inDescribedWords(value));
    const how = { operation: 'messages.create', isBeta } as const;
    const kinds = new Set<string>();
    await fastCheck.assert(
      fastCheck.asyncProperty(requests(isBeta), async (body) => {
        const whole = await askDescribed(body, how);
        const stream = await askDescribed({ ...body, stream: true }, how);
        expect(stream.status).toBe(whole.status);
        if (whole.status !== 200) return;
        const message = JSON.parse(whole.text) as JsonObject;
        for (const { type } of message['content'] as { type: string }[]) kinds.add(type);
        expect(check(`${prefix}Message`, message)).toBeUndefined();
        expectSameAnswer(stream, message, (event) =>
          check(`${prefix}${eventSchema(event.type)}`, event),
        );
        expect(await askDescribed({ ...body, stream: true }, how)).toEqual(stream);
      }),
      { numRuns: 400 },
    );
    expect([...kinds]).toEqual(
      expect.arrayContaining(['text', 'thinking', 'tool_use', 'server_tool_use']),
    );
  });
});

/** A stream whose events are as described, in order, and fold to the answer in one piece. */
function expectSameAnswer(
  stream: Answered,
  message: JsonObject,
  wrong: (event: MessagesEvent) => string | undefined,
): void {
  const events = eventsIn(stream.text);
  expect(events.flatMap((event) => (event.type === 'ping' ? [] : (wrong(event) ?? [])))).toEqual(
    [],
  );
  const sequence = new EventSequence();
  const fold = new EventFold();
  for (const event of events) {
    expect(sequence.next(event.type)).toBeUndefined();
    fold.take(event);
  }
  expect(sequence.ended).toBe(true);
  const folded = fold.result();
  expect(folded.kind === 'message' ? folded.message : folded).toEqual(message);
}

/** The description lacks a code of the fetcher that is documented (API reference §3.1). */
function inDescribedWords(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll('url_not_in_prior_context', 'url_not_allowed');
  return JSON.parse(text);
}

/** `message_start` is described as `MessageStartEvent`. */
function eventSchema(type: string): string {
  const words = type.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Event`;
}
