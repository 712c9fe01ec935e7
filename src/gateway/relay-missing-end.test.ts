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
} from '../../test/support/event-stream.ts';
import type { RunningRelay } from '../../test/support/running-relay.ts';
import { ours, startRunningRelay } from '../../test/support/running-relay.ts';
import { refusal } from '../messages/errors.ts';

const failed = (code: string): object => ({
  kind: 'failed',
  said: expect.objectContaining({ code }) as object,
});

/** Everything is there but message_stop: phase P5 of reliability §2.2, and decision 0024. */
describe('a stream that lacks only its end', () => {
  const whole = blockStop + messageDelta;

  test.each<[string, (running: RunningRelay) => void]>([
    [
      'cut',
      ({ source }) => {
        source.sink.fail({ kind: 'cut', detail: '' });
      },
    ],
    [
      'ended',
      ({ source }) => {
        source.sink.end();
      },
    ],
    [
      'silent for its idle time',
      ({ source }) => {
        source.sink.fail({ kind: 'idle-timeout', detail: '' });
      },
    ],
    [
      'silent for five seconds',
      ({ clock }) => {
        clock.advance(5000);
      },
    ],
    [
      'ended within message_stop',
      ({ source }) => {
        source.say('event: message_stop\ndata: {"ty');
        source.sink.end();
      },
    ],
    ['a second message_start', ({ source }) => source.say(messageStart)],
    ['a line that does not end', ({ source }) => source.say(`data: ${'x'.repeat(1_100_000)}`)],
    ['the gateway stops', ({ relay }) => relay.cut(refusal('unavailable'))],
  ])('%s: it is given its end, and that is counted', async (_name, happen) => {
    const all = await startRunningRelay();
    all.source.say(whole);
    happen(all);
    expect(all.sink.text).toBe(opening + closing);
    expect([all.ends, all.sink.ends]).toEqual([[{ kind: 'complete' }], ['end']]);
    expect([all.missingEnds, all.source.cancelled, all.clock.pendingTimers]).toEqual([1, 1, 0]);
    expect(all.relay.usage.isFinal).toBe(true);
  });

  test('one that says its end is not counted, however late within five seconds that is', async () => {
    const all = await startRunningRelay();
    all.source.say(whole);
    all.clock.advance(4000);
    all.source.say(ping);
    all.clock.advance(4000);
    all.source.say(messageStop);
    all.source.sink.end();
    expect([all.sink.text, all.missingEnds]).toEqual([opening + whole + ping + messageStop, 0]);
  });

  test('a client that takes nothing is not taken for an upstream that says nothing', async () => {
    const { source, sink, relay, clock, ends } = await startRunningRelay();
    sink.takesMore = false;
    source.say(whole);
    clock.advance(60_000);
    expect(ends).toEqual([]);
    sink.takesMore = true;
    relay.resume();
    clock.advance(5000);
    expect(ends).toEqual([{ kind: 'complete' }]);
  });

  test.each<[string, string]>([
    ['a block is open', messageDelta],
    ['no reason was said', blockStop + messageDelta.replace('"end_turn"', 'null')],
    ['no usage was said', blockStop + messageDelta.replace(/,"usage".*(?=\}\n)/, '')],
  ])('%s: then it is a break, and no end is made up', async (_name, said) => {
    const { source, sink, ends, missingEnds } = await startRunningRelay();
    source.say(said);
    source.sink.end();
    expect(sink.text).toBe(opening + said + ours('upstream_truncated'));
    expect([ends, missingEnds]).toEqual([[failed('upstream_truncated')], 0]);
  });

  test('an error in the place of its end passes as it stands', async () => {
    const error = errorOf('overloaded_error', 'Overloaded');
    const { source, sink, ends, relay } = await startRunningRelay();
    source.say(whole + error);
    source.sink.end();
    expect(sink.text).toBe(opening + whole + error);
    expect([ends, relay.usage.isFinal]).toEqual([[{ kind: 'upstream-error' }], true]);
  });
});
