import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../test/support/model-facts.ts';
import { countTokens } from '../emulator/tokens/split-tokens.ts';
import { eventText } from '../messages/events.ts';
import { OutputCounter } from './output-counter.ts';

const { tokenizer } = factsOf('claude-sonnet-4-6');

function frame(event: object): Buffer {
  return Buffer.from(eventText(event as never));
}

function delta(more: object): Buffer {
  return frame({ type: 'content_block_delta', index: 0, delta: more });
}

const textDelta = (text: string): Buffer => delta({ type: 'text_delta', text });

function counterOf(frames: readonly Buffer[], hidesThinking = true): OutputCounter {
  const counter = new OutputCounter(tokenizer, hidesThinking);
  for (const bytes of frames) {
    // Events lie somewhere in what one read brought.
    const around = Buffer.concat([Buffer.from('"x":"y"'), bytes, Buffer.from('"more"')]);
    counter.add(around, 7, 7 + bytes.length);
  }
  return counter;
}

const MARGIN = 16;
const start = frame({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content: [],
    usage: { input_tokens: 100, cache_read_input_tokens: 7, output_tokens: 1 },
  },
});

describe('what an event adds before anything is recounted: a token a byte of what is written', () => {
  const toolStart = frame({
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
  });
  test.each<[string, Buffer, number]>([
    ['a text', textDelta('Hello'), 5],
    ['a text with escapes, as it is written', textDelta('a\n"b"'), 8],
    ['letters of several bytes', textDelta('ééé'), 6],
    ['arguments of a call', delta({ type: 'input_json_delta', partial_json: '{"a"' }), 6],
    ['the name of a tool, and what a call is framed with', toolStart, 7 + 16],
    [
      'a summary of thinking: it costs nothing',
      delta({ type: 'thinking_delta', thinking: 'so' }),
      0,
    ],
    ['a seal', delta({ type: 'signature_delta', signature: 'abcdef' }), 0],
    ['the start of the message', start, 0],
    ['a ping', frame({ type: 'ping' }), 0],
    ['the end', frame({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }), 0],
    [
      'what a tool of the API found: input',
      frame({
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'web_search_tool_result', tool_use_id: 'x', content: ['long'] },
      }),
      0,
    ],
    [
      'a chunk of the Chat Completions form',
      Buffer.from(
        'data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}\n\n',
      ),
      5,
    ],
    ['an event of next year', delta({ type: 'new_delta', novelty: 'abc' }), 3],
    ['no JSON', Buffer.from(': a comment\n\n'), 0],
  ])('%s', (_name, bytes, tokens) => {
    expect(counterOf([bytes]).bound - MARGIN).toBe(tokens);
  });

  test('thinking counts where all of it is shown', () => {
    const shown = delta({ type: 'thinking_delta', thinking: 'so' });
    expect(counterOf([shown], false).bound - MARGIN).toBe(2);
  });
});

test('what the start of the message reports is kept', () => {
  const { usage, isFinal } = counterOf([start]).reported;
  expect(usage).toMatchObject({ inputTokens: 100, cacheReadTokens: 7 });
  expect(isFinal).toBe(false);
});

test('a recount is close, and drops the text', () => {
  const text = 'The quick brown fox jumps over the lazy dog. '.repeat(40);
  const counter = counterOf([textDelta(text)]);
  const loose = counter.bound;
  const exact = countTokens(text, tokenizer);
  expect(counter.counted()).toBe(exact);
  expect(counter.bound).toBe(exact + Math.ceil(exact * 0.03) + MARGIN);
  expect(loose).toBe(text.length + MARGIN);
});

test('the text of a call is counted as it reads, thinking as far as it is shown', () => {
  const counter = counterOf([
    delta({ type: 'thinking_delta', thinking: 'Let me see.' }),
    delta({ type: 'input_json_delta', partial_json: '{"city":' }),
    delta({ type: 'input_json_delta', partial_json: '"Paris"}' }),
  ]);
  const expected =
    countTokens('{"city":"Paris"}', tokenizer) + countTokens('Let me see.', tokenizer);
  expect(counter.counted()).toBe(expected);
});

describe('thinking that is hidden', () => {
  const summary = delta({ type: 'thinking_delta', thinking: 'Let me see.' });
  const shown = countTokens('Let me see.', tokenizer);
  const seal = (letters: number): Buffer =>
    delta({ type: 'signature_delta', signature: 'A'.repeat(letters) });

  test.each<[string, readonly Buffer[], number]>([
    ['a seal that carries little: what was shown', [summary, seal(400)], shown],
    ['a seal that carries more than was shown', [summary, seal(400 + 7 * 500)], 500],
    ['nothing was shown', [seal(400 + 7 * 90)], 90],
    [
      'redacted',
      [
        frame({
          type: 'content_block_start',
          index: 0,
          content_block: { type: 'redacted_thinking', data: 'A'.repeat(400 + 7 * 30) },
        }),
      ],
      30,
    ],
    ['between calls of tools, each with its own', [seal(1100), seal(1100)], 200],
  ])('is counted by its seal: %s', (_name, frames, tokens) => {
    const counter = counterOf(frames);
    expect(counter.counted()).toBe(tokens);
    // It was held in full before, so it is no part of what is still to be covered.
    expect(counter.bound).toBeLessThan(MARGIN + 10);
  });
});

test('M9 a stream that says one output token at its start is not counted as one', () => {
  const counter = counterOf([start, textDelta('one two three four five six seven eight')]);
  expect(counter.counted()).toBe(8);
});

test('the bound is never below the tokens of what was written, however it is cut and recounted', () => {
  const piece = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.lorem());
  const step = fc.record({ text: piece, recounts: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const counter = new OutputCounter(tokenizer, true);
      let written = '';
      for (const { text, recounts } of steps) {
        const bytes = textDelta(text.toWellFormed());
        counter.add(bytes, 0, bytes.length);
        if (recounts) counter.recount();
        written += text.toWellFormed();
        expect(counter.bound).toBeGreaterThanOrEqual(countTokens(written, tokenizer));
      }
    }),
  );
});
