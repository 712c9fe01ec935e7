import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../std/json.ts';
import { jsonSyntax } from './json-literal.ts';
import type { LiteralSyntax } from './literal.ts';
import { writeLiteral } from './literal.ts';
import { pythonSyntax } from './python-literal.ts';
import { typescriptSyntax } from './typescript-literal.ts';

const start = { depth: 0, column: 0 } as const;
/** Any, and halves of those that have two. */
const letter = fc.nat(0xffff).map((code) => String.fromCharCode(code));

/** Python is run by the tests of the catalog's snippets. */
const evaluated: readonly (readonly [string, LiteralSyntax, (code: string) => unknown])[] = [
  ['JSON', jsonSyntax, (code): unknown => JSON.parse(code)],
  // Across contexts objects have other prototypes, so only what JSON makes of them is compared.
  [
    'TypeScript',
    typescriptSyntax,
    (code): unknown => JSON.parse(runInNewContext(`JSON.stringify(${code})`) as string),
  ],
];

describe('a literal stands for the value that it was made from', () => {
  test.each(evaluated)('%s', (_name, syntax, evaluate) => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: letter, maxDepth: 3 }), (made) => {
        const value = JSON.parse(JSON.stringify(made)) as JsonValue;
        const read = evaluate(writeLiteral(value, syntax, start));
        expect(JSON.stringify(read)).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('a text', () => {
  test.each([
    ['plain', 'Hello', "'Hello'", '"Hello"'],
    ['with an apostrophe', "It's", `"It's"`, `"It's"`],
    ['with quotes', 'say "x"', `'say "x"'`, `'say "x"'`],
    ['with both', `it's "x"`, `'it\\'s "x"'`, `"it's \\"x\\""`],
    ['of two lines', 'a\nb', String.raw`'a\nb'`, String.raw`"a\nb"`],
    ['with a backslash', String.raw`a\b`, String.raw`'a\\b'`, String.raw`"a\\b"`],
    ['that would end a script', '</script>', "'</script>'", '"</script>"'],
    ['that turns the line around', 'a\u202Eb', String.raw`'a\u202eb'`, String.raw`"a\u202eb"`],
    ['with half a letter', '\uD83D', String.raw`'\ud83d'`, String.raw`"\ud83d"`],
    ['beyond Latin', 'Größe 漢字 😀', "'Größe 漢字 😀'", '"Größe 漢字 😀"'],
  ])('%s', (_name, text, inTypescript, inPython) => {
    expect(writeLiteral(text, typescriptSyntax, start)).toBe(inTypescript);
    expect(writeLiteral(text, pythonSyntax, start)).toBe(inPython);
  });
});

test('what fits a line is on one, what does not has a line for each member', () => {
  const short = { role: 'user', content: [null, true, {}, []] };
  expect(writeLiteral([short], pythonSyntax, start)).toBe(
    '[{"role": "user", "content": [None, True, {}, []]}]',
  );
  expect(writeLiteral([short, { 'x-y': 'y'.repeat(60) }], typescriptSyntax, start)).toBe(
    [
      '[',
      `  { role: 'user', content: [null, true, {}, []] },`,
      `  { 'x-y': '${'y'.repeat(60)}' },`,
      ']',
    ].join('\n'),
  );
});

test('what is empty stays on its line, however far in it is', () => {
  const deep = (value: JsonValue, depth: number): JsonValue =>
    depth === 0 ? value : [deep(value, depth - 1), 'x'.repeat(90)];
  for (const value of [[], {}]) {
    const nested = deep(value, 50);
    const code = writeLiteral(nested, pythonSyntax, start);
    expect(JSON.parse(code.replaceAll(/,(?=\s*\])/g, ''))).toEqual(nested);
  }
});

test('a line is no longer than 88 letters, comma and all, where no text is', () => {
  const words = fc.stringMatching(/^[a-z"]{0,12}$/);
  const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      words,
      fc.integer(),
      fc.array(tie('tree')),
      fc.dictionary(words, tie('tree'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const lines = writeLiteral(value, pythonSyntax, start).split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(88);
    }),
  );
});
