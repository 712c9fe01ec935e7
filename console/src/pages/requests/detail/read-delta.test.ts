import { describe, expect, test } from 'vitest';
import { grownText, readDelta } from './read-delta.ts';

const events: readonly (readonly [string, unknown, ReturnType<typeof readDelta>])[] = [
  [
    'text',
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
    { kind: 'text', text: 'Hi' },
  ],
  [
    'thinking',
    { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'Hm' } },
    { kind: 'thinking', text: 'Hm' },
  ],
  [
    'a call that begins',
    { type: 'content_block_start', content_block: { type: 'tool_use', name: 'look', input: {} } },
    { kind: 'tool', text: 'look ' },
  ],
  [
    'input of a call',
    { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{"a"' } },
    { kind: 'tool', text: '{"a"' },
  ],
  ['an empty delta', { type: 'content_block_delta', delta: { text: '' } }, undefined],
  ['a ping', { type: 'ping' }, undefined],
  [
    'a chunk of Chat Completions',
    { choices: [{ delta: { content: 'Hi' } }] },
    { kind: 'text', text: 'Hi' },
  ],
  [
    'its reasoning',
    { choices: [{ delta: { reasoning_content: 'Hm' } }] },
    { kind: 'thinking', text: 'Hm' },
  ],
  [
    'a call in it',
    { choices: [{ delta: { tool_calls: [{ function: { name: 'look', arguments: '{' } }] } }] },
    { kind: 'tool', text: 'look {' },
  ],
  ['its end', { choices: [{ delta: {}, finish_reason: 'stop' }] }, undefined],
  ['a legacy completion', { completion: ' Hi' }, { kind: 'text', text: ' Hi' }],
  [
    'an error',
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    { kind: 'error', text: 'Overloaded' },
  ],
];

describe('readDelta', () => {
  test.each(events)('%s', (_name, event, said) => {
    expect(readDelta(JSON.stringify(event))).toEqual(said);
  });

  test.each(['[DONE]', '', ': ping', 'null', '[]', '1', '{"choices":{}}', '{"delta":null}'])(
    'what is no event of an answer says nothing: %s',
    (data) => {
      expect(readDelta(data)).toBeUndefined();
    },
  );
});

describe('grownText', () => {
  const pieces = [
    undefined,
    { kind: 'thinking', text: 'Hm' },
    { kind: 'thinking', text: ' …' },
    undefined,
    { kind: 'text', text: 'Hi' },
    { kind: 'thinking', text: 'so' },
  ] as const;

  test('pieces of one kind that follow each other are one', () => {
    expect(grownText(pieces, pieces.length)).toEqual([
      { kind: 'thinking', event: 1, text: 'Hm …' },
      { kind: 'text', event: 4, text: 'Hi' },
      { kind: 'thinking', event: 5, text: 'so' },
    ]);
  });

  test('it grows from event to event', () => {
    const lengths = [0, 1, 2, 3, 4, 5, 6].map((count) =>
      grownText(pieces, count).reduce((sum, { text }) => sum + text.length, 0),
    );
    expect(lengths).toEqual([0, 0, 2, 4, 4, 6, 8]);
  });
});
