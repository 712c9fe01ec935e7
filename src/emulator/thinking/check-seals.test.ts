import { describe, expect, test } from 'vitest';
import type { MessageParam } from '../../messages/request.ts';
import type { SealedBlock } from './check-seals.ts';
import { sealIssue } from './check-seals.ts';
import { digestOf, sealThinking } from './seal-thinking.ts';

const key = new Uint8Array(32).fill(3);
const model = 'claude-sonnet-4-6';

interface Thought {
  readonly answer: string;
  readonly ordinal?: number;
  readonly count?: number;
  readonly previous?: string;
  readonly by?: string;
}

function thought({
  answer,
  ordinal = 0,
  count = 1,
  previous = '',
  by = model,
}: Thought): SealedBlock {
  const thinking = `${answer} ${String(ordinal)}`;
  const shown = digestOf(thinking);
  const told = { kind: 'thinking', model: by, answer, ordinal, count, previous, shown } as const;
  return { type: 'thinking', thinking, signature: sealThinking(key, { ...told, reasoning: '' }) };
}

const after = (block: SealedBlock): string =>
  digestOf(block.type === 'thinking' ? block.signature : block.data);

const [a0, a1] = [0, 1].map((ordinal) => thought({ answer: 'a', ordinal, count: 2 }));
if (a0 === undefined || a1 === undefined) throw new Error('two thoughts are made');
const b = thought({ answer: 'b', previous: after(a1) });
const other = thought({ answer: 'o', by: 'claude-opus-4-6' });

const user: MessageParam = { role: 'user', content: 'And?' };
const results: MessageParam = {
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: 't' }],
};
const turn = (...blocks: readonly SealedBlock[]): MessageParam => ({
  role: 'assistant',
  content: [...blocks, { type: 'text', text: 'So.' }],
});

function issue(
  messages: readonly MessageParam[],
  more: Partial<Parameters<typeof sealIssue>[1]> = {},
): string {
  const check = { signingKey: key, model, isThinking: true } as const;
  const text = sealIssue(messages, {
    ...check,
    otherModels: 'refused',
    foreign: 'accept',
    ...more,
  });
  if (text === undefined) return 'ok';
  return text.replace(/`thinking` or `redacted_thinking` blocks in .*/, 'modified');
}

describe('in a tool loop', () => {
  test.each<[string, readonly MessageParam[], string]>([
    ['all of it', [user, turn(a0, a1), results, turn(b), results], 'ok'],
    ['without the first', [user, turn(a1), results], 'messages.1.content.0: modified'],
    ['without the last', [user, turn(a0), results], 'messages.1.content.0: modified'],
    ['the other way round', [user, turn(a1, a0), results], 'messages.1.content.0: modified'],
    ['twice', [user, turn(a0, a1, a1), results], 'messages.1.content.2: modified'],
    [
      'messages the other way round',
      [user, turn(b), results, turn(a0, a1), results],
      'messages.1.content.0: modified',
    ],
    [
      'without the message before',
      [user, turn(), results, turn(b), results],
      'messages.3.content.0: modified',
    ],
    [
      'a message that lacks its end',
      [user, turn(a0), results, turn(b), results],
      'messages.3.content.0: modified',
    ],
    ['a turn that words of the user cut', [turn(a0, a1), results, user, turn(b), results], 'ok'],
    ['an older turn with less', [user, turn(a0), user, turn(), results], 'ok'],
    ['none at all', [user, turn(), results], 'ok'],
  ])('%s', (_name, messages, says) => {
    expect(issue(messages)).toBe(says);
  });

  test('where nothing is thought, nothing is missed', () => {
    expect(issue([user, turn(a0), results], { isThinking: false })).toBe('ok');
  });
});

describe('outside of a loop', () => {
  const invalid = (place: string): string =>
    `${place}: Invalid \`signature\` in \`thinking\` block`;

  test.each<[string, readonly MessageParam[], string]>([
    ['less', [user, turn(a1), user], 'ok'],
    ['another order in the latest turn', [turn(a1, a0), user], 'messages.0.content.1: modified'],
    [
      'another order in an older turn',
      [turn(a1, a0), user, turn(), user],
      invalid('messages.0.content.1'),
    ],
    [
      'turns the other way round',
      [turn(b), user, turn(a0, a1), user],
      'messages.2.content.1: modified',
    ],
    ['a history that repeats itself', [turn(a0, a1), user, turn(a0, a1), user], 'ok'],
  ])('%s', (_name, messages, says) => {
    expect(issue(messages)).toBe(says);
  });

  test.each<[string, string]>([
    ['refused', invalid('messages.0.content.0')],
    ['ignored', 'ok'],
  ])('thinking of another model is %s', (otherModels, says) => {
    const check = { otherModels: otherModels as 'refused' | 'ignored' };
    expect(issue([turn(other), user], check)).toBe(says);
    const edited = { ...other, thinking: 'Something else.' } as SealedBlock;
    expect(issue([turn(edited), user], check)).toBe(says);
  });

  test('a conversation of many turns is checked once each', () => {
    const messages = Array.from({ length: 500 }, (_, index) => [
      user,
      turn(thought({ answer: String(index) })),
    ]).flat();
    expect(issue([...messages, user])).toBe('ok');
  });
});
