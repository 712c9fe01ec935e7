import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { membersIn, setMembers, spliceBytes, withoutItems } from './edit-json.ts';
import type { JsonValue } from './json.ts';

/** An object as text, however it is written: the order of its members and the space between are its own. */
const written = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue({ maxDepth: 3 })), {
      selector: ([name]) => name,
      maxLength: 6,
    }),
    fc.array(fc.constantFrom('', ' ', '\n', '\t ', '  \r\n'), { minLength: 4, maxLength: 4 }),
  )
  .map(([entries, [a = '', b = '', c = '', d = '']]) => {
    const members = entries.map(
      ([name, value]) => `${JSON.stringify(name)}${a}:${b}${JSON.stringify(value)}`,
    );
    return { entries, text: `${d}{${c}${members.join(`${a},${c}`)}${b}}${d}` };
  });

const set = (text: string, values: ReadonlyMap<string, JsonValue>): string => {
  const bytes = Buffer.from(text);
  return Buffer.from(setMembers(bytes, membersIn(bytes) ?? new Map(), values)).toString();
};

describe('setMembers', () => {
  const cases: readonly (readonly [string, Record<string, JsonValue>, string])[] = [
    ['{}', { a: 1 }, '{"a":1}'],
    [' { } ', { a: 1, b: 'x' }, ' {"a":1,"b":"x" } '],
    ['{"b": 2}', { a: 1 }, '{"a":1,"b": 2}'],
    ['{"a" :\t"old" , "b":2}', { a: null }, '{"a" :\tnull , "b":2}'],
    ['{"b":1,"a":2}', { a: 'A', b: 'B', c: 'C' }, '{"c":"C","b":"B","a":"A"}'],
    ['{"model":"x","model2":"model"}', { model: 'é' }, '{"model":"é","model2":"model"}'],
  ];
  test.each(cases)('%s with %j', (text, values, expected) => {
    expect(set(text, new Map(Object.entries(values)))).toBe(expected);
  });

  test('means the same object with the values, whatever the order and the space', () => {
    fc.assert(
      fc.property(
        written,
        fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), { selector: ([name]) => name }),
        ({ text, entries }, values) => {
          const edited = set(text, new Map(values as [string, JsonValue][]));
          const wanted = Object.fromEntries([...entries, ...values]);
          expect(JSON.parse(edited)).toEqual(JSON.parse(JSON.stringify(wanted)));
        },
      ),
    );
  });

  test('every other byte stays: what is set back is what it was', () => {
    fc.assert(
      fc.property(written, fc.nat(5), fc.jsonValue(), ({ text, entries }, at, value) => {
        const [name] = entries[at % Math.max(1, entries.length)] ?? [];
        fc.pre(name !== undefined);
        const span = membersIn(Buffer.from(text))?.get(name);
        const before = Buffer.from(text).subarray(0, span?.start).toString();
        const after = Buffer.from(text).subarray(span?.end).toString();
        const edited = set(text, new Map([[name, value as JsonValue]]));
        expect(edited).toBe(`${before}${JSON.stringify(value)}${after}`);
      }),
    );
  });

  test('a member that is new takes no byte away', () => {
    fc.assert(
      fc.property(written, fc.jsonValue(), ({ text, entries }, value) => {
        const name = `new ${entries.map(([other]) => other).join('')}`;
        const edited = set(text, new Map([[name, value as JsonValue]]));
        const added = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
        expect(edited.replace(entries.length === 0 ? added : `${added},`, () => '')).toBe(text);
      }),
    );
  });
});

describe('withoutItems', () => {
  const cases: readonly (readonly [string, readonly number[], string])[] = [
    ['[1]', [0], '[]'],
    ['[ 1 , 2 ]', [0], '[ 2 ]'],
    ['[ 1 , 2 ]', [1], '[ 1 ]'],
    ['[1,2,3]', [1], '[1,3]'],
    ['[1,2,3]', [3], '[1,2,3]'],
    ['[ 1, 2,3 ]', [0, 1, 2], '[  ]'],
    ['[1, 2, 3, 4, 5]', [0, 2, 4], '[2, 4]'],
    ['[]', [], '[]'],
  ];
  test.each(cases)('%s without the items at %j', (text, dropped, expected) => {
    const items = [...text.matchAll(/\d/g)].map(({ index: start }) => ({ start, end: start + 1 }));
    const bytes = spliceBytes(Buffer.from(text), withoutItems(items, new Set(dropped)));
    expect(Buffer.from(bytes).toString()).toBe(expected);
  });
});

describe('membersIn', () => {
  test.each(['', '[]', '3', '{', 'x'])('%j is no object', (text) => {
    expect(membersIn(Buffer.from(text))).toBeUndefined();
  });

  test('nothing to splice is the same bytes', () => {
    const bytes = Buffer.from('{}');
    expect(spliceBytes(bytes, [])).toBe(bytes);
  });
});
