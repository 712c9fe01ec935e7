import { describe, expect, test } from 'vitest';
import { askRules, assistant, readAsked, user } from '../../../test/support/ask-rules.ts';
import { latestTurn } from '../thinking/latest-turn.ts';

const model = 'claude-opus-4-8';
const system = { role: 'system', content: 'Be brief.' };
const called = assistant([{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }]);
const answered = user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' }]);
const searched = assistant([
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
]);
const webSearch = { type: 'web_search_20250305', name: 'web_search' };
const picture = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };

describe('a message of the role system is refused', () => {
  test.each<[string, readonly object[], string]>([
    [
      '#52 first',
      [system, user('x')],
      "messages.0: use the top-level 'system' parameter for the initial system prompt",
    ],
    [
      'behind an answer',
      [user('x'), assistant('y'), system, system, user('z')],
      "messages.2: role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result",
    ],
    [
      'between a call and its result',
      [user('x'), called, system, answered],
      "messages.2: role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result",
    ],
    [
      'before the user, the last of several being named',
      [user('x'), system, system, user('y')],
      "messages.2: role 'system' must precede an 'assistant' message or end the array",
    ],
    [
      'without content',
      [user('x'), { role: 'system', content: '' }],
      'messages.1: system content must contain at least one block',
    ],
    [
      'with a picture',
      [user('x'), { role: 'system', content: [picture] }],
      "messages.1: role 'system' supports text, tool_addition, and tool_removal blocks only",
    ],
  ])('%s', (_name, messages, says) => {
    expect(askRules({ model, messages })).toBe(`400 ${says}`);
  });

  test.each(['claude-opus-4-7', 'claude-sonnet-4-6', 'claude-sonnet-4-0'])('by %s', (older) => {
    const said = askRules({ model: older, messages: [user('x'), system] });
    expect(said).toBe("400 role 'system' is not supported on this model");
  });
});

describe('a message of the role system is taken', () => {
  test.each<[string, readonly object[]]>([
    ['at the end', [user('x'), system]],
    ['several in a row, before an answer', [user('x'), system, system, assistant('y'), user('z')]],
    ['behind results of tools', [user('x'), called, answered, system]],
    ['behind a result of a server tool', [user('x'), searched, system]],
  ])('%s', (_name, messages) => {
    const read = readAsked({ model, messages, tools: [webSearch] });
    expect(read).toMatchObject({ kind: 'accepted' });
  });

  test.each(['claude-sonnet-5', 'claude-fable-5', 'claude-opus-5'])('by %s', (newer) => {
    const messages = [user('x'), system];
    expect(readAsked({ model: newer, messages })).toMatchObject({ kind: 'accepted' });
  });

  test('and counted', () => {
    const [without, instructed] = [[user('x')], [user('x'), system]].map((messages) =>
      readAsked({ model, messages }),
    );
    if (without?.kind !== 'accepted' || instructed?.kind !== 'accepted') throw new Error('refused');
    expect(instructed.inputTokens).toBeGreaterThan(without.inputTokens);
  });

  test('and leaves a loop of tools open', () => {
    const read = readAsked({ model, messages: [user('x'), called, answered, system] });
    if (read.kind !== 'accepted') throw new Error('refused');
    expect(latestTurn(read.request.messages)).toMatchObject({ isOpen: true, last: 1 });
  });
});
