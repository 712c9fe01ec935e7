import { describe, expect, test } from 'vitest';
import type { UpstreamConfig } from './config.ts';
import { parseConfig } from './parse-config.ts';
import { issueText } from './yaml-issues.ts';

type Read = UpstreamConfig | readonly string[] | undefined;

/** An entry with these options: what it means, or what is wrong with it. */
function read(...lines: readonly string[]): Read {
  const options = ['kind: chat-completions', ...lines].map((line) => `    ${line}\n`).join('');
  const file = { name: 'q.yaml', text: `upstreams:\n  own:\n${options}` };
  const parsed = parseConfig({ file, env: {}, flags: {} });
  if (parsed.kind === 'issues') return parsed.issues.map((issue) => issueText(issue));
  return parsed.config.upstreams['own'];
}

describe('an engine that speaks Chat Completions', () => {
  test('has defaults for all but its address', () => {
    expect(read('base_url: http://127.0.0.1:8000/v1')).toEqual({
      kind: 'chat-completions',
      base_url: 'http://127.0.0.1:8000/v1',
      engine: 'generic',
      quirks: {},
      models: {},
      verbatim: true,
      auth: 'bearer',
      connections_max: 10_000,
      on_client_gone: 'cancel',
      timeouts: { connect_ms: 10_000, first_byte_ms: 600_000, idle_ms: 300_000 },
    });
  });

  test('is told apart from others by quirks and names of models', () => {
    const entry = read(
      'base_url: http://127.0.0.1:8000/v1',
      'engine: vllm',
      'quirks: { takes_top_k: false, thinking_history: [reasoning] }',
      "models: { claude-sonnet-4-6: qwen3, '*': other }",
    );
    expect(entry).toMatchObject({
      engine: 'vllm',
      quirks: { takes_top_k: false, thinking_history: ['reasoning'] },
      models: { 'claude-sonnet-4-6': 'qwen3', '*': 'other' },
    });
  });

  test.each<readonly [string, string, RegExp]>([
    ['no address', 'auth: none', /base_url/],
    ['an address of another kind', 'base_url: ftp://x', /base_url/],
    ['an engine that nobody knows', 'engine: magic', /engine/],
    ['a quirk that does not exist', 'quirks: { takes_tea: true }', /takes_tea: no such option/],
    ['a value that does not exist', 'quirks: { tool_choice: some }', /quirks\.tool_choice/],
    ['a key in the file', 'api_key: sk-1', /api_key: write a reference/],
  ])('%s is an issue', (_name, line, issue) => {
    const lines =
      line.startsWith('base_url') || line === 'auth: none' ? [line] : ['base_url: http://x', line];
    expect(JSON.stringify(read(...lines))).toMatch(issue);
  });
});
