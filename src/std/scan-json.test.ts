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
      fc.property(
        fc.string({
          unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', ' ', '1', 'a', 'true'),
        }),
        (text) => {
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
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('what a parser accepts without a key twice is accepted', () => {
    const json = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }))
      .map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(json, (text) => {
        expect(scan(text).kind).toBe('object');
      }),
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

/** Strings that are hard on 64-byte blocks: runs of backslashes and quotes, brackets, non-ASCII. */
const awkwardText = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '{', '}', '[', ']', ':', ',', 'é', '漢', '😀', '\n', 'x'.repeat(15)),
      fc.nat(70).map((length) => '\\'.repeat(length)),
      fc.nat(70).map((length) => 'x'.repeat(length)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const awkwardValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(awkwardText, fc.integer(), fc.constantFrom(true, false, null, 1.5e-7)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(awkwardText, tie('value'), { maxKeys: 5 }),
  ),
})).value;

/** JSON text, led by a string that moves the rest of it across the blocks. */
const awkwardJson = fc
  .tuple(
    fc.nat(130),
    fc.dictionary(awkwardText, awkwardValue, { maxKeys: 8 }),
    fc.constantFrom(undefined, 2, '\t'),
  )
  .map(([shift, object, indent]) =>
    JSON.stringify({ '': 'x'.repeat(shift), ...object }, undefined, indent),
  );

/** A place (modulo the length), how many bytes go there, and what comes instead. */
const mutation = fc.tuple(
  fc.nat(),
  fc.nat(2),
  fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ':', ',', ' ', '\n', '1', '\\"', 'é'),
);

function mutate(text: string, mutations: readonly (readonly [number, number, string])[]): Buffer {
  let bytes = Buffer.from(text);
  for (const [at, removed, added] of mutations) {
    const from = at % (bytes.length + 1);
    const after = bytes.subarray(from + removed);
    bytes = Buffer.concat([bytes.subarray(0, from), Buffer.from(added), after]);
  }
  return bytes;
}

describe('the kernel and the walk', () => {
  const walk = (bytes: Uint8Array, within = bounds): unknown =>
    scanJsonObject(bytes, within, Infinity);
  const jump = (bytes: Uint8Array, within = bounds): unknown => scanJsonObject(bytes, within, 0);

  test('agree on JSON', () => {
    fc.assert(
      fc.property(awkwardJson, (text) => {
        const bytes = Buffer.from(text);
        expect(walk(bytes)).toHaveProperty('members');
        expect(jump(bytes)).toEqual(walk(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  test('agree on what is almost JSON', () => {
    fc.assert(
      fc.property(
        awkwardJson,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (text, mutations) => {
          const bytes = mutate(text, mutations);
          expect(jump(bytes)).toEqual(walk(bytes));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('agree on any order of the bytes that matter', () => {
    const unit = fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', ' ', '1', '"a":', '\\"');
    fc.assert(
      fc.property(fc.nat(70), fc.string({ unit, maxLength: 40 }), (shift, text) => {
        for (const value of [text, `[${text}]`]) {
          const bytes = Buffer.from(`{"${'x'.repeat(shift)}":${value}}`);
          expect(jump(bytes)).toEqual(walk(bytes));
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('agree where the bounds are', () => {
    fc.assert(
      fc.property(awkwardJson, fc.nat(6), fc.nat(20), (text, depthMax, keysMax) => {
        const bytes = Buffer.from(text);
        expect(jump(bytes, { depthMax, keysMax })).toEqual(walk(bytes, { depthMax, keysMax }));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 100_000])(
    'agree on a body of %i bytes, cut off anywhere near its end',
    (length) => {
      const text = JSON.stringify({ messages: [{ content: '' }], tools: [], stream: true });
      const filler = '\\"\\\\é'.repeat(length).slice(0, length - text.length);
      const whole = Buffer.from(text.replace('""', `"${filler.replace(/\\+$/, '')}"`));
      for (let missing = 0; missing < 130; missing += 1) {
        const bytes = whole.subarray(0, whole.length - missing);
        expect(jump(bytes)).toEqual(walk(bytes));
      }
    },
  );

  test('agree where the kernel has no room', () => {
    const many = Array.from(
      { length: 5000 },
      (_, index) => `"k${String(index)}":[${String(index)}]`,
    );
    for (const text of [`{${many.join(',')}}`, `{"a":["${'x'.repeat(5 * 1024 * 1024)}"],"b":{}}`]) {
      const bytes = Buffer.from(text);
      const within = { depthMax: 64, keysMax: 10_000 };
      expect(jump(bytes, within)).toEqual(walk(bytes, within));
    }
  });
});
