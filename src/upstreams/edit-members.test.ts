import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../std/json.ts';
import type { MemberEdits } from './edit-members.ts';
import { editMembers } from './edit-members.ts';
import { memberOf, scanBody, textMemberOf } from './scanned-body.ts';

function edited(text: string, edits: MemberEdits): string {
  const body = scanBody(Buffer.from(text));
  if (body === undefined) throw new Error('no object');
  return Buffer.from(editMembers(body, edits)).toString();
}

describe('members of a body', () => {
  const add = { v: '1' };
  test.each<[string, string, MemberEdits, string]>([
    ['one is put first', '{"a":1}', { add }, '{"v":"1","a":1}'],
    ['spaces stay', '{ "a" : 1 }', { add }, '{"v":"1", "a" : 1 }'],
    ['an empty object gets it alone', '{ }', { add }, '{"v":"1" }'],
    ['one that is there stays', '{"v":"9"}', { add }, '{"v":"9"}'],
    ['two are put first', '{"a":1}', { add: { v: 1, w: 2 } }, '{"v":1,"w":2,"a":1}'],
    ['the first is removed', '{"a":1, "b":2}', { remove: ['a'] }, '{ "b":2}'],
    ['one in the middle is removed', '{"a":1, "b":2,"c":3}', { remove: ['b'] }, '{"a":1,"c":3}'],
    ['the last is removed', '{"a":1, "b":2 }', { remove: ['b'] }, '{"a":1 }'],
    ['the first two are removed', '{"a":1,"b":2,"c":3}', { remove: ['a', 'b'] }, '{"c":3}'],
    ['all are removed', '{"a":1,"b":2}', { remove: ['a', 'b'] }, '{}'],
    ['the only one is removed for another', '{"a":1}', { add, remove: ['a'] }, '{"v":"1"}'],
    ['the first gives way', '{"a":1,"b":2}', { add, remove: ['a'] }, '{"v":"1","b":2}'],
    ['one changes', '{"a":1,"b":2}', { replace: { a: 'x' } }, '{"a":"x","b":2}'],
    ['one that is not there does not', '{"a":1}', { replace: { b: 'x' } }, '{"a":1}'],
    ['names with escapes', String.raw`{"\u0061":1,"b":2}`, { remove: ['a'] }, '{"b":2}'],
    [
      'what every object inherits is no member',
      '{"toString":1}',
      { replace: {} },
      '{"toString":1}',
    ],
  ])('%s', (_name, text, edits, becomes) => {
    expect(edited(text, edits)).toBe(becomes);
  });

  test('nothing to change is the same bytes', () => {
    const bytes = Buffer.from('{"a":1}');
    const body = scanBody(bytes);
    expect(body === undefined ? undefined : editMembers(body, { remove: ['b'] })).toBe(bytes);
  });

  test('whatever is asked, the object is what a parser would have made of it', () => {
    // V8 14.6 reads a name that is one escaped character as a backslash, once it has seen one of those.
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'toString', 'q"', 'n\n', 'é');
    const values = fc.jsonValue({ maxDepth: 2 });
    const objects = fc.dictionary(names, values, { maxKeys: 6, noNullPrototype: true });
    fc.assert(
      fc.property(
        objects,
        fc.record({ add: objects, replace: objects, remove: fc.uniqueArray(names) }),
        fc.constantFrom(undefined, 1, '\t'),
        (object, { add, replace, remove }, space) => {
          const kept = Object.entries(object)
            .filter(([name]) => !(remove as readonly string[]).includes(name))
            .map(([name, value]) => [name, Object.hasOwn(replace, name) ? replace[name] : value]);
          const first = Object.entries(add).filter(([name]) => !Object.hasOwn(object, name));
          const edits = { add, replace, remove } as MemberEdits;
          const after = edited(JSON.stringify(object, undefined, space), edits);
          const expected: unknown = Object.fromEntries([...first, ...kept]);
          expect(JSON.parse(after)).toEqual(JSON.parse(JSON.stringify(expected)));
          const order = [...first, ...kept].map(([name]) => name);
          expect(Object.keys(JSON.parse(after) as JsonObject)).toEqual(order);
        },
      ),
    );
  });
});

describe('a scanned body', () => {
  test.each(['', '[]', '{"a":1,"a":2}', '{'])('%j is none', (text) => {
    expect(scanBody(Buffer.from(text))).toBeUndefined();
  });

  test('says the value of a member', () => {
    const body = scanBody(Buffer.from('{"a":{"b":[1]},"t":"x","n":null}'));
    if (body === undefined) throw new Error('no object');
    expect(['a', 't', 'n', 'c'].map((name) => memberOf(body, name))).toEqual([
      { b: [1] },
      'x',
      null,
      undefined,
    ]);
    expect(['a', 't'].map((name) => textMemberOf(body, name))).toEqual([undefined, 'x']);
  });
});
