import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDoubledKey } from './find-doubled-key.ts';

const doubledIn = (text: string): string | undefined => findDoubledKey(Buffer.from(text));

describe('findDoubledKey', () => {
  test.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":{"b":[{"c":1,"d":{},"c":2}]}}', 'c'],
    [String.raw`{"a":1,"\u0061":2}`, 'a'],
    [String.raw`{"q\"":1,"x":"\\","q\"":2}`, 'q"'],
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', undefined],
    ['{"a":"\\"a\\":1,\\"a\\":2"}', undefined],
    [`{"a":"${'x'.repeat(100)}","a":1}`, 'a'],
    [`{"a":"${String.raw`\\\" `.repeat(50)}","b":"${String.raw`\\\\`.repeat(50)}","a":1}`, 'a'],
    [`{"a":"${'x'.repeat(100)}${String.raw`\",\"a\":`}"}`, undefined],
    ['[]', undefined],
    ['"a"', undefined],
  ])('%s', (text, key) => {
    expect(doubledIn(text)).toBe(key);
  });

  test('what was written from a value has none, until one is put in twice', () => {
    const member = fc.tuple(fc.string(), fc.json());
    const seed = Number(process.env['SEED'] ?? Date.now());
    process.stdout.write(`find-doubled-key: SEED=${String(seed)}\n`);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), member, (value, [key, other]) => {
        expect(doubledIn(JSON.stringify(value))).toBeUndefined();
        const name = JSON.stringify(key);
        const written = `{${name}:${JSON.stringify(value)},${name}:${other}}`;
        expect(doubledIn(`[${written}]`)).toBe(key);
      }),
      { seed },
    );
  });
});
