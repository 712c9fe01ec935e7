import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuSecondsOf } from '../../../test/support/cpu-time.ts';
import { findSchema } from './find-schema.ts';

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const place = { ...city, properties: { ...city.properties, degrees: { type: 'number' } } };
const shown = JSON.stringify(place);

describe('a schema in a text', () => {
  test.each<[string, string, object]>([
    ['alone', shown, place],
    [
      'over several lines, in a fence',
      `Like:\n\`\`\`json\n${JSON.stringify(place, null, 2)}\n\`\`\``,
      place,
    ],
    ['after braces of prose', `Use { and "quotes" {" or {{"a": {{}}}}. ${shown} Thanks.`, place],
    ['after an example of what fits it', `{"city":"Faro","degrees":21} fits ${shown}`, place],
    ['after a string that never ends', `{"a": "never\n${shown}`, place],
    [
      'with brackets in its strings',
      JSON.stringify({ ...place, title: '}"]{' }),
      { ...place, title: '}"]{' },
    ],
    ['inside something else', `{"name":"place","strict":true,"schema":${shown}}`, place],
    ['in a list inside something else', `{"schemas":[{"of":${shown}}]}`, place],
    [
      'beside a smaller one',
      `${JSON.stringify(city)} or ${shown} or ${JSON.stringify(city)}`,
      place,
    ],
    [
      'by a reference',
      '{"$ref":"#/$defs/a","$defs":{"a":{"type":"object"}}}',
      { $ref: '#/$defs/a', $defs: { a: { type: 'object' } } },
    ],
    [
      'as a choice',
      '{"anyOf":[{"type":"object"},{"type":"null"}]}',
      { anyOf: [{ type: 'object' }, { type: 'null' }] },
    ],
    [
      'as a map',
      '{"type":"object","additionalProperties":{"type":"number"}}',
      { type: 'object', additionalProperties: { type: 'number' } },
    ],
  ])('is found %s', (_where, text, schema) => {
    expect(findSchema([text])).toEqual(schema);
  });

  test('is looked for in each text, and the largest of all is taken', () => {
    expect(findSchema(['Hello', JSON.stringify(city), shown, '{'])).toEqual(place);
  });

  test.each([
    'No braces at all',
    '{"city":"Faro","degrees":21}',
    '{"type":"Feature","properties":{"name":"Faro"}}',
    '{"type":"array","items":[1,2]}',
    '{"required":"city","properties":7}',
    shown.slice(0, -1),
    shown.replace('"city":', 'city:'),
    '{}',
    '',
  ])('is not seen in %s', (text) => {
    expect(findSchema([text])).toBeUndefined();
  });
});

describe('texts that mean harm', () => {
  const many = 200_000;
  test.each<[string, string]>([
    ['objects that never end', '{"a":'.repeat(many)],
    ['strings that never end', '{"'.repeat(many)],
    ['escapes without an end', `{"${'\\'.repeat(many * 5)}`],
    ['blanks behind braces', `{${' '.repeat(many * 5)}`.repeat(3)],
    [
      'choices in choices',
      `${'{"anyOf":['.repeat(31)}${'{"type":"x"},'.repeat(50_000)}1${']}'.repeat(31)}`,
    ],
    ['a nest of arrays', `{"a":${'['.repeat(many)}${']'.repeat(many)}}`],
    [
      'a wide object',
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 100_000 }, (_, key) => [`k${String(key)}`, {}])),
      ),
    ],
  ])('%s are read in bounded time', async (_what, text) => {
    const seconds = await cpuSecondsOf(() => {
      expect(findSchema([text, text])).toBeUndefined();
    });
    expect(seconds).toBeLessThan(2);
  });

  test('of a text that is too long, the end is not read', () => {
    expect(findSchema(['{"a":1} '.repeat(200_000), shown])).toBeUndefined();
  });
});

test('whatever stands around it, a schema is found where nothing else looks like one', () => {
  const prose = fc.stringMatching(/^[a-z {}[\]",:\\\n]{0,80}$/);
  fc.assert(
    fc.property(prose, fc.jsonValue(), prose, (before, value, after) => {
      const text = `${before}\n${JSON.stringify(value)}\n${shown}${after}`;
      expect(findSchema([text])).toEqual(place);
    }),
    { numRuns: 2000 },
  );
});
