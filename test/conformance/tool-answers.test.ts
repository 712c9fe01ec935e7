import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResponseBlock } from '../../src/messages/content-blocks.ts';
import { ask, sonnet4 } from '../support/conformance.ts';
import { askWhole } from '../support/read-stream.ts';
import type { Sent } from '../support/read-stream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §13.3 #56 and §13.4: what answers hold where tools, prefills and citations are asked for. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const questions = Array.from({ length: 12 }, (_, index) => `Question ${String(index)}, please?`);
const user = (content: unknown): object => ({ role: 'user', content });
const kindsOf = (content: readonly ResponseBlock[]): readonly string[] =>
  content.map(({ type }) => type);
const place = { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] };
const exampleTool = {
  name: 'note',
  input_schema: { type: 'object' },
  input_examples: [{ text: 'before STOP behind', list: ['x'] }],
};

describe('answers that call tools', () => {
  test('#78 a call has an id, an input that fits, and the reason tool_use', async () => {
    const change = { max_tokens: 400, tools: [{ name: 'get_weather', input_schema: place }] };
    const whole = await askWhole(gateway, { change });
    expect(whole.stop_reason).toBe('tool_use');
    expect(whole.content.at(-1)).toMatchObject({
      type: 'tool_use',
      id: expect.stringMatching(/^toolu_/) as string,
      input: { place: expect.any(String) as string },
      caller: { type: 'direct' },
    });
  });

  test.each([
    ['any', { type: 'any' }],
    ['tool', { type: 'tool', name: 'b' }],
  ])('a choice of %s leaves no words before the call', async (_name, tool_choice) => {
    const tools = ['a', 'b'].map((name) => ({ name, input_schema: place }));
    for (const question of questions) {
      const change = { messages: [user(question)], max_tokens: 400, tools, tool_choice };
      const whole = await askWhole(gateway, { change });
      expect(new Set(kindsOf(whole.content))).toEqual(new Set(['tool_use']));
    }
  });

  test('#96 a stop sequence in an argument cuts it, closes the JSON and is named', async () => {
    const tool_choice = { type: 'any' };
    const stop_sequences = ['STOP'];
    const change = { max_tokens: 400, tools: [exampleTool], tool_choice, stop_sequences };
    expect(await askWhole(gateway, { change })).toMatchObject({
      content: [{ input: { text: 'before ' } }],
      stop_reason: 'stop_sequence',
      stop_sequence: 'STOP',
    });
  });
});

describe('#56 a prefill on a model that takes one', () => {
  const prefilled = async (text: string): Promise<string> => {
    const messages = [user('Is it so?'), { role: 'assistant', content: text }];
    const change = { model: sonnet4, max_tokens: 200, messages };
    const { content } = await askWhole(gateway, { change });
    expect(kindsOf(content)).toEqual(['text']);
    return content[0]?.type === 'text' ? content[0].text : '';
  };

  test.each(['Sure', 'The answer is'])('“%s” is continued and not repeated', async (text) => {
    const answer = await prefilled(text);
    expect(answer).not.toBe('');
    expect(answer).not.toMatch(new RegExp(`^\\s*${text}`));
  });

  test.each(['{', '{"verdict":', '['])('%s becomes JSON', async (text) => {
    const answer = await prefilled(text);
    expect(() => JSON.parse(text + answer) as unknown).not.toThrow();
  });
});

describe("the API's own tools", () => {
  const withUrl = user('What stands at https://example.org/page today?');
  const tools: readonly (readonly [string, object])[] = [
    ['web_search', { type: 'web_search_20250305', name: 'web_search', max_uses: 1 }],
    ['web_search, the later one', { type: 'web_search_20260318', name: 'web_search' }],
    ['web_fetch', { type: 'web_fetch_20250910', name: 'web_fetch', citations: { enabled: true } }],
    ['code_execution', { type: 'code_execution_20250825', name: 'code_execution' }],
    ['tool search', { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' }],
  ];
  const deferred = { name: 'get_weather', input_schema: place, defer_loading: true };
  const sentWith = (tool: object): Sent => ({
    change: { max_tokens: 2000, tools: [tool, deferred], messages: [withUrl] },
  });

  test.each(tools)('%s: the answer can be brought back as it is', async (_name, tool) => {
    const { change } = sentWith(tool);
    const whole = await askWhole(gateway, { change: { ...change, tool_choice: { type: 'auto' } } });
    const next = whole.content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ type: 'tool_result', tool_use_id: block.id, content: 'Sunny' }]
        : [],
    );
    const said = [withUrl, { role: 'assistant', content: whole.content }];
    const messages = [...said, user(next.length > 0 ? next : 'And then?')];
    const answer = await ask(gateway, { change: { ...change, messages } });
    expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
  });

  test.each(tools)('%s: #98b a turn that paused in it goes on', async (_name, tool) => {
    const { change } = sentWith(tool);
    let paused: readonly ResponseBlock[] = [];
    for (const question of questions) {
      const messages = [user(`${question} https://example.org/page`)];
      const { content } = await askWhole(gateway, { change: { ...change, messages } });
      if (content[0]?.type === 'server_tool_use') paused = content.slice(0, 1);
    }
    const [call] = paused;
    const messages = [withUrl, { role: 'assistant', content: paused }];
    const resumed = await askWhole(gateway, { change: { ...change, messages } });
    expect(resumed.content[0]).toMatchObject({
      type: expect.stringMatching(/_tool_result$/) as string,
      tool_use_id: call?.type === 'server_tool_use' ? call.id : 'none',
    });
    expect(['end_turn', 'tool_use']).toContain(resumed.stop_reason);
  });

  test('usage counts searches and fetches; a container is named where code ran', async () => {
    const forced = async (tool: { readonly name: string }): ReturnType<typeof askWhole> =>
      askWhole(gateway, {
        change: {
          max_tokens: 2000,
          messages: [withUrl],
          tools: [tool],
          tool_choice: { type: 'tool', name: tool.name },
        },
      });
    const search = await forced({ name: 'web_search', type: 'web_search_20250305' } as never);
    expect(search.usage.server_tool_use).toEqual({ web_search_requests: 1, web_fetch_requests: 0 });
    expect(search).not.toHaveProperty('container');
    const fetched = await forced({ name: 'web_fetch', type: 'web_fetch_20250910' } as never);
    expect(fetched.usage.server_tool_use).toEqual({
      web_search_requests: 0,
      web_fetch_requests: 1,
    });
    const ran = await forced({ name: 'code_execution', type: 'code_execution_20250825' } as never);
    expect(ran).toMatchObject({
      container: { id: expect.stringMatching(/^container_01/) as string },
      usage: { server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 } },
    });
  });
});

test('who asks for context editing is told which edits were applied', async () => {
  const betas = 'context-management-2025-06-27';
  const whole = await askWhole(gateway, { betas });
  expect(whole.context_management).toEqual({ applied_edits: [] });
  expect(await askWhole(gateway, {})).not.toHaveProperty('context_management');
});
