import { expect, test } from 'vitest';
import type { CatalogQuestion } from './read-catalog-question.ts';
import { readCatalogQuestion } from './read-catalog-question.ts';

const account = '/client/v4/accounts/a/ai';

test.each<[string, CatalogQuestion | undefined]>([
  ['/ai-api/models/search', { kind: 'search', isBinding: true }],
  [`${account}/models/search`, { kind: 'search', isBinding: false }],
  [`${account}/models/schema`, { kind: 'schema' }],
  [`${account}/catalog/models`, { kind: 'list' }],
  [`${account}/catalog/models/anthropic%2Fclaude-x`, { kind: 'model', name: 'anthropic/claude-x' }],
  [`${account}/catalog/models/anthropic/claude-x`, { kind: 'model', name: 'anthropic/claude-x' }],
  [
    `${account}/catalog/models/anthropic%2Fclaude-x/schema`,
    { kind: 'model-schema', name: 'anthropic/claude-x' },
  ],
  [`${account}/authors/search`, { kind: 'authors' }],
  [`${account}/tasks/search`, { kind: 'tasks' }],
  [`${account}/catalog/models/`, undefined],
  [`${account}/catalog/models//schema`, undefined],
  [`${account}/catalog/models/%E0%A4`, undefined],
  [`${account}/catalog/models/${'a'.repeat(257)}`, undefined],
  [`${account}/run/anthropic/claude-x`, undefined],
  [`${account}/constructor`, undefined],
  ['/client/v4/accounts//ai/models/search', undefined],
  ['/client/v4/accounts/a/b/ai/models/search', undefined],
  ['/x/client/v4/accounts/a/ai/models/search', undefined],
  ['/ai-api/models', undefined],
  ['/v1/models', undefined],
])('%s', (path, question) => {
  expect(readCatalogQuestion(path)).toEqual(question);
});
