import { expect, test } from 'vitest';
import { bedrockName } from './bedrock-name.ts';
import { modelsOf } from './profiles.ts';

test.each([
  ['claude-sonnet-4-6', 'anthropic.claude-sonnet-4-6'],
  ['claude-opus-4-6', 'anthropic.claude-opus-4-6-v1'],
  ['claude-sonnet-4-20250514', 'anthropic.claude-sonnet-4-20250514-v1:0'],
  ['claude-haiku-4-5-20251001', 'anthropic.claude-haiku-4-5-20251001-v1:0'],
  ['claude-3-5-sonnet-20241022', 'anthropic.claude-3-5-sonnet-20241022-v2:0'],
  ['claude-3-5-sonnet-20240620', 'anthropic.claude-3-5-sonnet-20240620-v1:0'],
])('%s is called %s', (id, name) => {
  expect(bedrockName({ id })).toBe(name);
});

test('every model has a name of its own', () => {
  const names = modelsOf('launch').map((model) => bedrockName(model));
  expect(new Set(names).size).toBe(names.length);
  expect(
    names.filter((name) => !/^anthropic\.claude-[a-z0-9-]+(?:-v\d(?::\d)?)?$/.test(name)),
  ).toEqual([]);
});
