import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../test/support/model-facts.ts';
import type { RequestBlock } from '../../messages/content-blocks.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { DeterministicRandom } from '../deterministic-random.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { planAnswer } from './plan-answer.ts';
import type { PlannedBlock } from './planned-block.ts';
import { serverToolUse } from './server-tool-use.ts';

const facts = factsOf('claude-sonnet-4-6');
const question = {
  role: 'user',
  content: 'What is new about https://example.org/news today?',
} as const;
const base: CheckedRequest = { model: 'm', max_tokens: 1024, messages: [question] };
const seeds = Array.from({ length: 60 }, (_, index) => `seed ${String(index)}`);
const DAY_MS = Date.UTC(2026, 7, 19);

function plan(request: CheckedRequest, seed = 'seed'): readonly PlannedBlock[] {
  const accepted = { request, facts, betas: new Set<string>(), wantsJsonObject: false };
  return planAnswer(accepted, new DeterministicRandom(seed), DAY_MS);
}

function resultsIn(blocks: readonly PlannedBlock[]): readonly JsonValue[] {
  return blocks.flatMap((block) =>
    block.kind === 'result' && 'tool_use_id' in block.block
      ? [(block.block.content ?? null) as JsonValue]
      : [],
  );
}

const errorCodes = (blocks: readonly PlannedBlock[]): readonly JsonValue[] =>
  resultsIn(blocks).flatMap((content) => (content as JsonObject)['error_code'] ?? []);

const kindsIn = (blocks: readonly PlannedBlock[]): readonly string[] =>
  blocks.map((block) => ('block' in block ? block.block.type : block.kind));

function forced(
  tool: JsonObject & { readonly type: string; readonly name: string },
  more = {},
): CheckedRequest {
  const { name } = tool;
  return { ...base, tools: [tool], tool_choice: { type: 'tool', name }, ...more };
}

describe("the API's own tools", () => {
  test.each<[string, string, string]>([
    ['web_search_20250305', 'web_search', 'web_search_tool_result'],
    ['web_fetch_20250910', 'web_fetch', 'web_fetch_tool_result'],
    ['code_execution_20250522', 'code_execution', 'code_execution_tool_result'],
    ['code_execution_20250825', 'code_execution', 'bash_code_execution_tool_result'],
    ['tool_search_tool_regex_20251119', 'tool_search_tool_regex', 'tool_search_tool_result'],
    ['tool_search_tool_bm25', 'tool_search_tool_bm25', 'tool_search_tool_result'],
    ['advisor_20260301', 'advisor', 'advisor_tool_result'],
  ])('%s: a call, its result, and words that call it emulated', (type, name, result) => {
    const blocks = plan(forced({ type, name }));
    expect(kindsIn(blocks).slice(0, 2)).toEqual(['server_tool_use', result]);
    expect(new Set(kindsIn(blocks).slice(2))).toEqual(new Set(['text']));
    expect(errorCodes(blocks)).toEqual([]);
    expect(JSON.stringify(blocks)).toMatch(/emulat/);
  });

  test('a search is cited in the words that follow it', () => {
    const blocks = plan(forced({ type: 'web_search_20250305', name: 'web_search' }));
    const [pages] = resultsIn(blocks) as unknown as [readonly JsonObject[]];
    const urls = pages.map(({ url }) => url);
    const citations = blocks.flatMap((block) =>
      block.kind === 'text' ? (block.citations ?? []) : [],
    );
    expect(citations).toHaveLength(2);
    for (const citation of citations) {
      expect(citation).toMatchObject({
        type: 'web_search_result_location',
        cited_text: expect.stringMatching(/emulator/) as string,
        encrypted_index: expect.stringMatching(/^E/) as string,
      });
      expect(urls).toContain(citation['url']);
    }
    expect(serverToolUse(blocks)).toEqual({
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
    });
  });

  test.each([
    [{ allowed_domains: ['docs.example.edu/guide'] }, /^https:\/\/docs\.example\.edu\//],
    [{ blocked_domains: ['example.com', 'example.org'] }, /^https:\/\/example\.net\//],
  ])('a search keeps to %j', (options, pattern) => {
    const blocks = plan(forced({ type: 'web_search_20250305', name: 'web_search', ...options }));
    const [pages] = resultsIn(blocks) as unknown as [readonly JsonObject[]];
    expect(pages.length).toBeGreaterThan(0);
    for (const { url } of pages) expect(url).toMatch(pattern);
  });

  test('what passes max_uses gets the error, and is not counted', () => {
    const request = forced({ type: 'web_search_20250305', name: 'web_search', max_uses: 1 });
    const runs = seeds.map((seed) => plan(request, seed));
    const overdone = runs.filter((blocks) => resultsIn(blocks).length === 2);
    expect(overdone.length).toBeGreaterThan(5);
    for (const blocks of overdone) {
      expect(errorCodes(blocks)).toEqual(['max_uses_exceeded']);
      expect(serverToolUse(blocks).server_tool_use?.web_search_requests).toBe(1);
    }
    const roomy = { ...forced({ type: 'web_search_20250305', name: 'web_search', max_uses: 5 }) };
    expect(seeds.flatMap((seed) => errorCodes(plan(roomy, seed)))).toEqual([]);
  });

  test.each<[string, JsonObject, string | undefined]>([
    ['See https://example.org/a.', {}, undefined],
    ['There is no address here.', {}, 'url_not_in_prior_context'],
    [`See https://example.org/${'a'.repeat(250)}`, {}, 'url_too_long'],
    ['See https://example.org/a', { blocked_domains: ['example.org'] }, 'url_not_allowed'],
    ['See https://www.example.org/a', { allowed_domains: ['example.com'] }, 'url_not_allowed'],
    ['See https://www.example.org/a', { allowed_domains: ['example.org'] }, undefined],
    ['See https://example.org/a.zip', {}, 'unsupported_content_type'],
  ])('a fetch where the user wrote “%.40s” with %j: %s', (content, options, code) => {
    const tool = { type: 'web_fetch_20250910', name: 'web_fetch', ...options };
    const blocks = plan(forced(tool, { messages: [{ role: 'user', content }] }));
    expect(errorCodes(blocks)).toEqual(code === undefined ? [] : [code]);
    if (code !== undefined) return;
    expect(resultsIn(blocks)[0]).toMatchObject({
      type: 'web_fetch_result',
      url: /https:\S+a/.exec(content)?.[0],
      retrieved_at: '2026-08-19T00:00:00.000Z',
      content: { type: 'document', citations: { enabled: false } },
    });
  });

  test('a fetched page is cited where that is switched on', () => {
    const tool = { type: 'web_fetch_20250910', name: 'web_fetch', citations: { enabled: true } };
    const blocks = plan(forced(tool));
    const cited = blocks.flatMap((block) => (block.kind === 'text' ? (block.citations ?? []) : []));
    const [page] = resultsIn(blocks) as unknown as [{ content: { source: { data: string } } }];
    expect(cited).toHaveLength(1);
    const { start_char_index: start, end_char_index: end } = cited[0] as unknown as {
      start_char_index: number;
      end_char_index: number;
    };
    expect(page.content.source.data.slice(start, end)).toBe(cited[0]?.['cited_text']);
  });

  test('a search among tools leads to a call of what it found', () => {
    const deferred = ['get_weather', 'send_mail'].map((name) => ({
      name,
      input_schema: { type: 'object' },
      defer_loading: true,
    }));
    const search = { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' };
    const called = seeds.map((seed) => {
      const blocks = plan({ ...base, tools: [search, ...deferred] }, seed);
      expect(kindsIn(blocks)).toEqual([
        'server_tool_use',
        'tool_search_tool_result',
        'text',
        'tool_use',
      ]);
      const [found] = resultsIn(blocks) as unknown as [
        { tool_references: { tool_name: string }[] },
      ];
      const call = blocks.at(-1);
      const name = call?.kind === 'call' ? call.block.name : undefined;
      expect(found.tool_references[0]?.tool_name).toBe(name);
      return name;
    });
    expect(new Set(called)).toEqual(new Set(['get_weather', 'send_mail']));
  });

  test.each<[string, JsonObject, string]>([
    ['web_search', { query: 'news' }, 'web_search_tool_result'],
    ['web_search', {}, 'web_search_tool_result'],
    ['bash_code_execution', { command: 'rm -rf /' }, 'bash_code_execution_tool_result'],
    [
      'text_editor_code_execution',
      { command: 'view', path: '/a' },
      'text_editor_code_execution_tool_result',
    ],
    ['tool_search_tool_regex', { pattern: '(' }, 'tool_search_tool_result'],
  ])('#98b a turn that paused in %s %j goes on with its result', (name, input, type) => {
    const paused: RequestBlock = { type: 'server_tool_use', id: 'srvtoolu_1', name, input };
    const blocks = plan({
      ...base,
      messages: [question, { role: 'assistant', content: [paused] }],
    });
    expect(blocks[0]).toMatchObject({ block: { type, tool_use_id: 'srvtoolu_1' } });
    expect(kindsIn(blocks).slice(1)).toContain('text');
  });
});

describe('tools that code calls', () => {
  const code = { type: 'code_execution_20260120', name: 'code_execution' };
  const weather = {
    name: 'get_weather',
    input_schema: { type: 'object' },
    allowed_callers: ['code_execution_20260120'],
  };
  const asking = { ...base, tools: [code, weather], tool_choice: { type: 'any' } } as const;

  test('code calls a tool that is for code only, and waits', () => {
    const blocks = plan(asking);
    expect(kindsIn(blocks)).toEqual(['server_tool_use', 'tool_use']);
    const [run, call] = blocks.flatMap((block) => (block.kind === 'call' ? [block.block] : []));
    expect(call?.caller).toEqual({ type: 'code_execution_20260120', tool_id: run?.id });
    expect(run?.input['code']).toContain('get_weather');
  });

  test('with the result it calls once more, or it ends and prints', () => {
    const first = plan(asking).flatMap((block) => (block.kind === 'call' ? [block.block] : []));
    const id = first[1]?.id ?? '';
    const messages: CheckedRequest['messages'] = [
      question,
      { role: 'assistant', content: first },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'Sunny' }] },
    ];
    const resumed = seeds.map((seed) => plan({ ...base, tools: [code, weather], messages }, seed));
    expect(new Set(resumed.map((blocks) => kindsIn(blocks).join()))).toEqual(
      new Set(['tool_use', 'code_execution_tool_result,text']),
    );
    const ended = resumed.find((blocks) => blocks.length === 2) ?? [];
    expect(ended[0]).toMatchObject({
      block: { tool_use_id: first[0]?.id, content: { stdout: 'Sunny\n', return_code: 0 } },
    });
  });
});
