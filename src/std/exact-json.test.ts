import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactJson, parseJson } from './json.ts';

function written(text: string): string | undefined {
  const parsed = parseExactJson(text);
  return parsed.kind === 'value' ? JSON.stringify(parsed.value) : undefined;
}

describe('JSON that goes on as it is', () => {
  test.each([
    '{"id":1234567890123456789}',
    '[9007199254740993,-18446744073709551615]',
    '[1.0,0.10,1e5,2E+3,1e400,-0,-0.0]',
    '{"a":{"b":[{"c":12345678901234567890}]},"d":"12345678901234567890"}',
  ])('%s is written again as it was', (text) => {
    expect(written(text)).toBe(text);
  });

  test('what a double holds is the number that it was', () => {
    const text = '{"a":1,"b":-2.5,"c":"1.0","d":[0,9007199254740991],"e":null,"f":true}';
    expect(parseExactJson(text)).toEqual(parseJson(text));
  });

  test.each(['12345678901234567890', '1.0', '-0'])('%s by itself is a number', (text) => {
    expect(parseExactJson(text)).toEqual({ kind: 'value', value: Number(text) });
  });

  test('any value is the one that a plain parser sees', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(JSON.parse(written(text) ?? '')).toEqual(JSON.parse(text));
      }),
    );
  });

  test('what is no JSON is none', () => {
    expect(parseExactJson('{"a":1.0')).toMatchObject({ kind: 'malformed' });
  });

  test('nesting of any depth is read, if not to the letter', () => {
    const depth = 200_000;
    const parsed = parseExactJson(`${'['.repeat(depth)}1.0${']'.repeat(depth)}`);
    expect(parsed.kind).toBe(parseJson(`${'['.repeat(depth)}1${']'.repeat(depth)}`).kind);
  });
});
