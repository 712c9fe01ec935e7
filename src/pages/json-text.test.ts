import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../std/json.ts';
import { jsonText } from './json-text.ts';

test('what fits on a line stands on one', () => {
  const text = jsonText({
    type: 'object',
    properties: { role: { type: 'string', enum: ['user', 'assistant'] }, none: {}, empty: [] },
  });
  expect(text).toBe(
    [
      '{',
      '  "type": "object",',
      '  "properties": {',
      '    "role": { "type": "string", "enum": ["user", "assistant"] },',
      '    "none": {},',
      '    "empty": []',
      '  }',
      '}',
    ].join('\n'),
  );
});

test('the text is the value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as JsonObject;
      expect(JSON.parse(jsonText(plain))).toEqual(plain);
    }),
  );
});
