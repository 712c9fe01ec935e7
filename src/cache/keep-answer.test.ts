import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockStart,
  blockStop,
  closing,
  errorOf,
  messageDelta,
  messageStart,
  messageStop,
  opening,
  textDelta,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { keepAnswer } from './keep-answer.ts';
import type { CachedAnswer } from './response-cache.ts';

const message = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
});

/** An answer on its way to a caller, fed by hand. */
class Kept {
  readonly source = new FedSource();
  readonly sink = new NotingSink();
  readonly kept: CachedAnswer[] = [];
  reservedBytes = 0;
  readonly answer: UpstreamAnswer;

  constructor(change: Partial<UpstreamAnswer> = {}, answerBytesMax = 10_000) {
    const came: UpstreamAnswer = {
      kind: 'answer',
      status: 200,
      headers: [],
      isEventStream: true,
      body: this.source,
      ...change,
    };
    this.answer = keepAnswer(came, {
      cache: {
        answerBytesMax,
        reserve: (bytes) => {
          this.reservedBytes += bytes;
          return true;
        },
        release: (bytes) => {
          this.reservedBytes -= bytes;
        },
      },
      keep: (answer) => this.kept.push(answer),
    });
    this.answer.body.open(this.sink);
  }

  get texts(): readonly string[] {
    return this.kept.map(({ bytes }) => Buffer.from(bytes).toString());
  }
}

const whole = { isEventStream: false } as const;

describe('what is kept', () => {
  test('a stream, from its last event on and before that goes out', () => {
    const kept = new Kept();
    kept.source.say(opening);
    kept.source.say(blockStop + messageDelta);
    expect(kept.texts).toEqual([]);
    const before = kept.sink.text;
    kept.source.say(messageStop);
    expect(kept.texts).toEqual([before + messageStop]);
    expect(kept.kept[0]?.isEventStream).toBe(true);
    kept.source.sink.end();
    expect([kept.kept.length, kept.sink.ends, kept.reservedBytes]).toEqual([1, ['end'], 0]);
  });

  test('a stream that is left after its last event, since its connection stays open', () => {
    const kept = new Kept();
    kept.source.say(wholeStream);
    kept.answer.body.cancel();
    expect([kept.texts, kept.source.cancelled]).toEqual([[wholeStream], 1]);
  });

  test('a stream without what comes after its last event', () => {
    const kept = new Kept();
    kept.source.say(wholeStream + textDelta('late'));
    expect(kept.texts).toEqual([wholeStream]);
    expect(kept.sink.text).toBe(wholeStream + textDelta('late'));
  });

  test('one piece, at its end', () => {
    const kept = new Kept(whole);
    kept.source.say(message.slice(0, 20));
    kept.source.say(message.slice(20));
    expect(kept.texts).toEqual([]);
    kept.source.sink.end();
    expect([kept.texts, kept.reservedBytes]).toEqual([[message], 0]);
  });

  test('however a stream is cut into chunks, the same bytes go out and are kept', () => {
    const bytes = Buffer.from(wholeStream);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 })), (sizes) => {
        const kept = new Kept();
        let at = 0;
        for (const size of [...sizes, bytes.length]) {
          kept.source.say(bytes.subarray(at, at + size));
          at += size;
        }
        kept.source.sink.end();
        expect(kept.texts).toEqual([wholeStream]);
        expect(kept.sink.text).toBe(wholeStream);
      }),
    );
  });

  test('its own copy, whatever becomes of the chunks', () => {
    const kept = new Kept();
    const chunk = Buffer.from(wholeStream);
    kept.source.say(chunk);
    chunk.fill(0);
    expect(kept.texts).toEqual([wholeStream]);
  });
});

describe('what is not kept, and goes out all the same', () => {
  test.each<[string, Partial<UpstreamAnswer>, string]>([
    ['another status', { status: 201 }, wholeStream],
    ['an error', { status: 400, ...whole }, '{"type":"error"}'],
    ['an answer that breaks on purpose', { isScripted: true }, wholeStream],
    ['an answer in another form', { form: 'chat-completions' }, 'data: [DONE]\n\n'],
    ['a stream without its end', {}, opening],
    ['a stream that says that it failed', {}, opening + errorOf('api_error', 'no')],
    ['a stream that fails at once', {}, errorOf('overloaded_error', 'no')],
    ['a second start', {}, messageStart + messageStart + closing],
    ['an event out of order', {}, messageStart + blockStop + messageDelta + messageStop],
    ['a block within a block', {}, opening + blockStart + closing],
    ['a last event that is not finished', {}, wholeStream.slice(0, -1)],
    ['no message', whole, '{"type":"message"}'],
    ['a message that has not ended', whole, message.replace('"end_turn"', 'null')],
    ['a message without usage', whole, message.replace('"usage"', '"used"')],
    ['half a message', whole, message.slice(0, -1)],
    ['no JSON', whole, 'busy'],
    ['nothing', whole, ''],
  ])('%s', (_name, change, text) => {
    const kept = new Kept(change);
    if (text !== '') kept.source.say(text);
    kept.source.sink.end();
    expect([kept.texts, kept.sink.text, kept.sink.ends]).toEqual([[], text, ['end']]);
    expect(kept.reservedBytes).toBe(0);
  });

  test.each<[string, Partial<UpstreamAnswer>, string]>([
    ['a cut stream', {}, opening],
    ['a cut message', whole, message],
  ])('%s', (_name, change, text) => {
    const kept = new Kept(change);
    kept.source.say(text);
    kept.source.sink.fail({ kind: 'cut', detail: 'cut' });
    expect([kept.texts, kept.sink.ends, kept.reservedBytes]).toEqual([[], ['fail cut'], 0]);
  });

  test('one that its caller left', () => {
    const kept = new Kept();
    kept.source.say(opening);
    kept.answer.body.cancel();
    expect([kept.texts, kept.source.cancelled, kept.reservedBytes]).toEqual([[], 1, 0]);
  });

  test('one that is too large', () => {
    const kept = new Kept({}, wholeStream.length);
    kept.source.say(opening);
    expect(kept.reservedBytes).toBeGreaterThan(0);
    kept.source.say(textDelta('x'.repeat(1000)));
    expect(kept.reservedBytes).toBe(0);
    kept.source.say(closing);
    expect(kept.texts).toEqual([]);
    expect(kept.sink.text.endsWith(closing)).toBe(true);
  });
});

test('a full reader stops the upstream, and asks it for more', () => {
  const kept = new Kept();
  kept.sink.takesMore = false;
  expect(kept.source.say(opening)).toBe(false);
  kept.answer.body.resume();
  expect(kept.source.resumed).toBe(1);
});
