import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../std/json.ts';
import type { ResponseBlock } from './content-blocks.ts';
import type { MessagesEvent } from './events.ts';
import { eventText } from './events.ts';
import { EventSequence } from './event-sequence.ts';
import { expandMessage } from './expand-message.ts';
import type { Folded } from './fold-events.ts';
import { EventFold, completedMembers } from './fold-events.ts';
import { frameJson } from './frame.ts';
import type { Message } from './response.ts';
import { stopReasons } from './response.ts';
import { FrameSplitter } from './split-frames.ts';

function fold(events: readonly MessagesEvent[]): Folded {
  const folding = new EventFold();
  for (const event of events) folding.take(event);
  return folding.result();
}

const pieces = (text: string): string[] => text.match(/.{1,5}/gsu) ?? [];
const options = { cutText: pieces, cutJson: pieces, startOutputTokens: 1 };

const json = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);
const text = fc.string({ unit: 'grapheme' });
const block: fc.Arbitrary<ResponseBlock> = fc.oneof(
  text.map((value): ResponseBlock => ({ type: 'text', text: value })),
  text.map((value): ResponseBlock => ({
    citations: [{ type: 'char_location', cited_text: value }],
    type: 'text',
    text: value,
  })),
  fc
    .tuple(text, text)
    .map(([thinking, signature]): ResponseBlock => ({ type: 'thinking', thinking, signature })),
  text.map((data): ResponseBlock => ({ type: 'redacted_thinking', data })),
  fc
    .tuple(text, json)
    .map(([name, input]): ResponseBlock => ({ type: 'tool_use', id: 'toolu_1', name, input })),
  json.map((content): ResponseBlock => ({
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
    content,
  })),
);
const count = fc.nat();
const message: fc.Arbitrary<Message> = fc.record({
  model: fc.constant('claude-sonnet-4-6'),
  id: fc.constant('msg_01'),
  type: fc.constant('message' as const),
  role: fc.constant('assistant' as const),
  content: fc.array(block, { maxLength: 5 }),
  stop_reason: fc.constantFrom(...stopReasons),
  stop_sequence: fc.option(text),
  usage: fc.record({
    input_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    output_tokens: count,
    output_tokens_details: fc.record({ thinking_tokens: count }),
  }),
});

describe('fold and expand', () => {
  test('folding what was expanded gives the message back, through the bytes of the wire', () => {
    fc.assert(
      fc.property(message, (original) => {
        const wire = expandMessage(original, options).map(eventText).join('');
        const sequence = new EventSequence();
        const folding = new EventFold();
        const splitter = new FrameSplitter((type, bytes, start, end) => {
          expect(sequence.next(type)).toBeUndefined();
          const parsed = frameJson(bytes, start, end);
          folding.take((parsed.kind === 'value' ? parsed.value : null) as unknown as MessagesEvent);
        });
        splitter.push(Buffer.from(wire));
        const folded = folding.result();
        expect(folded.kind === 'message' ? folded.message : folded).toEqual(
          JSON.parse(JSON.stringify(original)),
        );
        expect(sequence.ended).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('#137 #138 the first piece of a call is empty, and a call without arguments has no other', () => {
    const call = (input: JsonObject): string[] =>
      expandMessage(
        { ...plain, content: [{ type: 'tool_use', id: 't', name: 'n', input }] },
        options,
      ).flatMap((event) =>
        event.type === 'content_block_delta' && event.delta.type === 'input_json_delta'
          ? [event.delta.partial_json]
          : [],
      );
    expect(call({})).toEqual(['']);
    expect(call({ city: 'Paris' })[0]).toBe('');
    expect(call({ city: 'Paris' }).join('')).toBe('{"city": "Paris"}');
  });

  test('#141 a clipped call has no stop, and folds to its completed members', () => {
    const content: ResponseBlock[] = [{ type: 'tool_use', id: 't', name: 'n', input: { a: 1 } }];
    const events = expandMessage(
      { ...plain, content, stop_reason: 'max_tokens' },
      { ...options, clippedToolJson: '{"a":1' },
    );
    expect(events.map(({ type }) => type)).not.toContain('content_block_stop');
    expect(fold(events)).toMatchObject({ message: { content, stop_reason: 'max_tokens' } });
  });

  test.each<[string, readonly string[], boolean]>([
    ['that is whole', ['', '{"a":1}'], false],
    ['without arguments', [''], false],
    ['that is cut', ['', '{"a":1'], true],
  ])('a call %s', (_name, pieces, isCallCut) => {
    const call: ResponseBlock = { type: 'tool_use', id: 't', name: 'n', input: {} };
    const [start, ...rest] = expandMessage({ ...plain, content: [] }, options);
    const events: MessagesEvent[] = [
      ...(start === undefined ? [] : [start]),
      { type: 'content_block_start', index: 0, content_block: call },
      ...pieces.map((partial_json): MessagesEvent => {
        const delta = { type: 'input_json_delta', partial_json } as const;
        return { type: 'content_block_delta', index: 0, delta };
      }),
    ];
    const stop: MessagesEvent = { type: 'content_block_stop', index: 0 };
    expect('isCallCut' in fold([...events, stop, ...rest])).toBe(isCallCut);
    // Without its stop, a call whose arguments have not begun was cut before them.
    expect('isCallCut' in fold([...events, ...rest])).toBe(isCallCut || pieces.length === 1);
  });

  test('a null in the usage of the end takes no count back', () => {
    const events = expandMessage(plain, options).map((event) =>
      event.type === 'message_delta'
        ? { ...event, usage: { input_tokens: null, server_tool_use: null, output_tokens: 9 } }
        : event,
    );
    expect(fold(events as unknown as MessagesEvent[])).toMatchObject({
      message: { usage: { input_tokens: 1, server_tool_use: null, output_tokens: 9 } },
    });
  });

  test('a signature in two pieces is one', () => {
    const content: ResponseBlock[] = [{ type: 'thinking', thinking: 'hm', signature: 'sig' }];
    const whole = { type: 'signature_delta', signature: 'sig' } as const;
    const events = expandMessage({ ...plain, content }, options).flatMap((event) =>
      event.type === 'content_block_delta' && event.delta.type === 'signature_delta'
        ? ['s', 'ig'].map((signature) => ({ ...event, delta: { ...whole, signature } }))
        : [event],
    );
    expect(fold(events)).toMatchObject({ message: { content } });
  });

  test.each<[string, JsonObject]>([
    ['{"a":1', { a: 1 }],
    ['{"a":1,"b":"x', { a: 1 }],
    ['{"a":[1,2,{"c":3', {}],
    ['{"a":"x,y}","b":{"c":1,', { a: 'x,y}' }],
    [String.raw`{"a":"q\",","b`, { a: 'q",' }],
    ['{', {}],
    ['', {}],
    ['no json', {}],
  ])('completed members of %s', (cutText, members) => {
    expect(completedMembers(cutText)).toEqual(members);
  });

  test('counts that are left out are no reason to lose the message', () => {
    const { usage: _counts, ...uncounted } = plain;
    const events = expandMessage(plain, options).map((event): MessagesEvent => {
      if (event.type === 'message_start') {
        return { ...event, message: { ...uncounted, content: [] } as unknown as Message };
      }
      if (event.type !== 'message_delta') return event;
      const { usage: _said, ...silent } = event;
      return silent as MessagesEvent;
    });
    expect(fold(events)).toEqual({ kind: 'message', message: uncounted });
  });

  test('an error or a missing end is no message', () => {
    const events = expandMessage(plain, options);
    expect(fold(events.slice(0, -1))).toEqual({ kind: 'incomplete', detail: 'no message_stop' });
    expect(fold([])).toEqual({ kind: 'incomplete', detail: 'no message_start' });
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    expect(fold([...events.slice(0, 3), { type: 'error', error }])).toEqual({
      kind: 'failed',
      error,
    });
  });
});

const plain: Message = {
  model: 'claude-sonnet-4-6',
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'Hello there' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 2 },
};
