import { describe, expect, test } from 'vitest';
import {
  blockStop,
  closing,
  messageDelta,
  messageStart,
  messageStop,
  opening,
  textDelta,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { HandMeter } from '../../test/support/recording-billing.ts';
import { nativeReader } from '../dialects/chat-completions/native-reader.ts';
import { refusal } from '../messages/errors.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { RelayOptions, StreamEnd } from './relay-options.ts';
import { RelayStream } from './relay-stream.ts';
import { END_WAIT_MS, SAVE_WAIT_MS } from './relay-timers.ts';

interface Metered {
  readonly meter: HandMeter;
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly relay: RelayStream;
  readonly ends: StreamEnd[];
}

/** A relay whose output is metered, that has passed the first words on. */
async function metered(more: Partial<RelayOptions> = {}): Promise<Metered> {
  const meter = new HandMeter();
  const source = new FedSource();
  const sink = new NotingSink();
  const ends: StreamEnd[] = [];
  const relay = new RelayStream(source, {
    clock: new ManualClock(),
    meter,
    encodeErrorEvent: ({ code }) => Buffer.from(`event: error\ndata: ${code}\n\n`),
    onOddEvent: () => {},
    onOver: (end) => ends.push(end),
    ...more,
  });
  const verdict = relay.firstContent();
  source.say(opening);
  expect(await verdict).toBe('content');
  relay.open(sink);
  meter.coveredBytes = 0;
  return { meter, source, sink, relay, ends };
}

/** All but the mark of the end. */
const unended = blockStop + messageDelta;

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe('what is not covered waits', () => {
  test('it and all after it are kept, the source stops, and then everything goes on in order', async () => {
    const { meter, source, sink, ends } = await metered();
    expect(source.say(textDelta('one ') + textDelta('two '))).toBe(false);
    expect(source.say(textDelta('three'))).toBe(false);
    expect([sink.text, meter.isAsked]).toEqual([opening, true]);
    const before = source.resumed;
    meter.answer('covered');
    await settled();
    expect(sink.text).toBe(opening + textDelta('one ') + textDelta('two ') + textDelta('three'));
    expect(source.resumed).toBe(before + 1);
    source.say(closing);
    await settled();
    source.sink.end();
    expect(sink.text.endsWith(closing)).toBe(true);
    expect(ends).toEqual([{ kind: 'complete' }]);
  });

  test('what stands before it in its chunk goes out', async () => {
    const { meter, source, sink } = await metered();
    meter.coveredBytes = opening.length + textDelta('fits').length;
    source.say(textDelta('fits') + textDelta('does not'));
    expect(sink.text).toBe(opening + textDelta('fits'));
  });

  test('an end that comes meanwhile is told after what waits', async () => {
    const { meter, source, sink, ends } = await metered();
    source.say(textDelta('late') + closing);
    source.sink.end();
    expect([sink.text, ends]).toEqual([opening, []]);
    meter.answer('covered');
    await settled();
    expect(sink.text).toBe(opening + textDelta('late') + closing);
    expect(ends).toEqual([{ kind: 'complete' }]);
  });

  test('a break that comes meanwhile is told after what waits', async () => {
    const { meter, source, sink, ends } = await metered();
    source.say(textDelta('late'));
    source.sink.fail({ kind: 'cut', detail: '' });
    meter.answer('covered');
    await settled();
    expect(sink.text).toBe(
      `${opening + textDelta('late')}event: error\ndata: upstream_truncated\n\n`,
    );
    expect(ends).toMatchObject([{ kind: 'failed' }]);
  });

  test('a client that leaves meanwhile gets nothing more', async () => {
    const { meter, source, sink, relay, ends } = await metered();
    source.say(textDelta('never'));
    relay.cancel();
    meter.answer('covered');
    await settled();
    expect([sink.text, ends, source.cancelled]).toEqual([opening, [{ kind: 'client-gone' }], 1]);
  });

  test('a reader that is full is not filled further once it is covered', async () => {
    const { meter, source, sink } = await metered();
    sink.takesMore = false;
    source.say(textDelta('one'));
    const before = source.resumed;
    meter.answer('covered');
    await settled();
    expect([sink.text, source.resumed]).toEqual([opening + textDelta('one'), before]);
  });
});

describe('money that runs out', () => {
  const broke = refusal('billing', undefined, { reason: 'wallet_exhausted' });

  test('a refusal ends the stream with an error, and the upstream is cancelled', async () => {
    const { meter, source, sink, ends } = await metered();
    source.say(textDelta('unpaid'));
    meter.answer(broke);
    await settled();
    expect(sink.text).toBe(`${opening}event: error\ndata: billing\n\n`);
    expect([ends, sink.ends, source.cancelled]).toEqual([
      [{ kind: 'failed', said: broke }],
      ['end'],
      1,
    ]);
  });

  test('before any content it is a status', async () => {
    const meter = new HandMeter();
    meter.coveredBytes = messageStart.length;
    const source = new FedSource();
    const relay = new RelayStream(source, {
      clock: new ManualClock(),
      meter,
      encodeErrorEvent: () => Buffer.from(''),
      onOddEvent: () => {},
      onOver: () => {},
    });
    const verdict = relay.firstContent();
    source.say(opening);
    meter.answer(broke);
    expect(await verdict).toBe(broke);
  });

  test.each<[string, string, string]>([
    ['in a block', '', blockStop],
    ['between blocks', blockStop, ''],
  ])('a plan that stops gets a clean end %s', async (_name, before, missing) => {
    const { meter, source, sink, ends } = await metered();
    meter.coveredBytes = opening.length + before.length;
    source.say(before + textDelta('unpaid'));
    meter.answer('stop');
    await settled();
    const delta =
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":7}}\n\n';
    expect(sink.text).toBe(opening + before + missing + delta + messageStop);
    expect([ends, sink.ends, source.cancelled]).toEqual([[{ kind: 'stopped' }], ['end'], 1]);
  });

  test('the clean end is translated as the rest is', async () => {
    const encoder = {
      keepAlive: Buffer.from(''),
      encode: ({ type }: { readonly type?: unknown }) => `${String(type)} `,
    };
    const { meter, source, sink } = await metered({ encoder });
    source.say(textDelta('unpaid'));
    meter.answer('stop');
    await settled();
    expect(sink.text.endsWith('content_block_stop message_delta message_stop ')).toBe(true);
  });
});

describe('the final counts are durable before the stream ends', () => {
  test('its last event waits for that, and nothing else does', async () => {
    const { meter, source, sink, ends } = await metered();
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    let save = (): void => {};
    meter.whenSaved = new Promise((resolve) => {
      save = resolve;
    });
    source.say(closing);
    source.sink.end();
    await settled();
    expect([sink.text, meter.saved, ends]).toEqual([opening + blockStop + messageDelta, [42], []]);
    save();
    await settled();
    expect([sink.text, ends]).toEqual([opening + closing, [{ kind: 'complete' }]]);
  });

  test('a store that does not take them does not keep the answer from its caller', async () => {
    const { meter, source, sink } = await metered();
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    meter.whenSaved = Promise.reject(new Error('the disk is full'));
    source.say(closing);
    await settled();
    expect(sink.text).toBe(opening + closing);
  });

  test('a gateway that shuts down lets an end that waits go out', async () => {
    const { meter, source, sink, relay, ends } = await metered();
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    source.say(closing);
    relay.cut(refusal('unavailable'));
    await settled();
    source.sink.end();
    expect([sink.text, ends]).toEqual([opening + closing, [{ kind: 'complete' }]]);
  });
});

describe('an end that does not come', () => {
  const afterMs = async (clock: ManualClock, ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };

  test('leaves the counts durable a moment after they were said, once', async () => {
    const clock = new ManualClock();
    const { meter, source, sink, ends } = await metered({ clock });
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    source.say(unended);
    await afterMs(clock, SAVE_WAIT_MS - 1);
    expect(meter.saved).toEqual([]);
    await afterMs(clock, 1);
    expect([meter.saved, sink.text]).toEqual([[42], opening + unended]);
    source.say(messageStop);
    source.sink.end();
    await settled();
    expect([meter.saved, sink.text, ends]).toEqual([
      [42],
      opening + closing,
      [{ kind: 'complete' }],
    ]);
  });

  test('is not written down twice where it is said in the place of its upstream', async () => {
    const clock = new ManualClock();
    const { meter, source, sink } = await metered({ clock });
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    source.say(unended);
    await afterMs(clock, END_WAIT_MS);
    expect([meter.saved, sink.text]).toEqual([[42], opening + closing]);
  });

  test('one that comes in the meantime waits for what is being written', async () => {
    const clock = new ManualClock();
    const { meter, source, sink, ends } = await metered({ clock });
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    let save = (): void => {};
    meter.whenSaved = new Promise((resolve) => {
      save = resolve;
    });
    source.say(unended);
    await afterMs(clock, SAVE_WAIT_MS);
    source.say(messageStop);
    source.sink.end();
    await settled();
    expect([meter.saved, sink.text, ends]).toEqual([[42], opening + unended, []]);
    save();
    await settled();
    expect([meter.saved, sink.text, ends]).toEqual([
      [42],
      opening + closing,
      [{ kind: 'complete' }],
    ]);
  });

  test('one that comes in time is all that is written for', async () => {
    const clock = new ManualClock();
    const { meter, source } = await metered({ clock });
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    source.say(unended);
    await afterMs(clock, SAVE_WAIT_MS - 1);
    source.say(messageStop);
    source.sink.end();
    await afterMs(clock, END_WAIT_MS);
    expect(meter.saved).toEqual([42]);
  });

  test('what comes after the counts instead of it is watched anew', async () => {
    const clock = new ManualClock();
    const { meter, source } = await metered({ clock });
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    source.say(unended);
    source.say('event: error\ndata: {"type":"error","error":{"type":"api_error"}}\n\n');
    await afterMs(clock, SAVE_WAIT_MS);
    expect(meter.saved).toEqual([]);
  });
});

describe('last words', () => {
  test('go out after the end, once they are known', async () => {
    let say = (_words: Uint8Array): void => {};
    const words = new Promise<Uint8Array>((resolve) => {
      say = resolve;
    });
    const { meter, source, sink } = await metered({ lastWords: () => words });
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    source.say(closing);
    await settled();
    source.sink.end();
    expect([sink.text, sink.ends]).toEqual([opening + closing, []]);
    say(Buffer.from(': cost\n\n'));
    await settled();
    expect([sink.text, sink.ends]).toEqual([`${opening + closing}: cost\n\n`, ['end']]);
  });

  test('are not said to a client that left before they were known', async () => {
    let say = (_words: Uint8Array): void => {};
    const words = new Promise<Uint8Array>((resolve) => {
      say = resolve;
    });
    const { meter, source, sink, relay } = await metered({ lastWords: () => words });
    meter.coveredBytes = Number.POSITIVE_INFINITY;
    source.say(closing);
    await settled();
    source.sink.end();
    relay.cancel();
    say(Buffer.from(': cost\n\n'));
    await settled();
    expect([sink.text, sink.ends]).toEqual([opening + closing, []]);
  });
});

describe('the native lane of Chat Completions', () => {
  const chunk = (more: object): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [], ...more })}\n\n`;
  const role = chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' } }] });
  const finish = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  const usage = chunk({ usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } });
  const done = 'data: [DONE]\n\n';

  test.each<[string, string, string]>([
    ['usage comes last', role + finish + usage, done],
    [
      'usage comes with every chunk',
      role +
        finish.replace('"choices"', '"usage":{"prompt_tokens":3,"completion_tokens":2},"choices"'),
      done,
    ],
    ['usage comes last, and no mark of the end', role + finish + usage, ''],
  ])('%s: what ends the stream waits for the counts', async (_name, before, after) => {
    const source = new FedSource();
    const sink = new NotingSink();
    const meter = new HandMeter();
    let save = (): void => {};
    meter.whenSaved = new Promise((resolve) => {
      save = resolve;
    });
    const relay = new RelayStream(source, {
      clock: new ManualClock(),
      watch: nativeReader.watch(),
      meter,
      encodeErrorEvent: () => Buffer.from(''),
      onOddEvent: () => {},
      onOver: () => {},
    });
    const verdict = relay.firstContent();
    source.say(before);
    expect(await verdict).toBe('content');
    relay.open(sink);
    source.say(after);
    source.sink.end();
    await settled();
    expect([sink.text, meter.saved]).toEqual([before, [2]]);
    save();
    await settled();
    expect([sink.text, sink.ends]).toEqual([before + done, ['end']]);
  });
});
