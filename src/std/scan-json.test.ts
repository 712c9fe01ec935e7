import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanJsonObject } from './scan-json.ts';

const bounds = { depthMax: 64, keysMax: 1000 };
const scan = (text: string | Uint8Array): ReturnType<typeof scanJsonObject> =>
  scanJsonObject(typeof text === 'string' ? Buffer.from(text) : text, bounds);

function members(text: string): Record<string, unknown> | string {
  const bytes = Buffer.from(text);
  const found = scanJsonObject(bytes, bounds);
  if (found.kind !== 'object') return found.kind;
  return Object.fromEntries(
    [...found.members].map(([key, { start, end }]) => [
      key,
      JSON.parse(bytes.subarray(start, end).toString()) as unknown,
    ]),
  );
}

describe('scanJsonObject', () => {
  test('finds the members that a parser finds', () => {
    const value = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), value),
        fc.constantFrom(undefined, 2),
        (object, indent) => {
          const text = JSON.stringify(object, undefined, indent);
          const expected = JSON.parse(text) as Record<string, unknown>;
          const found = members(text);
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('refuses or agrees with the parser, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ 1atrue') }), (text) => {
        const found = scan(`{"a":${text}}`);
        if (found.kind !== 'object') return;
        // Nested grammar is left to others, so a scan may pass what a parser refuses; never the reverse.
        let parsed: Record<string, unknown>;
        try {
          parsed = JSON.parse(`{"a":${text}}`) as Record<string, unknown>;
        } catch {
          return;
        }
        expect([...found.members.keys()].toSorted()).toEqual(Object.keys(parsed).toSorted());
      }),
      { numRuns: 5000 },
    );
  });

  test('what a parser accepts without a key twice is accepted', () => {
    const json = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))
      .map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(json, (text) => scan(text).kind === 'object'),
      { numRuns: 1000 },
    );
  });

  test.each<[string, string, string]>([
    ['an escaped key', String.raw`{"mod\u0065l":"x"}`, 'model'],
    ['a long string with escapes', `{"a":"${String.raw`\"\\`.repeat(60)}","b":1}`, 'b'],
    [
      'a string that ends in backslashes',
      `{"a":"${'x'.repeat(50)}${'\\\\'.repeat(3)}","b":1}`,
      'b',
    ],
    ['a long string that ends where walking ends', `{"a":"${'x'.repeat(46)}\\"","b":1}`, 'b'],
  ])('%s', (_name, text, key) => {
    const found = scan(text);
    expect(found.kind === 'object' && found.members.has(key)).toBe(true);
  });

  test.each<[string, string | Uint8Array, string]>([
    ['#14 cut off', '{"a":', 'unexpected end of data: line 1 column 6 (char 5)'],
    ['a key twice', '{"model":"a","model":"b"}', 'duplicate key "model"'],
    [
      'a key twice, once escaped',
      String.raw`{"model":"a","mod\u0065l":"b"}`,
      'duplicate key "model"',
    ],
    ['two values', '{} {}', 'unexpected data after the end'],
    ['brackets that do not match', '{"a":[1}', 'brackets do not match'],
    ['no comma', '{"a":1 "b":2}', 'expected a comma: line 1 column 8'],
    ['no JSON', 'hello', 'unexpected character'],
    ['an open string', '{"a":"b', 'unterminated string'],
    ['a bad scalar', '{"a":truth}', 'unexpected character'],
    ['nothing', '', 'unexpected end of data'],
    ['line two', '{\n"a" 1}', 'expected a colon: line 2 column 5 (char 6)'],
    ['too deep', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'nested deeper than 64 levels'],
    [
      'too many keys',
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`k${String(i)}`, 1])),
      ),
      'more than 1000 keys',
    ],
    ['not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), 'not valid UTF-8'],
  ])('malformed: %s', (_name, text, detail) => {
    const found = scan(text);
    expect(found.kind === 'malformed' ? found.detail : found.kind).toContain(detail);
  });

  test.each(['[]', '1', '"x"', 'null'])('%s is no object', (text) => {
    expect(scan(text).kind).toBe('not-an-object');
  });
});
