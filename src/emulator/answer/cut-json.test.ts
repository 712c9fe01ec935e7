import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputJson } from '../../messages/input-json.ts';
import type { JsonObject } from '../../std/json.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import { cutJson, splitMembers } from './cut-json.ts';

const pieces = (json: string, isEager: boolean): readonly string[] =>
  cutJson(new DeterministicRandom('seed'), new Set(isEager ? ['f'] : []))(json, 'f');

describe('the pieces of arguments', () => {
  test('joined they are the JSON, whatever the mode, and no character is split', () => {
    const inputs = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());
    fc.assert(
      fc.property(inputs, fc.boolean(), (input, isEager) => {
        const json = inputJson(JSON.parse(JSON.stringify(input)) as JsonObject);
        const cut = pieces(json, isEager);
        expect(cut.join('')).toBe(json);
        expect(cut.every((piece) => piece !== '' && piece.isWellFormed())).toBe(true);
        expect(json === '' ? {} : JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(input)));
      }),
    );
  });

  test('by default no piece spans two arguments', () => {
    const json = inputJson({
      latitude: '52.52',
      note: 'a, b',
      list: [1, 2],
      nested: { a: 1, b: 2 },
    });
    expect(splitMembers(json)).toEqual([
      '{"latitude": "52.52"',
      ', "note": "a, b"',
      ', "list": [1, 2]',
      ', "nested": {"a": 1, "b": 2}}',
    ]);
    const starts = new Set<number>();
    let at = 0;
    for (const piece of pieces(json, false)) {
      starts.add(at);
      at += piece.length;
      expect(piece.length).toBeLessThanOrEqual(12);
    }
    for (const member of ['"latitude"', ', "note"', ', "list"', ', "nested"']) {
      const start = member === '"latitude"' ? 0 : json.indexOf(member);
      expect(starts).toContain(start);
    }
  });

  test('an eager tool has fewer and longer ones', () => {
    const json = inputJson({ a: 'x'.repeat(200), b: 'y'.repeat(200) });
    expect(pieces(json, true).length).toBeLessThan(pieces(json, false).length / 3);
  });
});
