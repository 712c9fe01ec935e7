import Anthropic from '@anthropic-ai/sdk';
import type {
  ContentBlock,
  Message,
  MessageCreateParams,
  MessageParam,
} from '@anthropic-ai/sdk/resources/messages';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** API reference §7.4, §4.5 and §13.5: thinking that clients bring back, by way of the official SDK. */

const script = `
scenarios:
  - name: two thoughts
    match: { last_user_text: { contains: twice } }
    respond:
      content:
        - { type: thinking, thinking: First. }
        - { type: thinking, thinking: Second. }
        - { type: tool_use, name: look, input: {} }
  - name: hidden
    match: { last_user_text: { contains: hidden } }
    respond:
      content:
        - { type: redacted_thinking }
        - { type: tool_use, name: look, input: {} }
`;

let gateway: TestGateway;
let later: TestGateway;
let strict: TestGateway;
beforeAll(async () => {
  const files = { 's.yaml': script };
  gateway = await startTestGateway('emulator: {scenarios_file: s.yaml}', {}, files);
  later = await startTestGateway('emulator: {profile: ga-2026-08}');
  strict = await startTestGateway('emulator: {foreign_signatures: refuse}');
});
afterAll(async () => {
  for (const started of [gateway, later, strict]) await started.stop();
});

const tools = [{ name: 'look', input_schema: { type: 'object' as const, properties: {} } }];
const enabled = { type: 'enabled' as const, budget_tokens: 1024 };
const interleaved = { 'anthropic-beta': 'interleaved-thinking-2025-05-14' };
const base = { model: 'claude-sonnet-4-6', max_tokens: 2048, thinking: enabled, tools };

function create(
  more: Partial<MessageCreateParams> & Pick<MessageCreateParams, 'messages'>,
  by: {
    readonly of?: TestGateway;
    readonly headers?: Record<string, string>;
    readonly isStream?: boolean;
  } = {},
): Promise<Message> {
  const { of = gateway, headers = {}, isStream = false } = by;
  const client = new Anthropic({ baseURL: of.url, apiKey: of.key, maxRetries: 0 });
  const body = { ...base, ...more, stream: false as const };
  return isStream
    ? client.messages.stream(body, { headers }).finalMessage()
    : client.messages.create(body, { headers });
}

/** What comes of a request: `ok`, or what the API says of it. */
async function outcome(...asked: Parameters<typeof create>): Promise<string> {
  try {
    await create(...asked);
    return 'ok';
  } catch (error) {
    if (!(error instanceof Anthropic.BadRequestError)) throw error;
    return (error.error as { error: { message: string } }).error.message;
  }
}

const asked = (content: string): MessageParam => ({ role: 'user', content });
const said = (content: readonly ContentBlock[]): MessageParam => ({
  role: 'assistant',
  content: [...content] as MessageParam['content'],
});

function resultsOf(content: readonly ContentBlock[]): MessageParam {
  const calls = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  return {
    role: 'user',
    content: calls.map((tool_use_id) => ({ type: 'tool_result', tool_use_id, content: 'Seen.' })),
  };
}

/** A tool loop that is to go on, its assistant turn changed. */
function loop(
  question: string,
  content: readonly ContentBlock[],
  changed: readonly ContentBlock[] = content,
): MessageParam[] {
  return [asked(question), said(changed), resultsOf(content)];
}

const question = 'Look around, please.';
const modified =
  'messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.';
const invalid = (place: string): string => `${place}: Invalid \`signature\` in \`thinking\` block`;

/** The content with its thinking changed. */
function withThinking(
  content: readonly ContentBlock[],
  change: Partial<{ thinking: string; signature: string }>,
): ContentBlock[] {
  return content.map((block) => (block.type === 'thinking' ? { ...block, ...change } : block));
}

describe.each([false, true])('a tool loop, streamed: %s', (isStream) => {
  test('goes on with its thinking as it was', async () => {
    const { content } = await create({ messages: [asked(question)] }, { isStream });
    expect(content.at(0)?.type).toBe('thinking');
    const next = await create({ messages: loop(question, content) }, { isStream });
    // With a budget a turn is thought about once (§7.3).
    expect(next.content.map(({ type }) => type)).toEqual(['text']);
    expect(next.stop_reason).toBe('end_turn');
  });

  test('thinks again between calls where the beta asks for it, and all of it goes back', async () => {
    const by = { isStream, headers: interleaved };
    const first = await create({ messages: [asked(question)] }, by);
    const messages = loop(question, first.content);
    const second = await create({ messages }, by);
    expect(second.content[0]?.type).toBe('thinking');
    const more = [...messages, said(second.content), asked('And then?')];
    expect(await outcome({ messages: more }, by)).toBe('ok');
  });

  test('omitted thinking goes back empty', async () => {
    const thinking = { ...enabled, display: 'omitted' as const };
    const { content } = await create({ messages: [asked(question)], thinking }, { isStream });
    expect(content[0]).toMatchObject({ thinking: '' });
    const messages = loop(question, content);
    expect(await outcome({ messages, thinking }, { isStream })).toBe('ok');
    const filled = loop(question, content, withThinking(content, { thinking: 'More.' }));
    expect(await outcome({ messages: filled, thinking }, { isStream })).toBe(modified);
  });
});

describe('what is refused', () => {
  test('#109 a loop whose thinking was altered', async () => {
    const { content } = await create({ messages: [asked(question)] });
    const changed = withThinking(content, { thinking: 'Something else.' });
    expect(await outcome({ messages: loop(question, content, changed) })).toBe(modified);
  });

  test('#109 a signature that the emulator did not make', async () => {
    const { content } = await create({ messages: [asked(question)] });
    const changed = withThinking(content, { signature: 'c2lnbmF0dXJl' });
    expect(await outcome({ messages: loop(question, content, changed) })).toBe(
      invalid('messages.1.content.0'),
    );
  });

  test('#110 an older turn with a bad signature, or another text', async () => {
    const { content } = await create({ messages: [asked('Hi')], tools: [] });
    const { content: second } = await create({
      messages: [asked('Hi'), said(content), asked('And?')],
      tools: [],
    });
    const laterTurns = (changed: readonly ContentBlock[]): MessageParam[] => [
      asked('Hi'),
      said(changed),
      asked('And?'),
      said(second),
      asked('So?'),
    ];
    expect(await outcome({ messages: laterTurns(content), tools: [] })).toBe('ok');
    const changes = [{ signature: 'abcd' }, { thinking: 'Something else.' }];
    for (const change of changes) {
      const messages = laterTurns(withThinking(content, change));
      expect(await outcome({ messages, tools: [] })).toBe(invalid('messages.1.content.0'));
    }
    // Outside of a loop thinking may be left out.
    const bare = content.filter(({ type }) => type !== 'thinking');
    expect(await outcome({ messages: laterTurns(bare), tools: [] })).toBe('ok');
  });

  test('#111 a loop without its thinking, with a budget', async () => {
    const { content } = await create({ messages: [asked(question)] });
    const calls = content.filter(({ type }) => type === 'tool_use');
    const messages = loop(question, content, calls);
    expect(await outcome({ messages })).toBe(
      'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking',
    );
    expect(await outcome({ messages, thinking: { type: 'adaptive' } })).toBe('ok');
    expect(await outcome({ messages, thinking: { type: 'disabled' } })).toBe('ok');
  });

  test('thoughts in another order, one that is missing, one that came twice', async () => {
    const text = 'Think twice.';
    const { content } = await create({ messages: [asked(text)] });
    const [first, second, call] = content;
    if (first === undefined || second === undefined || call === undefined) throw new Error('few');
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'thinking', 'tool_use']);
    expect(await outcome({ messages: loop(text, content) })).toBe('ok');
    const orders = [
      [second, first, call],
      [second, call],
      [first, call],
    ];
    for (const order of orders) {
      expect(await outcome({ messages: loop(text, content, order) })).toBe(modified);
    }
    const twice = loop(text, content, [first, first, second, call]);
    expect(await outcome({ messages: twice })).toContain('cannot be modified');
  });

  test('messages of a turn that changed places or lost a thought', async () => {
    const by = { headers: interleaved };
    const choice = { tool_choice: { type: 'auto' as const } };
    const first = await create({ messages: [asked(question)], ...choice }, by);
    const opened = loop(question, first.content);
    // The second answer thinks and, being about results, has no call; its thinking is moved to one.
    const second = await create({ messages: opened, ...choice }, by);
    const call = { type: 'tool_use', id: 'toolu_2', name: 'look', input: {} } as ContentBlock;
    const thoughtOf = (message: Message): ContentBlock[] =>
      message.content.filter(({ type }) => type === 'thinking');
    const turn = (one: readonly ContentBlock[], two: readonly ContentBlock[]): MessageParam[] => [
      asked(question),
      said([...one, ...first.content.filter(({ type }) => type === 'tool_use')]),
      resultsOf(first.content),
      said([...two, call]),
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_2' }] },
    ];
    const [one, two] = [thoughtOf(first), thoughtOf(second)];
    expect([one.length, two.length]).toEqual([1, 1]);
    expect(await outcome({ messages: turn(one, two) }, by)).toBe('ok');
    expect(await outcome({ messages: turn(two, one) }, by)).toContain('cannot be modified');
    expect(await outcome({ messages: turn([], two) }, by)).toContain('cannot be modified');
  });

  test('a message that ends in thinking', async () => {
    const { content } = await create({ messages: [asked('Hi')], tools: [] });
    const thoughts = content.filter(({ type }) => type === 'thinking');
    const messages = [asked('Hi'), said(thoughts), asked('And?')];
    expect(await outcome({ messages, tools: [] })).toBe(
      'messages.1: The final block in an assistant message cannot be `thinking`.',
    );
  });

  test('thinking that is not first, on a model of 2025', async () => {
    const model = 'claude-sonnet-4-20250514';
    const { content } = await create({ messages: [asked('Hi')], tools: [], model });
    const text = { type: 'text' as const, text: 'First.' };
    const moved = [text, ...content] as ContentBlock[];
    const messages = [asked('Hi'), said(moved), asked('And?')];
    expect(await outcome({ messages, tools: [], model })).toBe(
      'messages.1.content.0: If an assistant message contains any thinking blocks, the first block must be `thinking` or `redacted_thinking`. Found `text`.',
    );
  });

  test('prefill: without thinking where it is on, with it where it is off', async () => {
    const model = 'claude-sonnet-4-20250514';
    const prefill = [asked('Hi'), { role: 'assistant' as const, content: 'Sure' }];
    expect(await outcome({ messages: prefill, tools: [], model })).toMatch(
      /^messages\.1\.content\.0\.type: Expected `thinking` or `redacted_thinking`, but found `text`\. /,
    );
    const { content } = await create({ messages: [asked('Hi')], tools: [], model });
    const thinking = { type: 'disabled' as const };
    expect(
      await outcome({ messages: [asked('Hi'), said(content)], tools: [], model, thinking }),
    ).toBe(
      "When thinking is disabled, an 'assistant' message in the final position cannot contain 'thinking'. To use thinking blocks, enable 'thinking' in your request.",
    );
  });
});

describe('redacted thinking', () => {
  test('goes back as it came, and is refused when edited', async () => {
    const text = 'Something hidden.';
    const { content } = await create({ messages: [asked(text)] });
    expect(content.map(({ type }) => type)).toEqual(['redacted_thinking', 'tool_use']);
    expect(await outcome({ messages: loop(text, content) })).toBe('ok');
    const changed = content.map((block) =>
      block.type === 'redacted_thinking' ? { ...block, data: `A${block.data.slice(1)}` } : block,
    );
    expect(await outcome({ messages: loop(text, content, changed) })).toBe(
      'messages.1.content.0: Invalid `data` in `redacted_thinking` block',
    );
  });

  test('is not thinking that is shown', async () => {
    const { content } = await create({ messages: [asked(question)] });
    const disguised = content.map((block) =>
      block.type === 'thinking'
        ? { type: 'redacted_thinking' as const, data: block.signature }
        : block,
    );
    expect(await outcome({ messages: loop(question, content, disguised) })).toContain(
      'Invalid `data`',
    );
  });
});

describe('another model', () => {
  test.each([
    ['launch', 'claude-opus-4-6', invalid('messages.1.content.0')],
    ['ga-2026-08', 'claude-opus-4-6', 'ok'],
    ['launch', 'claude-sonnet-4-6', 'ok'],
  ])('%s, %s', async (profile, model, says) => {
    const of = profile === 'launch' ? gateway : later;
    const { content } = await create({ messages: [asked(question)] }, { of });
    expect(await outcome({ messages: loop(question, content), model }, { of })).toBe(says);
  });

  test('thinking that is ignored counts as input', async () => {
    const { content } = await create({ messages: [asked('Hi')], tools: [] }, { of: later });
    const spoken = content.filter(({ type }) => type !== 'thinking');
    const inputOf = async (turn: readonly ContentBlock[]): Promise<number> => {
      const messages = [asked('Hi'), said(turn), asked('And?')];
      const model = 'claude-opus-4-6';
      const { usage } = await create({ messages, tools: [], model }, { of: later });
      return usage.input_tokens;
    };
    expect(await inputOf(content)).toBeGreaterThan(await inputOf(spoken));
  });
});

describe('signatures of the real API', () => {
  // Laid out as the API's are: an outer field, and in it a header, two nonces, a key and a text.
  const field = (number: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
  const body = Buffer.concat([
    field(1, Buffer.from([8, 11, 24, 2])),
    field(2, Buffer.alloc(12, 1)),
    field(3, Buffer.alloc(12, 2)),
    field(4, Buffer.alloc(48, 3)),
    field(5, Buffer.alloc(20, 4)),
  ]);
  const signature = Buffer.concat([field(2, body), Buffer.from([24, 1])]).toString('base64');

  test('are taken, or refused where the configuration says so', async () => {
    const { content } = await create({ messages: [asked(question)] });
    const messages = loop(question, content, withThinking(content, { thinking: 'Hm.', signature }));
    expect(await outcome({ messages })).toBe('ok');
    expect(await outcome({ messages }, { of: strict })).toBe(invalid('messages.1.content.0'));
  });

  test('survive nothing that shortens them', async () => {
    const { content } = await create({ messages: [asked(question)] });
    const short = signature.slice(0, -8);
    const messages = loop(question, content, withThinking(content, { signature: short }));
    expect(await outcome({ messages })).toBe(invalid('messages.1.content.0'));
  });
});

test('a signature is taken by another gateway with the same seed, and by no other', async () => {
  const { content } = await create({ messages: [asked(question)] });
  const messages = loop(question, content);
  expect(await outcome({ messages }, { of: strict })).toBe('ok');
  const stranger = await startTestGateway('emulator: {seed: another}');
  try {
    expect(await outcome({ messages }, { of: stranger })).toBe(invalid('messages.1.content.0'));
  } finally {
    await stranger.stop();
  }
});
