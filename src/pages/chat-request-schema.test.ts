import { expect, test } from 'vitest';
import { chatParameters } from '../dialects/chat-completions/parameters.ts';
import type { JsonObject } from '../std/json.ts';
import { chatInputSchema } from './chat-request-schema.ts';

const { properties = {} } = chatInputSchema({});
const described = Object.entries(properties as JsonObject).map(
  ([name, member]) => [name, (member as JsonObject)['description']] as const,
);

test.each(described)('%s is described for its readers: %s', (_, text) => {
  // Not by what a decoder makes of it, which only the table of parameters says in such words.
  expect(text).toMatch(/^[A-Z]/);
  expect(text).not.toMatch(/^Nothing|Ignored\. Nothing/);
});

test('what has no effect says so, in one sentence', () => {
  const ignored = chatParameters.filter(({ posture }) => posture === 'ignored');
  expect(ignored.length).toBeGreaterThan(5);
  for (const { name } of ignored) {
    const text = described.find(([own]) => own === name)?.[1];
    expect([name, text]).toEqual([name, expect.stringMatching(/^Ignored/)]);
  }
});
