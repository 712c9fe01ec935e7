import { expect, test } from 'vitest';
import { vertexName } from './vertex-name.ts';

test.each([
  ['claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['claude-sonnet-4-20250514', 'claude-sonnet-4@20250514'],
  ['claude-haiku-4-5-20251001', 'claude-haiku-4-5@20251001'],
  ['claude-3-5-sonnet-20241022', 'claude-3-5-sonnet-v2@20241022'],
])('%s is %s on Vertex AI', (id, name) => {
  expect(vertexName({ id })).toBe(name);
});
