import { expect, test } from 'vitest';
import type { ModelsQuestion } from './read-models-question.ts';
import { readModelsQuestion } from './read-models-question.ts';

const name = 'anthropic/claude-sonnet-4.6';
const browser = 'text/html,application/xhtml+xml,*/*;q=0.8';
const page = { kind: 'model', name, form: undefined, isFolder: true } as const;

test.each<[string, string | undefined, ModelsQuestion | undefined]>([
  ['/models/', undefined, { kind: 'list', as: 'html' }],
  ['/models/', 'text/markdown', { kind: 'list', as: 'markdown' }],
  ['/models/', browser, { kind: 'list', as: 'html' }],
  ['/models/index.md', undefined, { kind: 'list', as: 'markdown' }],
  ['/models/llms.txt', browser, { kind: 'list', as: 'text' }],
  ['/models/models.json', undefined, { kind: 'list', as: 'data' }],
  [`/models/${name}/`, undefined, { ...page, as: 'html' }],
  [`/models/${name}/`, 'text/markdown', { ...page, as: 'markdown' }],
  [`/models/${name}/`, `text/markdown, ${browser}`, { ...page, as: 'html' }],
  [`/models/${name}/index.md`, browser, { ...page, as: 'markdown' }],
  [`/models/${name}/schema-input.json`, undefined, { ...page, as: 'input-schema' }],
  [`/models/${name}/schema-output.json`, 'text/markdown', { ...page, as: 'output-schema' }],
  [`/models/${name}/messages/`, undefined, { ...page, form: 'messages', as: 'html' }],
  [`/models/${name}/messages/index.md`, undefined, { ...page, form: 'messages', as: 'markdown' }],
  [
    `/models/${name}/messages`,
    undefined,
    { ...page, form: 'messages', as: 'html', isFolder: false },
  ],
  [`/models/${name}/playground/`, undefined, { kind: 'playground', name, isFolder: true }],
  [`/models/${name}/playground`, browser, { kind: 'playground', name, isFolder: false }],
  ['/models/x/playground/', browser, { kind: 'playground', name: 'x', isFolder: true }],
  [
    `/models/${name}/playground/index.md`,
    browser,
    { kind: 'missing', name: `${name}/playground`, as: 'markdown' },
  ],
  // Clients of Chat Completions ask for a model there; a browser asks for its page.
  [`/models/${name}`, undefined, undefined],
  [`/models/${name}`, 'application/json', undefined],
  [`/models/${name}`, browser, { ...page, as: 'html', isFolder: false }],
  ['/models/claude-sonnet-4-6/', undefined, { ...page, name: 'claude-sonnet-4-6', as: 'html' }],
  ['/models', undefined, undefined],
  ['/models', browser, { kind: 'moved', path: '/models/' }],
  ['/', undefined, undefined],
  ['/', 'application/json', undefined],
  ['/', browser, { kind: 'moved', path: '/models/' }],
  ['/llms.txt', undefined, { kind: 'moved', path: '/models/llms.txt' }],
  ['/models/reference/', browser, undefined],
  ['/models/reference/openapi.json', undefined, undefined],
  ['/models/a/b/c/', undefined, { kind: 'missing', name: 'a/b/c', as: 'html' }],
  ['/models/a/b/c/', 'text/markdown', { kind: 'missing', name: 'a/b/c', as: 'markdown' }],
  ['/models/a/b/c', undefined, undefined],
  ['/models/a/b/c', browser, { kind: 'missing', name: 'a/b/c', as: 'html' }],
  [
    '/models/constructor/toString',
    browser,
    { kind: 'model', name: 'constructor/toString', form: undefined, as: 'html', isFolder: false },
  ],
  ['/models//', undefined, { kind: 'missing', name: '', as: 'html' }],
  [
    '/models/../',
    browser,
    { kind: 'model', name: '..', form: undefined, as: 'html', isFolder: true },
  ],
  ['/models/%2e%2e/', browser, { kind: 'missing', name: '%2e%2e', as: 'html' }],
  [`/models/${'a'.repeat(129)}/`, browser, { kind: 'missing', name: 'a'.repeat(129), as: 'html' }],
  ['/v1/models', browser, undefined],
])('%s with accept %s asks %j', (path, accept, question) => {
  expect(readModelsQuestion(path, accept === undefined ? {} : { accept })).toEqual(question);
});
