import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { IdempotentRun } from './idempotent-runs.ts';
import { IdempotentRuns } from './idempotent-runs.ts';
import type { TappedEnd } from './idempotent-tap.ts';
import { IdempotentTap } from './idempotent-tap.ts';

interface Tapped {
  readonly tap: IdempotentTap;
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly caller: CancellationSource;
  readonly run: IdempotentRun;
  readonly ends: TappedEnd[];
  /** Lets what was written down be durable. */
  readonly durable: () => Promise<void>;
}

function tapped(bytesMax = 100): Tapped {
  const caller = new CancellationSource();
  const run = new IdempotentRuns(new ManualClock()).begin(caller);
  const source = new FedSource();
  const ends: TappedEnd[] = [];
  const written = Promise.withResolvers<void>();
  const tap = new IdempotentTap(source, {
    run,
    bytesMax,
    onOver: (end) => {
      ends.push(end);
      return written.promise;
    },
  });
  const durable = async (): Promise<void> => {
    written.resolve();
    await written.promise;
    await Promise.resolve();
  };
  return { tap, source, sink: new NotingSink(), caller, run, ends, durable };
}

const textOf = ({ bytes }: TappedEnd = { isWhole: false, bytes: undefined }): string | undefined =>
  bytes && Buffer.from(bytes).toString();

describe('a body on its way', () => {
  test('passes as it comes, and its end once the copy is durable', async () => {
    const { tap, source, sink, ends, durable } = tapped();
    tap.open(sink);
    source.say('one ');
    source.say('two');
    source.sink.end();
    expect([sink.text, sink.ends]).toEqual(['one two', []]);
    expect([ends[0]?.isWhole, textOf(ends[0])]).toEqual([true, 'one two']);
    await durable();
    expect(sink.ends).toEqual(['end']);
  });

  test('stops and goes on with its reader', () => {
    const { tap, source, sink } = tapped();
    tap.open(sink);
    sink.takesMore = false;
    expect(source.say('one')).toBe(false);
    tap.resume();
    expect(source.resumed).toBe(1);
  });

  test('that breaks is not whole, and breaks for its reader too', async () => {
    const { tap, source, sink, ends, durable } = tapped();
    tap.open(sink);
    source.say('one');
    source.sink.fail({ kind: 'cut', detail: 'x' });
    await durable();
    expect([ends.map(({ isWhole }) => isWhole), sink.ends]).toEqual([[false], ['fail cut']]);
  });

  test('is copied: what its reader does with a chunk does not reach the copy', () => {
    const { tap, source, sink, ends } = tapped();
    tap.open(sink);
    const chunk = Buffer.from('one');
    source.sink.write(chunk);
    chunk.fill(0);
    source.sink.end();
    expect(textOf(ends[0])).toBe('one');
  });

  test('that is too large goes out all the same, without a copy', () => {
    const { tap, source, sink, ends } = tapped(5);
    tap.open(sink);
    source.say('one ');
    source.say('two');
    source.sink.end();
    expect([sink.text, ends]).toEqual(['one two', [{ isWhole: true, bytes: undefined }]]);
  });

  test('ends without a word where the work is given up', () => {
    const { tap, source, sink, ends, run } = tapped();
    tap.open(sink);
    source.say('one');
    run.work.cancel();
    expect(source.say('two')).toBe(false);
    expect([ends.length, ends[0]?.isWhole]).toEqual([1, false]);
  });
});

describe('a body whose reader leaves', () => {
  test.each<[string, (tapped: Tapped) => void]>([
    [
      'while it comes',
      ({ caller }) => {
        caller.cancel();
      },
    ],
    [
      'without a word to us',
      ({ tap }) => {
        tap.cancel();
      },
    ],
  ])('is read to its end: %s', (_how, leave) => {
    const all = tapped();
    const { tap, source, sink, ends } = all;
    tap.open(sink);
    sink.takesMore = false;
    source.say('one ');
    leave(all);
    expect(source.resumed).toBe(1);
    expect(source.say('two')).toBe(true);
    source.sink.end();
    expect([sink.text, textOf(ends[0]), source.cancelled]).toEqual(['one ', 'one two', 0]);
  });

  test('before it was taken is read all the same, by nobody else', () => {
    const { tap, source, sink, ends, caller } = tapped();
    caller.cancel();
    tap.open(sink);
    source.say('one');
    source.sink.end();
    expect([source.opened, sink.text, textOf(ends[0])]).toEqual([1, '', 'one']);
  });

  test.each<[string, (tapped: Tapped) => void]>([
    [
      'before that',
      ({ source, caller }) => {
        source.say('too much');
        caller.cancel();
      },
    ],
    [
      'after that',
      ({ source, caller }) => {
        caller.cancel();
        source.say('too much');
      },
    ],
  ])('is given up where it grew too large %s', (_when, happen) => {
    const all = tapped(5);
    all.tap.open(all.sink);
    happen(all);
    expect([all.run.work.cancelled, all.ends[0]?.isWhole]).toEqual([true, false]);
  });
});

test('whenever the reader leaves, the copy is all that came, once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 5 }), { maxLength: 10 }),
      fc.nat(12),
      (chunks, leaveAt) => {
        const { tap, source, sink, ends, caller } = tapped(1000);
        tap.open(sink);
        for (const [index, chunk] of chunks.entries()) {
          if (index === leaveAt) caller.cancel();
          source.say(chunk);
        }
        source.sink.end();
        caller.cancel();
        const all = Buffer.concat(chunks);
        expect(ends).toHaveLength(1);
        expect(Buffer.from(ends[0]?.bytes ?? []).equals(all)).toBe(true);
        expect(sink.bytes.equals(Buffer.concat(chunks.slice(0, leaveAt)))).toBe(true);
      },
    ),
  );
});
