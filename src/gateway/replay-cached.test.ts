import { describe, expect, test } from 'vitest';
import { NotingSink } from '../../test/support/fed-source.ts';
import { eventsIn } from '../../test/support/read-stream.ts';
import {
  blockStart,
  blockStop,
  closing,
  messageStart,
  opening,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { EventSequence } from '../messages/event-sequence.ts';
import { replayCached } from './replay-cached.ts';
import type { WantedShape } from './replay-cached.ts';

const usage = { input_tokens: 11, cache_read_input_tokens: 3, output_tokens: 42 };

function messageWith(content: readonly object[]): string {
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content };
  return JSON.stringify({ ...head, stop_reason: 'end_turn', stop_sequence: null, usage });
}

/** What a kept answer is given again as; undefined where it is not. */
function replayed(text: string, isEventStream: boolean, wanted: WantedShape): string | undefined {
  const answer = replayCached({ isEventStream, bytes: Buffer.from(text) }, wanted);
  if (answer === undefined) return undefined;
  const sink = new NotingSink();
  answer.body.open(sink);
  expect([answer.status, sink.ends]).toEqual([200, ['end']]);
  const type = answer.headers[answer.headers.indexOf('content-type') + 1];
  expect(type?.startsWith(answer.isEventStream ? 'text/event-stream' : 'application/json')).toBe(
    true,
  );
  const isStream = wanted === 'either' ? isEventStream : wanted === 'stream';
  expect(answer.isEventStream).toBe(isStream);
  return sink.text;
}

describe('an answer given again', () => {
  const message = messageWith([{ type: 'text', text: 'Hello, wörld 🌍' }]);

  test.each<[string, string, boolean, WantedShape]>([
    ['a stream as a stream', wholeStream, true, 'stream'],
    ['a stream as either', wholeStream, true, 'either'],
    ['one piece as one piece', message, false, 'message'],
    ['one piece as either', message, false, 'either'],
  ])('%s has its own bytes', (_name, text, isEventStream, wanted) => {
    expect(replayed(text, isEventStream, wanted)).toBe(text);
  });

  test('a stream in one piece says what its events said', () => {
    const said = JSON.parse(replayed(wholeStream, true, 'message') ?? '') as object;
    const { output_tokens_details, ...counts } = (said as { usage: Record<string, unknown> }).usage;
    const parsed = JSON.parse(message) as object;
    expect({ ...said, usage: counts }).toEqual(parsed);
    expect(output_tokens_details).toEqual({ thinking_tokens: 5 });
  });

  test('one piece as a stream has its events in order, and folds back', () => {
    const content = [
      { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
      { type: 'text', text: `${'x'.repeat(4095)}🌍${'y'.repeat(9000)}` },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: [1, 'é'] } },
    ];
    const text = messageWith(content);
    const stream = replayed(text, false, 'stream') ?? '';
    const sequence = new EventSequence();
    const events = eventsIn(stream);
    for (const { type } of events) expect(sequence.next(type)).toBeUndefined();
    expect([sequence.ended, sequence.failed]).toEqual([true, false]);
    expect(events.filter(({ type }) => type === 'content_block_delta').length).toBeGreaterThan(7);
    expect(JSON.parse(replayed(stream, true, 'message') ?? '')).toEqual(JSON.parse(text));
  });

  test.each<[string, string, boolean, WantedShape]>([
    ['a block of next year', messageWith([{ type: 'hologram' }]), false, 'stream'],
    ['a block that is not what it says', messageWith([{ type: 'text' }]), false, 'stream'],
    [
      'a delta of next year',
      opening.replace('text_delta', 'hologram_delta') + closing,
      true,
      'message',
    ],
    [
      'an event of next year',
      `${messageStart}event: aside\ndata: {"type":"aside"}\n\n${blockStart}${blockStop}${closing}`,
      true,
      'message',
    ],
  ])('what would lose something is not turned: %s', (_name, text, isEventStream, wanted) => {
    expect(replayed(text, isEventStream, wanted)).toBeUndefined();
    expect(replayed(text, isEventStream, isEventStream ? 'stream' : 'message')).toBe(text);
  });
});
