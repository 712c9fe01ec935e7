import { expect, test } from 'vitest';
import { furtherModels } from './further-models.ts';

test.each<[string, string, readonly string[]]>([
  ['none', '{"model":"a","messages":[]}', []],
  ['fall-backs', '{"model":"a","fallbacks":[{"model":"b"},{"model":"c"}]}', ['b', 'c']],
  ['fall-backs by name alone', '{"fallbacks":["b"]}', ['b']],
  ['a tool that asks another model', '{"tools":[{"type":"advisor_20260301","model":"b"}]}', ['b']],
  ['a name with escapes', '{"\\u0066allbacks":[{"model":"b"}]}', ['b']],
  ['the word in a text', '{"messages":[{"content":"\\"fallbacks\\":[\\"b\\"]"}]}', []],
  ['no list', '{"fallbacks":{"model":"b"}}', []],
])('a request names besides its own model: %s', (_name, body, expected) => {
  expect(furtherModels(Buffer.from(body))).toEqual(expected);
});
