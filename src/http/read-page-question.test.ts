import { expect, test } from 'vitest';
import { readPageQuestion } from './read-page-question.ts';

const name = 'anthropic/claude-sonnet-4.6';

test.each<[string, ReturnType<typeof readPageQuestion>]>([
  ['/ai/models/llms.txt', { kind: 'index' }],
  [`/ai/models/${name}/index.md`, { kind: 'page', name }],
  [`/ai/models/${name}/schema-input.json`, { kind: 'input-schema', name }],
  [`/ai/models/${name}/schema-output.json`, { kind: 'output-schema', name }],
  ['/ai/models/', undefined],
  ['/ai/models', undefined],
  [`/ai/models/${name}`, undefined],
  [`/ai/models/${name}/`, undefined],
  [`/ai/models/${name}/toString`, undefined],
  [`/ai/models/${name}/index.md/`, undefined],
  ['/ai/models/claude-sonnet-4.6/index.md', undefined],
  ['/ai/models/a/b/c/index.md', undefined],
  [`/ai/models/${'a'.repeat(129)}/b/index.md`, undefined],
  [`/v1/ai/models/${name}/index.md`, undefined],
])('%s asks %j', (path, question) => {
  expect(readPageQuestion(path)).toEqual(question);
});
