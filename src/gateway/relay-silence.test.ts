import { describe, expect, test } from 'vitest';
import { closing, opening, ping, textDelta } from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { startRunningRelay } from '../../test/support/running-relay.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { StreamEnd } from './relay-options.ts';
import { RelayStream } from './relay-stream.ts';

/** What an open stream says while nothing comes (reliability §2.1), and who it is read for. */

const ourPing = 'event: ping\ndata: {"type": "ping"}\n\n';

describe('silence', () => {
  test('of fifteen seconds is filled with a ping, again and again', async () => {
    const { sink, clock } = await startRunningRelay();
    clock.advance(14_999);
    expect(sink.text).toBe(opening);
    clock.advance(1);
    expect(sink.text).toBe(opening + ourPing);
    clock.advance(30_000);
    expect(sink.text).toBe(opening + ourPing + ourPing + ourPing);
  });

  test('is broken by whatever passes, a ping of the upstream too', async () => {
    const { source, sink, clock } = await startRunningRelay();
    clock.advance(14_000);
    source.say(ping);
    clock.advance(14_000);
    source.say(textDelta('x'));
    clock.advance(14_000);
    expect(sink.text).toBe(opening + ping + textDelta('x'));
  });

  test('within an event is filled before the event, never in it', async () => {
    const { source, sink, clock } = await startRunningRelay();
    const delta = textDelta('slow');
    source.say(delta.slice(0, 30));
    clock.advance(15_000);
    source.say(delta.slice(30));
    expect(sink.text).toBe(opening + ourPing + delta);
  });

  test('after the end is silence', async () => {
    const { source, sink, clock } = await startRunningRelay();
    source.say(closing);
    source.sink.end();
    clock.advance(60_000);
    expect([sink.text, clock.pendingTimers]).toEqual([opening + closing, 0]);
  });

  test('is not filled for who takes nothing', async () => {
    const { source, sink, clock, relay } = await startRunningRelay();
    sink.takesMore = false;
    source.say(textDelta('x'));
    clock.advance(60_000);
    expect(sink.text).toBe(opening + textDelta('x'));
    sink.takesMore = true;
    relay.resume();
    clock.advance(15_000);
    expect(sink.text).toBe(opening + textDelta('x') + ourPing);
  });

  test('in another form is filled in its words', async () => {
    const source = new FedSource();
    const sink = new NotingSink();
    const clock = new ManualClock();
    const relay = new RelayStream(source, {
      clock,
      encoder: { keepAlive: Buffer.from(': ping\n\n'), encode: () => 'data: x\n\n' },
      keepAlive: Buffer.from(': ping\n\n'),
      encodeErrorEvent: () => Buffer.from(''),
      onOddEvent: () => {},
      onOver: () => {},
    });
    const verdict = relay.firstContent();
    source.say(opening);
    await verdict;
    relay.open(sink);
    const before = sink.text;
    clock.advance(15_000);
    expect(sink.text).toBe(`${before}: ping\n\n`);
  });
});

describe('a caller who has gone, where the rest is read', () => {
  interface Unheard {
    readonly source: FedSource;
    readonly sink: NotingSink;
    readonly relay: RelayStream;
    readonly ends: StreamEnd[];
    readonly giveUp: () => void;
  }

  async function unheard(said = opening, isOpen = true): Promise<Unheard> {
    const source = new FedSource();
    const sink = new NotingSink();
    const ends: StreamEnd[] = [];
    let giveUp = (): void => {};
    const relay = new RelayStream(source, {
      clock: new ManualClock(),
      encodeErrorEvent: () => Buffer.from('ours'),
      onOddEvent: () => {},
      onOver: (end) => ends.push(end),
      readsOn: (stop) => {
        giveUp = stop;
        return true;
      },
    });
    const verdict = relay.firstContent();
    source.say(said);
    await verdict;
    if (isOpen) relay.open(sink);
    relay.cancel();
    return { source, sink, relay, ends, giveUp: () => giveUp() };
  }

  test('nothing is said to it, and the usage is that of the end', async () => {
    const { source, sink, relay, ends } = await unheard();
    expect([ends, source.cancelled]).toEqual([[], 0]);
    expect(source.say(textDelta('more') + closing)).toBe(true);
    source.sink.end();
    expect([sink.text, sink.ends]).toEqual([opening, []]);
    expect(ends).toEqual([{ kind: 'client-gone' }]);
    expect([relay.usage.isFinal, relay.usage.usage.outputTokens]).toEqual([true, 42]);
  });

  test('one that breaks ends as one that was left', async () => {
    const { source, sink, ends } = await unheard();
    source.sink.fail({ kind: 'cut', detail: '' });
    expect([sink.text, ends]).toEqual([opening, [{ kind: 'client-gone' }]]);
  });

  test('one that takes too long is given up', async () => {
    const { source, ends, giveUp } = await unheard();
    giveUp();
    expect([ends, source.cancelled]).toEqual([[{ kind: 'client-gone' }], 1]);
  });

  test('who left before it was opened does not stop it either', async () => {
    const { source, sink, relay, ends } = await unheard(opening, false);
    expect(source.resumed).toBe(1);
    relay.open(sink);
    relay.cancel();
    source.say(closing);
    source.sink.end();
    expect([sink.text, ends]).toEqual(['', [{ kind: 'client-gone' }]]);
  });
});
