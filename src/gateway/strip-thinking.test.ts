import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { thinkingStripped } from './strip-thinking.ts';

const strip = (text: string, complaint: string): string | undefined => {
  const stripped = thinkingStripped(Buffer.from(text), complaint);
  return stripped === undefined ? undefined : Buffer.from(stripped).toString();
};

const thought = '{"type":"thinking","thinking":"h\\u006d","signature":"AA=="}';
const hidden = '{ "type" : "redacted_thinking", "data":"x" }';
const text = '{"type":"text","text":"thinking"}';
const complaint = 'messages.1.content.0: Invalid `signature` in `thinking` block';

describe('thinkingStripped', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'from every turn, and nothing else',
      `{"messages":[ {"role":"user","content":"a"},{"content":[${thought} , ${text}, ${hidden}],"role":"assistant"}, {"role":"user","content":[${text}]},{"role":"assistant","content":[${hidden},${text}]}],"x":1.0}`,
      `{"messages":[ {"role":"user","content":"a"},{"content":[${text}],"role":"assistant"}, {"role":"user","content":[${text}]},{"role":"assistant","content":[${text}]}],"x":1.0}`,
    ],
    [
      'with the whole turn where there is nothing else in it',
      `{"messages":[{"role":"user","content":"a"}, {"role":"assistant","content":[${thought},${hidden}]} ,{"role":"user","content":"b"}]}`,
      '{"messages":[{"role":"user","content":"a"}, {"role":"user","content":"b"}]}',
    ],
    [
      'and none is asked for amid a loop of tools, which has to begin with some',
      `{"thinking":{"type":"enabled","budget_tokens":2000},"messages":[{},{"content":[${thought},{"type":"tool_use"}]},{"content":[{"type":"tool_result"}]}]}`,
      '{"thinking":{"type":"disabled"},"messages":[{},{"content":[{"type":"tool_use"}]},{"content":[{"type":"tool_result"}]}]}',
    ],
  ];
  test.each(cases)('%s', (_name, body, expected) => {
    expect(strip(body, complaint)).toBe(expected);
  });

  const body = `{"messages":[{"content":"a"},{"content":[${thought},${text}]}]}`;
  const others: readonly (readonly [string, string, string])[] = [
    ['about another block', body, 'messages.1.content.1: Invalid'],
    ['about a message without blocks', body, 'messages.0.content.0: Invalid'],
    ['about no block at all', body, 'max_tokens: Field required'],
    ['about a block that there is not', body, 'messages.7.content.0: Invalid'],
    ['of a body without messages', '{}', complaint],
    ['of no JSON', 'x', complaint],
  ];
  test.each(others)('a complaint %s changes nothing', (_name, given, said) => {
    expect(strip(given, said)).toBeUndefined();
  });

  test('what stays is what was there without it, whatever the conversation', () => {
    const block = fc.constantFrom(thought, hidden, text, '{"type":"tool_use","input":{"a":[]}}');
    const turn = fc.array(block, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 5 }), (turns) => {
        const given = JSON.stringify({ messages: turns.map((content) => ({ content })) });
        const whole = `{"messages":[${[[thought], ...turns]
          .map((content) => `{"content":[${content.join(' , ')}]}`)
          .join(',')}],"given":${JSON.stringify(given)}}`;
        const stripped = strip(whole, 'messages.0.content.0: Invalid');
        const isKept = (content: string): boolean => content !== thought && content !== hidden;
        const wanted = turns
          .map((content) => content.filter(isKept))
          .filter((content) => content.length > 0)
          .map((content) => ({ content: content.map((kept) => JSON.parse(kept) as unknown) }));
        expect(JSON.parse(stripped ?? '')).toEqual({ messages: wanted, given });
      }),
    );
  });
});
