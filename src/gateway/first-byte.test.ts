import { describe, expect, test } from 'vitest';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { ByteSource, StreamFault } from '../std/byte-stream.ts';
import { collect, sourceOf } from '../std/byte-stream.ts';
import { CancellationSource, uncancelled } from '../std/cancellation.ts';
import { textOf } from '../std/json.ts';
import { FedSource } from '../../test/support/fed-source.ts';
import { awaitFirstByte } from './first-byte.ts';

/** How often a source was opened, asked for more and given up. */
const asked = ({ opened, resumed, cancelled }: FedSource): readonly number[] => [
  opened,
  resumed,
  cancelled,
];

const answerOf = (body: ByteSource, more: Partial<UpstreamAnswer> = {}): UpstreamAnswer => ({
  kind: 'answer',
  status: 200,
  headers: [],
  isEventStream: true,
  body,
  ...more,
});

async function bytesOf(outcome: Awaited<ReturnType<typeof awaitFirstByte>>): Promise<string> {
  if (isRefusal(outcome)) return outcome.code;
  const collected = await collect(outcome.body, 1000, uncancelled);
  return collected.kind === 'bytes' ? textOf(collected.bytes) : collected.fault.kind;
}

describe('the first byte of an answer', () => {
  test('the source stops at it until somebody takes it, and nothing is lost', async () => {
    const source = new FedSource();
    const begun = awaitFirstByte(answerOf(source), uncancelled);
    expect(source.say('')).toBe(true);
    expect(source.say('one')).toBe(false);
    const answer = await begun;
    expect(asked(source)).toEqual([1, 0, 0]);
    const all = bytesOf(answer);
    expect(asked(source)).toEqual([1, 1, 0]);
    expect(source.say(' two')).toBe(true);
    source.sink.end();
    expect(await all).toBe('one two');
  });

  test('a source that does not stop loses nothing either', async () => {
    const source = new FedSource();
    const begun = awaitFirstByte(answerOf(source), uncancelled);
    source.say('one');
    source.say(' two');
    source.sink.end();
    expect(await bytesOf(await begun)).toBe('one two');
  });

  test('a reader that is full is left alone until it asks for more', async () => {
    const source = new FedSource();
    const begun = awaitFirstByte(answerOf(source), uncancelled);
    source.say('one');
    const answer = await begun;
    if (isRefusal(answer)) throw new Error(answer.code);
    answer.body.open({ write: () => false, end: () => {}, fail: () => {} });
    expect(asked(source)).toEqual([1, 0, 0]);
    answer.body.resume();
    answer.body.cancel();
    expect(asked(source)).toEqual([1, 1, 1]);
  });

  test('an answer without one has begun when it has ended', async () => {
    expect(
      await bytesOf(await awaitFirstByte(answerOf(sourceOf(Buffer.alloc(0))), uncancelled)),
    ).toBe('');
  });

  test.each<[StreamFault['kind'], boolean, string]>([
    ['cut', false, 'upstream_truncated'],
    ['idle-timeout', false, 'upstream_timeout'],
    ['cut', true, 'cut'],
  ])('%s before it, on purpose: %s', async (kind, isScripted, expected) => {
    const source = new FedSource();
    const begun = awaitFirstByte(answerOf(source, { isScripted }), uncancelled);
    source.sink.fail({ kind, detail: 'x' });
    expect(await bytesOf(await begun)).toBe(expected);
  });

  test('a break after it is the reader’s to see', async () => {
    const source = new FedSource();
    const begun = awaitFirstByte(answerOf(source), uncancelled);
    source.say('one');
    source.sink.fail({ kind: 'cut', detail: 'x' });
    expect(await bytesOf(await begun)).toBe('cut');
  });

  test('whoever leaves takes the upstream’s share along', async () => {
    const source = new FedSource();
    const leaving = new CancellationSource();
    const begun = awaitFirstByte(answerOf(source), leaving);
    leaving.cancel();
    await begun;
    expect(asked(source)).toEqual([1, 0, 1]);
    const late = new FedSource();
    await awaitFirstByte(answerOf(late), leaving);
    expect(asked(late)).toEqual([0, 0, 1]);
  });

  test('errors and refusals have said all that counts', async () => {
    const source = new FedSource();
    const failed = answerOf(source, { status: 500 });
    expect(await awaitFirstByte(failed, uncancelled)).toBe(failed);
    const said = refusal('overloaded');
    expect(await awaitFirstByte(said, uncancelled)).toBe(said);
    expect(asked(source)).toEqual([0, 0, 0]);
  });
});
