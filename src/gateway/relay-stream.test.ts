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
  ping,
  textDelta,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { Refusal } from '../messages/errors.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { StreamEnd } from './relay-options.ts';
import { RelayStream } from './relay-stream.ts';

/** The error event that the relay adds, as the tests write it. */
const ours = (code: string): string => `event: error\ndata: ${code}\n\n`;
/** What the relay says when it has waited long enough. */
const ourPing = 'event: ping\ndata: {"type": "ping"}\n\n';

interface Relayed {
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly clock: ManualClock;
  readonly relay: RelayStream;
  readonly ends: StreamEnd[];
  readonly odd: string[];
  readonly verdicts: ('content' | Refusal)[];
  /** Lets promises settle. */
  readonly settled: () => Promise<void>;
}

function startRelay(): Relayed {
  const source = new FedSource();
  const clock = new ManualClock();
  const ends: StreamEnd[] = [];
  const odd: string[] = [];
  const verdicts: ('content' | Refusal)[] = [];
  const relay = new RelayStream(source, {
    clock,
    encodeErrorEvent: ({ code }) => Buffer.from(ours(code)),
    onOddEvent: (detail) => odd.push(detail),
    onOver: (end) => ends.push(end),
  });
  const verdict = relay.firstContent().then((said) => verdicts.push(said));
  const settled = async (): Promise<void> => {
    await Promise.race([verdict, new Promise((resolve) => setImmediate(resolve))]);
  };
  return { source, sink: new NotingSink(), clock, relay, ends, odd, verdicts, settled };
}

/** A relay that has passed its opening on to its client. */
async function inTheMiddle(): Promise<Relayed> {
  const relayed = startRelay();
  relayed.source.say(opening);
  await relayed.settled();
  relayed.relay.open(relayed.sink);
  return relayed;
}

describe('what is passed on', () => {
  test('any chunking: the bytes of the upstream, whole events only, one good end', async () => {
    const bytes = Buffer.from(wholeStream);
    const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 30 });
    const style = fc.constantFrom('\n', '\r\n', '\r');
    await fc.assert(
      fc.asyncProperty(cuts, style, fc.nat({ max: 10 }), async (points, lineEnd, openAfter) => {
        const sent = Buffer.from(wholeStream.replaceAll('\n', lineEnd));
        const at = [0, ...points.map((point) => point % sent.length), sent.length];
        const sorted = at.toSorted((a, b) => a - b);
        const { source, sink, relay, ends, verdicts, settled } = startRelay();
        for (const [index, from] of sorted.slice(0, -1).entries()) {
          if (index === openAfter) relay.open(sink);
          source.say(sent.subarray(from, sorted[index + 1]));
        }
        source.sink.end();
        await settled();
        if (openAfter >= sorted.length - 1) relay.open(sink);
        expect(sink.text).toBe(sent.toString());
        expect(relay.bytesPassed).toBe(sent.length);
        expect([verdicts, ends, sink.ends]).toEqual([['content'], [{ kind: 'complete' }], ['end']]);
        const boundary = `${lineEnd}${lineEnd}`;
        for (const chunk of sink.chunks) expect(chunk.toString().endsWith(boundary)).toBe(true);
      }),
    );
  });

  test('an event passes in the write that completes it', async () => {
    const { source, sink } = await inTheMiddle();
    const delta = textDelta('now');
    source.say(delta.slice(0, -1));
    expect(sink.text).toBe(opening);
    source.say(delta.slice(-1));
    expect(sink.text).toBe(opening + delta);
  });

  test('an event of next year and a comment pass as they stand, in their place', async () => {
    const { source, sink, ends } = await inTheMiddle();
    const odd = ': still here\n\nevent: message_hum\ndata: {"type":"message_hum"}\nid: 7\n\n';
    source.say(odd + closing);
    source.sink.end();
    expect(sink.text).toBe(opening + odd + closing);
    expect(ends).toEqual([{ kind: 'complete' }]);
  });

  test('events out of order pass and are reported', async () => {
    const { source, sink, odd, ends } = await inTheMiddle();
    source.say(blockStart + blockStop + messageDelta + messageStop);
    source.sink.end();
    expect(odd).toEqual(['content_block_start in block']);
    expect(sink.text).toBe(opening + blockStart + blockStop + messageDelta + messageStop);
    expect(ends).toEqual([{ kind: 'complete' }]);
  });
});

describe('the head is held until content comes', () => {
  test.each<[string, string, boolean]>([
    ['message_start alone does not open it', messageStart, false],
    ['message_start and pings do not', messageStart + ping + ping, false],
    ['a comment does not', `${messageStart}: comment\n\n`, false],
    ['half of a content_block_start does not', messageStart + blockStart.slice(0, -1), false],
    ['content_block_start does', messageStart + blockStart, true],
    ['an event of next year does', `${messageStart}event: hum\ndata: {}\n\n`, true],
    ['a message without blocks does', messageStart + messageDelta, true],
  ])('%s', async (_name, said, isOpen) => {
    const { source, sink, relay, verdicts, settled } = startRelay();
    source.say(said);
    await settled();
    expect(verdicts).toEqual(isOpen ? ['content'] : []);
    if (!isOpen) return;
    relay.open(sink);
    expect(sink.text).toBe(said);
  });

  test('at most 10 s: then the head goes out with what is there and a ping', async () => {
    const { source, sink, clock, relay, verdicts, ends, settled } = startRelay();
    source.say(messageStart + ping);
    clock.advance(9999);
    await settled();
    expect(verdicts).toEqual([]);
    clock.advance(1);
    await settled();
    expect(verdicts).toEqual(['content']);
    relay.open(sink);
    expect(sink.text).toBe(messageStart + ping + ourPing);
    source.say(errorOf('overloaded_error', 'Overloaded'));
    source.sink.end();
    expect(sink.text).toBe(
      messageStart + ping + ourPing + errorOf('overloaded_error', 'Overloaded'),
    );
    expect(ends).toEqual([{ kind: 'upstream-error' }]);
  });

  test('10 s without a byte open it too, with nothing but a ping', async () => {
    const { source, sink, clock, relay, settled } = startRelay();
    clock.advance(10_000);
    await settled();
    relay.open(sink);
    expect(sink.text).toBe(ourPing);
    source.say(wholeStream);
    source.sink.end();
    expect(sink.text).toBe(ourPing + wholeStream);
  });

  test('no more than 64 KiB: a flood of pings opens it as well', async () => {
    const { source, verdicts, settled } = startRelay();
    source.say(messageStart);
    for (let sent = 0; sent < 64 * 1024; sent += ping.length) source.say(ping);
    await settled();
    expect(verdicts).toEqual(['content']);
  });

  test('no timer is left behind', async () => {
    const { clock, source } = await inTheMiddle();
    // For what fills silence.
    expect(clock.pendingTimers).toBe(1);
    source.sink.fail({ kind: 'cut', detail: '' });
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('before content a failure is a refusal', () => {
  const early = async (feed: (source: FedSource) => void): Promise<Relayed> => {
    const relayed = startRelay();
    feed(relayed.source);
    await relayed.settled();
    return relayed;
  };
  const overloaded = errorOf('overloaded_error', 'Overloaded');

  test.each<[string, (source: FedSource) => void, object]>([
    ['an error event', (s) => s.say(overloaded), { code: 'overloaded', detail: 'Overloaded' }],
    [
      'an error event after message_start and ping',
      (s) => s.say(messageStart + ping + errorOf('rate_limit_error', 'Slow down')),
      { code: 'rate_limited', detail: 'Slow down' },
    ],
    [
      'an error event without its blank line at the end',
      (s) => {
        s.say(messageStart + overloaded.trimEnd());
        s.sink.end();
      },
      { code: 'overloaded', detail: 'Overloaded' },
    ],
    [
      'an error event of an unknown type',
      (s) => s.say(errorOf('strange_error', 'Odd')),
      { code: 'internal', detail: 'Odd' },
    ],
    [
      'an error event that is no JSON',
      (s) => s.say('event: error\ndata: {\n\n'),
      { code: 'internal' },
    ],
    ['an empty stream', (s) => s.sink.end(), { code: 'upstream_truncated' }],
    [
      'an end after message_start',
      (s) => {
        s.say(messageStart);
        s.sink.end();
      },
      { code: 'upstream_truncated' },
    ],
    [
      'a cut connection',
      (s) => {
        s.say(messageStart);
        s.sink.fail({ kind: 'cut', detail: 'reset' });
      },
      { code: 'upstream_truncated' },
    ],
    [
      'silence',
      (s) => {
        s.sink.fail({ kind: 'idle-timeout', detail: 'silence' });
      },
      { code: 'upstream_timeout' },
    ],
    ['content before message_start', (s) => s.say(blockStart), { code: 'upstream_failed' }],
    ['two message_start', (s) => s.say(messageStart + messageStart), { code: 'upstream_failed' }],
    [
      'a line without end',
      (s) => s.say(`data: ${'x'.repeat(1_100_000)}`),
      { code: 'upstream_failed' },
    ],
  ])('%s', async (_name, feed, said) => {
    const { verdicts, ends, source, relay, sink, clock } = await early(feed);
    expect(verdicts).toMatchObject([{ kind: 'refusal', ...said }]);
    expect(ends).toEqual([]);
    expect(source.cancelled).toBeGreaterThan(0);
    expect(clock.pendingTimers).toBe(0);
    // Whatever still comes is not for anybody.
    expect(source.say(textDelta('late'))).toBe(false);
    source.sink.end();
    expect([sink.text, relay.bytesPassed >= 0, verdicts.length]).toEqual(['', true, 1]);
  });

  test('the caller goes: the source is cancelled and the wait is over', async () => {
    const { relay, verdicts, source, ends, settled, clock } = startRelay();
    source.say(messageStart);
    relay.cancel();
    relay.cancel();
    await settled();
    expect(verdicts).toMatchObject([{ kind: 'refusal' }]);
    expect(ends).toEqual([]);
    expect(source.cancelled).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('the caller was gone before the first read: the wait ends at once', async () => {
    const source = new FedSource();
    const relay = new RelayStream(source, {
      clock: new ManualClock(),
      encodeErrorEvent: () => Buffer.from(''),
      onOddEvent: () => {},
      onOver: () => {},
    });
    relay.cancel();
    const verdict = await Promise.race([
      relay.firstContent(),
      new Promise<'still waiting'>((resolve) => setImmediate(resolve, 'still waiting')),
    ]);
    expect(verdict).toMatchObject({ kind: 'refusal' });
  });
});
