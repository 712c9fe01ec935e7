import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../std/json.ts';
import { workersAiSnippet } from './workers-ai-snippet.ts';

/** What a snippet asks `run` for, read back from its text. */
function askedBy(code: string): unknown {
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the test runs the code that it tests
  const run = new Function('env', 'console', `return (async () => {\n${code}\n})()`) as (
    env: object,
    console: object,
  ) => Promise<void>;
  const calls: unknown[] = [];
  const AI = { run: (...given: readonly unknown[]): void => void calls.push(given) };
  void run({ AI }, { log: (): void => undefined });
  return calls[0];
}

describe('a text', () => {
  test.each([
    ['plain', 'Hello', "text: 'Hello',"],
    ['with an apostrophe', "It's", 'text: "It\'s",'],
    ['with quotes', 'say "x"', 'text: \'say "x"\','],
    ['with both', `it's "x"`, `text: 'it\\'s "x"',`],
    ['of two lines', 'a\nb', "text: 'a\\nb',"],
    ['that fits its line', 'a'.repeat(67), `text: '${'a'.repeat(67)}',`],
    ['that does not', 'a'.repeat(68), `text:\n      '${'a'.repeat(68)}',`],
  ])('%s', (_name, text, line) => {
    expect(workersAiSnippet('a/b', { text })).toContain(`\n    ${line}\n`);
  });
});

test('a name that is no identifier is quoted, what is empty stays on its line', () => {
  const code = workersAiSnippet('a/b', { 'x-y': [], z: {} });
  expect(code).toContain("\n    'x-y': [],\n    z: {},\n");
});

test('whatever the input, the code asks for just that', () => {
  const members = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(members, (given) => {
      const input = JSON.parse(JSON.stringify(given)) as JsonObject;
      expect(askedBy(workersAiSnippet('a/b', input))).toEqual([
        'a/b',
        input,
        { gateway: { id: 'default' } },
      ]);
    }),
  );
});
