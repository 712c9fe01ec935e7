import { describe, expect, test } from 'vitest';
import type { ChatAnswer } from './chat-answer.ts';
import { ChatView, closingLine } from './chat-view.ts';
import { paintFor, plain } from './paint.ts';

const answer: ChatAnswer = {
  id: 'msg_1',
  model: 'claude-sonnet-4-6',
  stopReason: 'end_turn',
  usage: { input_tokens: 1200, output_tokens: 34, cache_read_input_tokens: 0 },
  calls: [],
  blocks: [],
  isComplete: true,
  text: 'Hello',
  thinking: '',
  cost: { cost_nano_usd: '546000' },
  requestId: 'req_1',
  isInterrupted: false,
  firstMs: 120,
  totalMs: 2000,
};

function shown(isShared: boolean, paint = plain) {
  const written = { answer: '', aside: '', both: '' };
  const to = (name: 'answer' | 'aside') => (text: string) => {
    written[name] += text;
    written.both += text;
  };
  const view = new ChatView({ answer: to('answer'), aside: to('aside'), isShared, paint });
  return { view, written };
}

describe('what a chat shows', () => {
  test('keeps the answer apart from what is said of it', () => {
    const { view, written } = shown(false);
    view.piece({ kind: 'thinking', text: 'Hm' });
    view.piece({ kind: 'text', text: 'Hel' });
    view.piece({ kind: 'text', text: 'lo' });
    view.piece({ kind: 'call', text: 'weather' });
    view.piece({ kind: 'arguments', text: '{"city":"Bonn"}' });
    view.end(answer);
    expect(written.answer).toBe('Hello\n');
    expect(written.aside).toMatch(/^Hm\n→ weather \{"city":"Bonn"\}\n\(end_turn, .*\)\n$/);
    expect(written.both).toMatch(/^Hm\nHello\n→ weather/);
  });

  test('dims what was thought', () => {
    const { view, written } = shown(true, paintFor({ isTerminal: true, env: {} }));
    view.piece({ kind: 'thinking', text: 'Hm' });
    expect(written.aside).toBe('\u{1B}[2mHm\u{1B}[22m');
  });

  test('lets no answer steer the terminal, and changes none that goes elsewhere', () => {
    const [terminal, pipe] = [shown(true), shown(false)];
    for (const { view } of [terminal, pipe]) view.piece({ kind: 'text', text: 'a\u{1B}[2J\tb\n' });
    expect(terminal.written.answer).toBe('a\u{FFFD}[2J\tb\n');
    expect(pipe.written.answer).toBe('a\u{1B}[2J\tb\n');
  });
});

test.each<[string, Partial<ChatAnswer>, string]>([
  ['all', {}, '(end_turn, 1,200 tokens in, 34 out, $0.000546, first after 120 ms, 2.0 s)'],
  [
    'what nobody knows left out',
    { cost: undefined, usage: undefined },
    '(end_turn, first after 120 ms, 2.0 s)',
  ],
  [
    'what was stopped',
    { isInterrupted: true, usage: undefined, cost: undefined },
    '(stopped, first after 120 ms, 2.0 s)',
  ],
  [
    'what came from the cache',
    { usage: { input_tokens: 1, cache_read_input_tokens: 900, output_tokens: 2 }, cost: undefined },
    '(end_turn, 1 tokens in, 900 cached, 2 out, first after 120 ms, 2.0 s)',
  ],
])('the closing line has %s', (_name, change, line) => {
  expect(closingLine({ ...answer, ...change })).toBe(line);
});
