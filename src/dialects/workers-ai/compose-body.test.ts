import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../std/json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import { composeBody } from './compose-body.ts';

type Set = Parameters<typeof composeBody>[2];

function composed(text: string, set: Set): string {
  const bytes = Buffer.from(text);
  const scan = scanJsonObject(bytes, { depthMax: 64, keysMax: 10_000 });
  if (scan.kind !== 'object') throw new Error('no object');
  return Buffer.from(composeBody(bytes, scan.members, set)).toString();
}

test.each<[string, string, [string, string | number | boolean | undefined][], string]>([
  ['nothing', '{}', [], '{}'],
  ['what is set comes first', '{ "a" : 1.0 }', [['model', 'm']], '{"model":"m","a":1.0}'],
  ['what is set replaces', '{"a":1,"b":2}', [['b', true]], '{"b":true,"a":1}'],
  ['what is left out', '{"a":1,"b":2}', [['a', undefined]], '{"b":2}'],
  ['all left out', '{"a":1}', [['a', undefined]], '{}'],
  [
    'numbers and spaces inside stay as they are',
    '{"a": [ 12345678901234567890, 1e2 ]}',
    [],
    '{"a":[ 12345678901234567890, 1e2 ]}',
  ],
  ['a name that is escaped', String.raw`{"\u0061\"":1}`, [], String.raw`{"a\"":1}`],
])('%s', (_name, text, set, expected) => {
  expect(composed(text, new Map(set))).toBe(expected);
});

test('whatever the object, the body is the object with what was set', () => {
  const given = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 });
  fc.assert(
    fc.property(given, fc.string(), (object, model) => {
      const text = JSON.stringify(object);
      const { stream: _stream, ...rest } = JSON.parse(text) as JsonObject;
      const set: Set = new Map<string, string | undefined>([
        ['model', model],
        ['stream', undefined],
      ]);
      expect(JSON.parse(composed(text, set))).toEqual({ ...rest, model });
    }),
  );
});
