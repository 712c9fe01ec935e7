import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from '../support/conformance.ts';
import { ask, askMessage, base, expectCase, sonnet4 } from '../support/conformance.ts';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §13.3: messages. */

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const user = (content: unknown): object => ({ role: 'user', content });
const assistant = (content: unknown): object => ({ role: 'assistant', content });
const text = (words: string): object => ({ type: 'text', text: words });
const use = (id: string, more: object = {}): object => ({
  type: 'tool_use',
  id,
  name: 'f',
  input: {},
  ...more,
});
const result = (id: string, more: object = { content: 'ok' }): object => ({
  type: 'tool_result',
  tool_use_id: id,
  ...more,
});
const called = (uses: readonly object[], answer: unknown): object => ({
  messages: [user('x'), assistant(uses), user(answer)],
});
const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };

const cases: readonly Case[] = [
  {
    name: '#52 the role system, first',
    change: { messages: [{ role: 'system', content: 'x' }, user('y')] },
    says: "messages.0: use the top-level 'system' parameter for the initial system prompt",
  },
  {
    name: 'the role system, later',
    change: { messages: [user('y'), { role: 'system', content: 'x' }] },
    says: "role 'system' is not supported on this model",
  },
  {
    name: 'the role system, later, where the model knows it',
    change: { model: 'claude-opus-4-8', messages: [user('y'), { role: 'system', content: 'x' }] },
  },
  {
    name: '#53 the role tool',
    change: { messages: [{ role: 'tool', content: 'x' }] },
    says: "messages.0.role: Input should be 'user' or 'assistant'",
  },
  { name: '#54 two messages of the user', change: { messages: [user('a'), user('b')] } },
  {
    name: '#55 an assistant turn to be continued',
    change: { messages: [user('x'), assistant('Sure')] },
    says: 'This model does not support assistant message prefill. The conversation must end with a user message.',
  },
  {
    name: '#57 a prefill that ends in a space',
    change: { model: sonnet4, messages: [user('x'), assistant('Sure ')] },
    says: 'messages: final assistant content cannot end with trailing whitespace',
  },
  { name: '#58 the assistant first', change: { messages: [assistant('a'), user('b')] } },
  {
    name: '#59 no content in the middle',
    change: { messages: [user('x'), assistant([]), user('y')] },
    says: 'messages.1: all messages must have non-empty content except for the optional final assistant message',
  },
  {
    name: 'no content of the user',
    change: { messages: [user('')] },
    says: 'messages.0: all messages must have non-empty content except for the optional final assistant message',
  },
  {
    name: '#60 an empty text block',
    change: { messages: [user([text('')])] },
    says: 'messages: text content blocks must be non-empty',
  },
  {
    name: '#61 a blank text block',
    change: { messages: [user([text('  \n')])] },
    says: 'messages: text content blocks must contain non-whitespace text',
  },
  {
    name: '#62 a block that is none',
    change: { messages: [user([{ type: 'video' }])] },
    says: "messages.0.content.0: Input tag 'video' found using 'type' does not match any of the expected tags: 'bash_code_execution_tool_result', 'code_execution_tool_result', 'container_upload', 'document', 'image', 'redacted_thinking', 'search_result', 'server_tool_use', 'text', 'text_editor_code_execution_tool_result', 'thinking', 'tool_result', 'tool_search_tool_result', 'tool_use', 'web_fetch_tool_result', 'web_search_tool_result'",
  },
  {
    name: '#63 a member that a text block has not',
    change: { messages: [user([{ ...text('a'), foo: 1 }])] },
    says: 'messages.0.content.0.text.foo: Extra inputs are not permitted',
  },
  {
    name: '#64 a call that is not answered',
    change: called([use('toolu_A')], 'y'),
    says: 'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_A. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
  },
  {
    name: '#65 one of two calls that is not answered',
    change: called([use('toolu_A'), use('toolu_B')], [result('toolu_A')]),
    says: 'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_B. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
  },
  {
    name: '#66 a result behind words',
    change: called([use('toolu_A')], [text('t'), result('toolu_A')]),
    says: 'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_A. …',
  },
  {
    name: '#67 a result of no call',
    change: { messages: [user([result('toolu_X')])] },
    says: 'messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_X. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
  },
  {
    name: '#68 one id for two calls',
    change: called([use('toolu_A'), use('toolu_A')], [result('toolu_A')]),
    says: 'messages.1.content.1: `tool_use` ids must be unique',
  },
  {
    name: '#69 two results of one call',
    change: called([use('toolu_A')], [result('toolu_A'), result('toolu_A')]),
    says: 'messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: toolu_A',
  },
  {
    name: '#70 a result in an assistant turn',
    change: { messages: [user('x'), assistant([result('toolu_A')]), user('y')] },
    says: 'messages.1: `tool_result` blocks can only be in `user` messages',
  },
  {
    name: 'a call in a turn of the user',
    change: { messages: [user([use('toolu_A')])] },
    says: 'messages.0: `tool_use` blocks can only be in `assistant` messages',
  },
  {
    name: '#71 a result without id',
    change: called([use('toolu_A')], [{ type: 'tool_result' }]),
    says: 'messages.2.content.0.tool_result.tool_use_id: Field required',
  },
  {
    name: '#72 an id with a space',
    change: called([use('a b')], [result('a')]),
    says: "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  },
  { name: '#73 a result as text', change: called([use('a')], [result('a')]) },
  {
    name: '#73 a result of blocks',
    change: called([use('a')], [result('a', { content: [text('x'), image] })]),
  },
  { name: '#73 a result without content', change: called([use('a')], [result('a', {})]) },
  {
    name: '#73 a result that is an error',
    change: called([use('a')], [result('a', { content: 'no', is_error: true })]),
  },
  {
    name: '#74 a caller that is none',
    change: called([use('a', { caller: { type: 'bogus' } })], [result('a')]),
    says: "messages.1.content.0.tool_use.caller: Input tag 'bogus' found using 'type' does not match any of the expected tags: 'code_execution_20250825', 'code_execution_20260120', 'direct'",
  },
  {
    name: '#74 a caller that is not there',
    change: called(
      [use('toolu_A', { caller: { type: 'code_execution_20260120', tool_id: 'srvtoolu_x' } })],
      [result('toolu_A')],
    ),
    says: 'source tool `srvtoolu_x` not found for tool use block `toolu_A`',
  },
  {
    name: '#74 a direct caller',
    change: called([use('a', { caller: { type: 'direct' } })], [result('a')]),
  },
  {
    name: 'an item of messages that is no object',
    change: { messages: ['Invalid content'] },
    says: 'messages.0: Input does not match the expected shape.',
  },
];

test.each(cases)('$name', (wanted) => expectCase(gateway, wanted));

test('#54 messages in a row are answered as one with their blocks', async () => {
  const apart = { messages: [user('a'), user('b')] };
  const together = { messages: [user([text('a'), text('b')])] };
  const [first, second] = [
    await askMessage(gateway, { change: apart }),
    await askMessage(gateway, { change: together }),
  ];
  expect(first.usage['input_tokens']).toBe(second.usage['input_tokens']);
  expect(first.content).toEqual(second.content);
});

test('#56 a prefill is continued and not repeated', async () => {
  const messages = [user('x'), assistant('Sure')];
  const message = await askMessage(gateway, {
    change: { model: sonnet4, max_tokens: 1024, messages },
  });
  expect(message.content[0]?.text).toBeTruthy();
  expect(message.content[0]?.text?.startsWith('Sure')).toBe(false);
});

describe('the window', () => {
  /** Content whose count is just above so many tokens. */
  async function contentOf(
    model: string,
    tokens: number,
  ): Promise<{ content: string; tokens: number }> {
    const count = async (words: number): Promise<number> => {
      const answer = await sendRaw(`${gateway.url}/v1/messages/count_tokens`, {
        headers: gateway.headers,
        body: JSON.stringify({ model, messages: [user('lorem '.repeat(words))] }),
      });
      return (JSON.parse(answer.body.toString()) as { input_tokens: number }).input_tokens;
    };
    let words = tokens;
    for (let tries = 0; tries < 10; tries += 1) {
      const found = await count(words);
      const isNear = found >= tokens && found < tokens * 1.05;
      if (isNear) return { content: 'lorem '.repeat(words), tokens: found };
      words = Math.ceil((words * tokens * 1.005) / found);
    }
    throw new Error(`no content of ${String(tokens)} tokens was found`);
  }

  test('#75 a prompt that is too long, and the beta that makes room for it', async () => {
    const { content } = await contentOf('claude-sonnet-4-6', 200_001);
    const sent = { change: { messages: [user(content)] } };
    const answer = await ask(gateway, sent);
    expectEnvelope(answer, {
      status: 400,
      type: 'invalid_request_error',
      message: /^prompt is too long: 20\d{4} tokens > 200000 maximum$/,
    });
    const long = await ask(gateway, { ...sent, betas: 'context-1m-2025-08-07' });
    expect(long.status).toBe(200);
  });

  test('a count says how long a prompt is that would be too long', async () => {
    const { tokens } = await contentOf('claude-sonnet-4-6', 210_000);
    expect(tokens).toBeGreaterThanOrEqual(210_000);
  });

  test('#75 in August 2026 the window is wider without the beta', async () => {
    const later = await startTestGateway('emulator: {profile: ga-2026-08}');
    try {
      const { content } = await contentOf('claude-sonnet-4-6', 200_001);
      const answer = await ask(later, { change: { messages: [user(content)] } });
      expect(answer.status).toBe(200);
    } finally {
      await later.stop();
    }
  });

  test('#76 an answer that may not fit is no error on Sonnet 4.6', async () => {
    const { content } = await contentOf('claude-sonnet-4-6', 190_000);
    const answer = await ask(gateway, {
      change: { max_tokens: 64_000, messages: [user(content)] },
    });
    expect(answer.status).toBe(200);
  });

  test('#77 and is one on Sonnet 4', async () => {
    const { content, tokens } = await contentOf(sonnet4, 190_000);
    await expectCase(gateway, {
      name: '#77',
      change: { model: sonnet4, max_tokens: 64_000, messages: [user(content)] },
      says: `input length and \`max_tokens\` exceed context limit: ${String(tokens)} + 64000 > 200000, decrease input length or \`max_tokens\` and try again`,
    });
  });
});

test('the base is what the cases change', () => {
  expect(Object.keys(base)).toEqual(['model', 'max_tokens', 'messages']);
});
