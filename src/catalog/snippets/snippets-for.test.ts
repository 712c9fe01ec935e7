import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../std/json.ts';
import { workersAiSnippet } from '../workers-ai-snippet.ts';
import type { SnippetClient, SnippetForm, SnippetRequest } from './snippet.ts';
import { snippetsFor } from './snippets-for.ts';

const body: JsonObject = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };

function codeOf(client: SnippetClient, request: Partial<SnippetRequest> = {}): string {
  const form: SnippetForm = client.startsWith('openai') ? 'chat-completions' : 'messages';
  const snippets = snippetsFor({ form, model: 'a/b', body, ...request });
  const found = snippets.find((snippet) => snippet.client === client);
  if (found === undefined) throw new Error(`no snippet for ${client}`);
  return found.code;
}

test.each([
  ['messages', ['cURL', 'TypeScript (Anthropic SDK)', 'Python (Anthropic SDK)']],
  ['chat-completions', ['cURL', 'TypeScript (OpenAI SDK)', 'Python (OpenAI SDK)']],
  ['workers-ai', ['TypeScript (env.AI)', 'TypeScript (createAI)', 'cURL', 'Python (requests)']],
] as const)('%s has code with each client of its readers', (form, labels) => {
  expect(snippetsFor({ form, model: 'a/b', body }).map(({ label }) => label)).toEqual(labels);
});

test('env.AI is as the catalog has it everywhere', () => {
  expect(codeOf('workers-ai-binding', { form: 'workers-ai' })).toBe(workersAiSnippet('a/b', body));
});

test('a model in the body does not count', () => {
  const request = { body: { ...body, model: 'other' } };
  for (const form of ['messages', 'chat-completions', 'workers-ai'] as const) {
    for (const { code } of snippetsFor({ form, model: 'a/b', ...request })) {
      expect(code).toContain('a/b');
      expect(code).not.toContain('other');
    }
  }
});

describe('what an SDK has no parameter for', () => {
  const request = { body: { ...body, top_k: 3 } };
  test('is spread in TypeScript', () => {
    expect(codeOf('anthropic-typescript', request)).toContain('\n  ...{ top_k: 3 },\n})');
  });
  test('is the extra body in Python', () => {
    expect(codeOf('openai-python', request)).toContain('\n    extra_body={"top_k": 3},\n)');
  });
});

describe('an answer in one piece that may be long is waited for', () => {
  const long = { body: { ...body, max_tokens: 32_000 } };
  test.each([
    ['anthropic-typescript', '\n  timeout: 60 * 60 * 1000,\n'],
    ['openai-typescript', '\n  timeout: 60 * 60 * 1000,\n'],
    ['anthropic-python', '\n    timeout=60 * 60,\n'],
    ['openai-python', '\n    timeout=60 * 60,\n'],
  ] as const)('%s', (client, line) => {
    expect(codeOf(client, long)).toContain(line);
    expect(codeOf(client)).not.toContain('timeout');
    const streamed = { body: { ...long.body, stream: true } };
    expect(codeOf(client, streamed)).not.toContain('timeout');
  });
});

describe('samplers, which the version that SDKs ask for does not take, go with an earlier one', () => {
  test.each([
    ['anthropic-typescript', `\n  defaultHeaders: { 'anthropic-version': '2023-06-01' },\n`],
    ['anthropic-python', '\n    default_headers={"anthropic-version": "2023-06-01"},\n'],
  ] as const)('%s', (client, line) => {
    expect(codeOf(client, { body: { ...body, temperature: 0.3 } })).toContain(line);
    expect(codeOf(client)).not.toContain('anthropic-version');
  });
});

describe('headers of the caller', () => {
  const headers = { 'anthropic-beta': 'a-1,b-2', 'x-own': `it's "so" $(id)` };
  test.each([
    [
      'curl',
      'messages',
      `\n  -H 'anthropic-beta: a-1,b-2' \\\n  -H 'x-own: it'\\''s "so" $(id)' \\\n`,
    ],
    [
      'anthropic-typescript',
      'messages',
      `defaultHeaders: { 'anthropic-beta': 'a-1,b-2', 'x-own': 'it\\'s "so" $(id)' },`,
    ],
    ['anthropic-python', 'messages', `default_headers={"anthropic-beta": "a-1,b-2", "x-own":`],
    ['openai-typescript', 'chat-completions', `defaultHeaders: { 'anthropic-beta': 'a-1,b-2',`],
    ['openai-python', 'chat-completions', `default_headers={"anthropic-beta": "a-1,b-2",`],
    ['workers-ai-binding', 'workers-ai', `extraHeaders: {\n      'anthropic-beta': 'a-1,b-2',`],
    ['workers-ai-typescript', 'workers-ai', `}, { extraHeaders: { 'anthropic-beta': 'a-1,b-2',`],
    ['requests-python', 'workers-ai', `\n        "anthropic-beta": "a-1,b-2",\n`],
  ] as const)('go along with %s', (client, form, line) => {
    expect(codeOf(client, { form, headers })).toContain(line);
  });

  test('take the place of those that the form has', () => {
    const version = { 'anthropic-version': '2099-01-01' };
    const request = { body: { ...body, top_k: 3 }, headers: version };
    for (const client of ['curl', 'anthropic-typescript', 'anthropic-python'] as const) {
      const code = codeOf(client, request);
      expect(code).toContain('2099-01-01');
      expect(code).not.toContain('2023-06-01');
    }
  });
});

describe('tools', () => {
  const tools = { body: { ...body, tools: [{ name: 'get_time' }] } };
  test.each([
    ['anthropic-typescript', 'block.name, block.input'],
    ['anthropic-python', 'block.name, block.input'],
    ['openai-typescript', 'console.log(completion.choices[0]?.message)'],
    ['openai-python', 'print(completion.choices[0].message)'],
  ] as const)('%s prints what is called', (client, line) => {
    expect(codeOf(client, tools)).toContain(line);
    expect(codeOf(client)).not.toContain(line);
  });
});

describe('the body of a command', () => {
  test('is an argument', () => {
    expect(codeOf('curl')).toMatch(/\n {2}-d '\{[^']*\}'$/);
  });
  test.each([
    ['with an apostrophe', "It's"],
    ['that is long', 'x'.repeat(30_000)],
  ])('%s goes in by itself', (_name, content) => {
    const code = codeOf('curl', { body: { ...body, messages: [{ role: 'user', content }] } });
    expect(code).toMatch(/ {2}--data-binary @- <<'JSON'\n\{[^]*\n\}\nJSON$/);
  });
});

describe('a model in a path', () => {
  test.each([
    ['@cf/author/model', '@cf/author/model'],
    ['$(id)', '%24%28id%29'],
    ['a"b`c{d}?#', 'a%22b%60c%7Bd%7D%3F%23'],
  ])('%s', (model, path) => {
    for (const client of ['curl', 'requests-python'] as const) {
      expect(codeOf(client, { form: 'workers-ai', model })).toContain(`/local/ai/run/${path}"`);
    }
  });
});

test('an address that is none is a fault of whoever passes it', () => {
  const baseUrl = 'http://a"; id; "';
  expect(() => snippetsFor({ form: 'messages', model: 'a', body }, { baseUrl })).toThrow(
    'not a plain address',
  );
});
