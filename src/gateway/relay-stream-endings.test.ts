import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockStop,
  closing,
  errorOf,
  messageDelta,
  messageStart,
  messageStop,
  opening,
  ping,
  textDelta,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { RunningRelay } from '../../test/support/running-relay.ts';
import { ours, startRunningRelay } from '../../test/support/running-relay.ts';
import { refusal } from '../messages/errors.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { RelayStream } from './relay-stream.ts';

const failed = (code: string): object => ({
  kind: 'failed',
  said: expect.objectContaining({ code }) as object,
});

describe('after content a failure is an error event', () => {
  test.each<[string, (running: RunningRelay) => void, string]>([
    ['cut', ({ source }) => source.sink.fail({ kind: 'cut', detail: '' }), 'upstream_truncated'],
    ['ended too early', ({ source }) => source.sink.end(), 'upstream_truncated'],
    [
      'silent',
      ({ source }) => source.sink.fail({ kind: 'idle-timeout', detail: '' }),
      'upstream_timeout',
    ],
    [
      'cut within an event, which is not passed in part',
      ({ source }) => {
        source.say(textDelta('half').slice(0, 40));
        source.sink.fail({ kind: 'cut', detail: '' });
      },
      'upstream_truncated',
    ],
    [
      'ended within an event, which is not passed in part',
      ({ source }) => {
        source.say(textDelta('half').slice(0, 40));
        source.sink.end();
      },
      'upstream_truncated',
    ],
    [
      'a line that does not end',
      ({ source }) => source.say(`data: ${'x'.repeat(1_100_000)}`),
      'upstream_failed',
    ],
    [
      'a second message_start',
      ({ source }) => source.say(messageStart + textDelta('again')),
      'upstream_failed',
    ],
    ['the gateway stops', ({ relay }) => relay.cut(refusal('unavailable')), 'unavailable'],
  ])('%s: told at an event boundary, no end made up', async (_name, happen, code) => {
    const all = await startRunningRelay();
    happen(all);
    expect(all.sink.text).toBe(opening + ours(code));
    expect(all.sink.text).not.toContain('message_stop');
    expect(all.sink.ends).toEqual(['end']);
    expect(all.ends).toEqual([failed(code)]);
    expect(all.source.cancelled).toBe(1);
  });

  test('of a chunk with a second message_start, only what stands before it passes', async () => {
    const { source, sink } = await startRunningRelay();
    source.say(textDelta('first ') + messageStart + textDelta('second'));
    expect(sink.text).toBe(opening + textDelta('first ') + ours('upstream_failed'));
  });
});

describe('an end that the upstream said', () => {
  const error = errorOf('overloaded_error', 'Overloaded');

  test('#142 an error after content passes once as it stands, and ends the stream', async () => {
    const { source, sink, ends } = await startRunningRelay();
    source.say(error);
    source.sink.end();
    expect(sink.text).toBe(opening + error);
    expect([ends, sink.ends]).toEqual([[{ kind: 'upstream-error' }], ['end']]);
  });

  test.each<[string, string]>([
    ['a ping', ping],
    ['a second error', error],
    ['content', textDelta('more')],
  ])('one end or one error, never both: %s after error is dropped', async (_name, late) => {
    const { source, sink, ends } = await startRunningRelay();
    source.say(error);
    source.say(late);
    source.sink.end();
    expect(sink.text).toBe(opening + error);
    expect(ends).toEqual([{ kind: 'upstream-error' }]);
  });

  test.each<[string, string]>([
    ['a ping', ping],
    ['an error', error],
    ['content', textDelta('more')],
    ['another message_stop', messageStop],
    ['half an event', ping.slice(0, 15)],
  ])('one end or one error, never both: %s after message_stop is dropped', async (_name, late) => {
    const { source, sink, ends } = await startRunningRelay();
    source.say(closing);
    source.say(late);
    source.sink.end();
    expect(sink.text).toBe(opening + closing);
    expect(ends).toEqual([{ kind: 'complete' }]);
  });

  test.each(['cut', 'idle-timeout'] as const)('%s after message_stop is complete', async (kind) => {
    const { source, sink, ends } = await startRunningRelay();
    source.say(closing);
    source.sink.fail({ kind, detail: '' });
    expect(sink.text).toBe(wholeStream.replace(textDelta('wörld 🌍'), ''));
    expect([ends, sink.ends]).toEqual([[{ kind: 'complete' }], ['end']]);
  });

  test('the gateway stops after message_stop: the answer was whole, so nothing is added', async () => {
    const { source, sink, relay } = await startRunningRelay();
    source.say(closing);
    relay.cut(refusal('unavailable'));
    expect(sink.text).toBe(opening + closing);
  });

  test('message_stop without its blank line is complete', async () => {
    const { source, sink, ends } = await startRunningRelay();
    source.say((blockStop + messageDelta + messageStop).trimEnd());
    source.sink.end();
    expect(sink.text).toBe((opening + closing).trimEnd());
    expect(ends).toEqual([{ kind: 'complete' }]);
  });

  test('a message_stop that breaks off in its data is not complete', async () => {
    const { source, ends } = await startRunningRelay();
    source.say(`${blockStop}event: message_stop\ndata: {"ty`);
    source.sink.end();
    expect(ends).toEqual([failed('upstream_truncated')]);
  });
});

describe('the caller', () => {
  test('#147 goes: the source is cancelled, told once, and nothing more is passed', async () => {
    const { source, sink, relay, ends } = await startRunningRelay();
    relay.cancel();
    relay.cancel();
    expect(source.say(textDelta('late'))).toBe(false);
    source.sink.end();
    relay.cut(refusal('unavailable'));
    expect(ends).toEqual([{ kind: 'client-gone' }]);
    expect(source.cancelled).toBe(1);
    expect(sink.text).toBe(opening);
  });

  test('goes after the end: nothing changes', async () => {
    const { source, relay, ends } = await startRunningRelay();
    source.say(closing);
    source.sink.end();
    relay.cancel();
    expect(ends).toEqual([{ kind: 'complete' }]);
  });

  test('is slow: the source is told to wait until there is room', async () => {
    const { source, sink, relay } = await startRunningRelay();
    sink.takesMore = false;
    expect(source.say(textDelta('a'))).toBe(false);
    const before = source.resumed;
    sink.takesMore = true;
    relay.resume();
    expect(source.resumed).toBe(before + 1);
    expect(source.say(textDelta('b'))).toBe(true);
  });

  test('has not opened yet: the source waits from the first content on', async () => {
    const source = new FedSource();
    const sink = new NotingSink();
    const relay = new RelayStream(source, {
      clock: new ManualClock(),
      encodeErrorEvent: () => Buffer.from(''),
      onOddEvent: () => {},
      onOver: () => {},
    });
    void relay.firstContent();
    expect(source.say(messageStart)).toBe(true);
    expect(source.say(opening.slice(messageStart.length))).toBe(false);
    const before = source.resumed;
    relay.open(sink);
    expect(source.resumed).toBe(before + 1);
  });

  test('is slow when it opens: the source waits on', async () => {
    const source = new FedSource();
    const sink = new NotingSink();
    sink.takesMore = false;
    const relay = new RelayStream(source, {
      clock: new ManualClock(),
      encodeErrorEvent: () => Buffer.from(''),
      onOddEvent: () => {},
      onOver: () => {},
    });
    void relay.firstContent();
    source.say(opening);
    relay.open(sink);
    expect(source.resumed).toBe(0);
    relay.resume();
    expect(source.resumed).toBe(1);
  });
});

describe('usage', () => {
  test('of start and delta is one: the delta replaces, what it leaves out stays', async () => {
    const { source, relay } = await startRunningRelay();
    expect(relay.usage.usage).toEqual({ inputTokens: 11, cacheReadTokens: 3, outputTokens: 1 });
    expect(relay.usage.isFinal).toBe(false);
    source.say(closing);
    source.sink.end();
    expect(relay.usage.usage).toEqual({
      inputTokens: 11,
      cacheReadTokens: 3,
      outputTokens: 42,
      thinkingTokens: 5,
    });
    expect(relay.usage.isFinal).toBe(true);
  });

  test('of a stream that broke is what was known, and not final', async () => {
    const { source, relay } = await startRunningRelay();
    source.sink.fail({ kind: 'cut', detail: '' });
    expect(relay.usage.usage.outputTokens).toBe(1);
    expect(relay.usage.isFinal).toBe(false);
  });
});

test('whatever happens, in whatever order: told exactly once, one ending at most', async () => {
  type Step = (running: RunningRelay) => void;
  const steps: Readonly<Record<string, Step>> = {
    text: ({ source }) => source.say(textDelta('x')),
    closing: ({ source }) => source.say(closing),
    error: ({ source }) => source.say(errorOf('api_error', 'no')),
    again: ({ source }) => source.say(messageStart),
    end: ({ source }) => {
      source.sink.end();
    },
    fail: ({ source }) => {
      source.sink.fail({ kind: 'cut', detail: '' });
    },
    cut: ({ relay }) => {
      relay.cut(refusal('unavailable'));
    },
    gone: ({ relay }) => {
      relay.cancel();
    },
  };
  const names = fc.array(fc.constantFrom(...Object.keys(steps)), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(names, async (order) => {
      const all = await startRunningRelay();
      for (const name of [...order, 'end']) {
        steps[name]?.(all);
        // The contract of a source: after its end it calls nothing more.
        if (name === 'end' || name === 'fail') break;
      }
      expect(all.ends).toHaveLength(1);
      const endings = all.sink.text.match(/event: (?:message_stop|error)$/gm) ?? [];
      const wanted = all.ends[0]?.kind === 'client-gone' ? [0, 1] : [1];
      expect(wanted).toContain(endings.length);
    }),
    { numRuns: 500 },
  );
});
