import { expect, test } from 'vitest';
import { continueJson } from './continue-json.ts';

test.each([
  '{',
  '[',
  '{"',
  '{"na',
  '{"name"',
  '{"name":',
  '{"name": "An',
  '{"name": "Ann",',
  '{"name": "Ann"',
  '{"a": [1, 2,',
  '{"a": [{"b": "c\\"d',
  '{"a": 12',
  'Here is the JSON:\n```json\n{"items": [',
])('#56 %s is made whole', (prefill) => {
  const rest = continueJson(prefill, ['Lisbon']);
  const start = prefill.search(/[{[]/);
  expect(() => JSON.parse(prefill.slice(start) + (rest ?? '')) as unknown).not.toThrow();
});

test.each(['Sure', 'The answer is', '{"a": 1}', '{a', 'see [x', '{"a": tru', '', '}'])(
  '%s is no JSON that goes on',
  (prefill) => {
    expect(continueJson(prefill, ['Lisbon'])).toBeUndefined();
  },
);
