import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../support/post.ts';
import type { RawAnswer } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Scripted answers, over the gateway. */

const script = `
scenarios:
  - name: agent
    match: { last_user_text: { contains: Lisbon } }
    respond:
      content:
        - { type: thinking, thinking: The user wants the weather. }
        - { type: text, text: Let me look. }
        - { type: tool_use, name: get_weather, input: { city: Lisbon } }
    then:
      - respond: { content: It is 21 degrees in Lisbon. }
  - name: search
    match: { last_user_text: search, stream: false }
    respond:
      content:
        - { type: server_tool_use, name: web_search, input: { query: gateways } }
        - { type: web_search_tool_result, content: [] }
        - { type: redacted_thinking, data: abc }
        - { type: text, text: Found nothing. }
      usage: { server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 }, output_tokens: 77 }
      model: claude-sonnet-4-6-scripted
  - name: paused
    match: { last_user_text: pause }
    respond:
      content: [{ type: server_tool_use, name: web_search, input: { query: more } }]
      stop_reason: pause_turn
  - name: refused
    match: { last_user_text: no }
    respond: { content: [], stop_reason: refusal }
  - name: long
    match: { last_user_text: long }
    respond: { content: 'one two three four five six seven eight nine ten STOP eleven' }
  - name: count
    match: { last_user_text: count, operation: messages.count_tokens }
    error: { type: overloaded_error }
`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(
    'emulator: { scenarios_file: s.yaml }',
    {},
    { 's.yaml': script },
  );
});
afterAll(() => gateway.stop());

const ask = (text: string, more: object = {}): object => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 1024,
  messages: [{ role: 'user', content: text }],
  ...more,
});

function post(of: TestGateway, body: object, path = '/v1/messages'): Promise<RawAnswer> {
  return sendRaw(`${of.url}${path}`, { headers: of.headers, body: JSON.stringify(body) });
}

async function said(body: object, of: TestGateway = gateway): Promise<Anthropic.Message> {
  const answer = await post(of, body);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body.toString()) as Anthropic.Message;
}

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');

describe('scripted content', () => {
  test('an agent goes through a script: a call, its result, the answer', async () => {
    const client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key });
    const tools = [{ name: 'get_weather', input_schema: { type: 'object' as const } }];
    const question = { role: 'user' as const, content: 'How is Lisbon?' };
    const asked = {
      model: 'claude-sonnet-4-6',
      max_tokens: 4000,
      tools,
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
    };
    const first = await client.messages.stream({ ...asked, messages: [question] }).finalMessage();
    expect(first.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use']);
    expect(first.stop_reason).toBe('tool_use');
    const call = first.content.find((block) => block.type === 'tool_use');
    expect(call).toMatchObject({ name: 'get_weather', input: { city: 'Lisbon' } });
    const result = {
      role: 'user' as const,
      content: [
        { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: '21 degrees' },
      ],
    };
    // The signature of scripted thinking is one that the emulator takes back.
    const second = await client.messages.create({
      ...asked,
      messages: [question, { role: 'assistant', content: first.content }, result],
    });
    expect([textOf(second), second.stop_reason]).toEqual([
      'It is 21 degrees in Lisbon.',
      'end_turn',
    ]);
    // The script is over: from here on the emulator speaks for itself.
    expect(textOf(await said(ask('How is Lisbon?')))).toContain('no model was asked');
  });

  test('tools of the server, usage and model as they are scripted', async () => {
    const message = await said(ask('search'));
    const [use, result] = message.content;
    expect(message.content.map(({ type }) => type)).toEqual([
      'server_tool_use',
      'web_search_tool_result',
      'redacted_thinking',
      'text',
    ]);
    expect(use).toHaveProperty('id', expect.stringMatching(/^srvtoolu_01/));
    expect(result).toHaveProperty('tool_use_id', use?.type === 'server_tool_use' ? use.id : '');
    expect(message).toMatchObject({
      model: 'claude-sonnet-4-6-scripted',
      stop_reason: 'end_turn',
      usage: { output_tokens: 77, server_tool_use: { web_search_requests: 1 } },
    });
    expect(message.usage.input_tokens).toBeGreaterThan(0);
  });

  test('a turn that pauses', async () => {
    const message = await said(ask('pause'));
    expect([message.stop_reason, message.content.length]).toEqual(['pause_turn', 1]);
  });

  test('#143 a refusal, with its details, in both forms', async () => {
    const message = await said(ask('no'));
    expect(message).toMatchObject({
      content: [],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal' },
    });
    const stream = (await post(gateway, ask('no', { stream: true }))).body.toString();
    const types = [...stream.matchAll(/^event: (\w+)$/gm)].map((match) => match[1]);
    expect(types).toEqual(['message_start', 'ping', 'message_delta', 'message_stop']);
    expect(stream).toContain('"stop_reason":"refusal"');
    expect(stream).toContain('"stop_details":{"type":"refusal"');
  });

  test('limits of the request hold for scripted content', async () => {
    const clipped = await said(ask('long', { max_tokens: 3 }));
    expect(clipped).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 3 } });
    expect(textOf(clipped).length).toBeLessThan(20);
    const stopped = await said(ask('long', { stop_sequences: ['STOP'] }));
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'STOP' });
    expect(textOf(stopped)).toMatch(/ten $/);
  });

  test('the check of the request comes first', async () => {
    expect((await post(gateway, ask('long', { max_tokens: -1 }))).status).toBe(400);
  });

  test('a count of tokens can fail too, and does not use up what is for messages', async () => {
    const { max_tokens: _bound, ...body } = ask('count') as Record<string, unknown>;
    expect((await post(gateway, body, '/v1/messages/count_tokens')).status).toBe(529);
  });

  test('the same request has the same bytes, whatever came before', async () => {
    const other = await startTestGateway(
      'emulator: { scenarios_file: s.yaml }',
      {},
      {
        's.yaml': script,
      },
    );
    const bytes = async (of: TestGateway): Promise<string> =>
      (await post(of, ask('long', { stream: true }))).body.toString();
    expect(await bytes(other)).toBe(await bytes(gateway));
    await other.stop();
  });
});

describe('a strict emulator', () => {
  const strict =
    'strict: true\nscenarios:\n  - { name: once, times: 1, respond: { content: a } }\n';

  test('refuses what no scenario matches, and says which there are', async () => {
    const of = await startTestGateway(
      'emulator: { scenarios_file: s.yaml }',
      {},
      {
        's.yaml': strict,
      },
    );
    expect(textOf(await said(ask('Hi'), of))).toBe('a');
    const answer = await post(of, ask('Hi'));
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain('once (used up)');
    const { max_tokens: _bound, ...counted } = ask('Hi') as Record<string, unknown>;
    expect((await post(of, counted, '/v1/messages/count_tokens')).status).toBe(200);
    await of.stop();
  });
});

describe('reload', () => {
  test('other scenarios count from the next request on; a broken file changes nothing', async () => {
    const say = (text: string): string => `scenarios: [{ name: a, respond: { content: ${text} } }]`;
    const files = { 's.yaml': say('before') };
    const of = await startTestGateway(
      'emulator: { scenarios_file: s.yaml, limits: { requests_per_minute: 100 } }',
      {},
      files,
    );
    const reload = (): readonly string[] => of.gateway.reload(of.gateway.config);
    const remaining = async (): Promise<number> =>
      Number((await post(of, ask('Hi'))).headers['anthropic-ratelimit-requests-remaining']);
    expect(textOf(await said(ask('Hi'), of))).toBe('before');
    files['s.yaml'] = say('after');
    expect(textOf(await said(ask('Hi'), of))).toBe('before');
    reload();
    expect(textOf(await said(ask('Hi'), of))).toBe('after');
    // It is the same emulator as before: what it had counted stays.
    expect(await remaining()).toBeLessThan(98);
    files['s.yaml'] = 'scenarios: [{ nam: a }]';
    expect(reload).toThrow(/s\.yaml:1: scenarios\.0/);
    expect(textOf(await said(ask('Hi'), of))).toBe('after');
    await of.stop();
  });

  test('a file that is not there stops the start', async () => {
    await expect(startTestGateway('emulator: { scenarios_file: gone.yaml }')).rejects.toThrow(
      /emulator\.scenarios_file: gone\.yaml cannot be read/,
    );
  });
});
