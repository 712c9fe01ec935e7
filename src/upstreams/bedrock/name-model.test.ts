import { expect, test } from 'vitest';
import type { InferenceProfile } from './name-model.ts';
import { bedrockName } from './name-model.ts';

test.each<[string, InferenceProfile, string]>([
  ['claude-known', 'none', 'anthropic.claude-known-v1:0'],
  ['claude-known', 'us', 'us.anthropic.claude-known-v1:0'],
  ['claude-known', 'global', 'global.anthropic.claude-known-v1:0'],
  ['claude-of-next-year', 'eu', 'eu.anthropic.claude-of-next-year'],
  ['anthropic.claude-mine', 'eu', 'anthropic.claude-mine'],
  ['jp.anthropic.claude-mine', 'eu', 'jp.anthropic.claude-mine'],
  [
    'arn:aws:bedrock:us-east-1:1:inference-profile/x',
    'eu',
    'arn:aws:bedrock:us-east-1:1:inference-profile/x',
  ],
])('%s with the profile %s is %s', (asked, inferenceProfile, name) => {
  const registered = (model: string): string | undefined =>
    model === 'claude-known' ? 'anthropic.claude-known-v1:0' : undefined;
  expect(bedrockName(asked, { inferenceProfile, registered })).toBe(name);
});
