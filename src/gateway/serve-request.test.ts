import { describe, expect, test } from 'vitest';
import { opening, wholeStream } from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { Walked } from '../../test/support/walked.ts';
import { streamOf, walk, wholeOf } from '../../test/support/walked.ts';
import { refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';

describe('every request leaves one record, whatever became of it', () => {
  const cases: readonly (readonly [string, Walked, object])[] = [
    [
      'an answer',
      walk(() => Promise.resolve(wholeOf(sourceOf(Buffer.from('{"content":[]}'))))),
      { status: 200 },
    ],
    [
      'a refused credential',
      walk(() => Promise.reject(new Error('not asked')), { headers: {} }),
      { status: 401, errorCode: 'unauthenticated', upstream: undefined },
    ],
    [
      'a body that did not come',
      walk(() => Promise.reject(new Error('not asked')), {
        body: { read: () => Promise.resolve(refusal('request_too_large')) },
      }),
      { status: 413, errorCode: 'request_too_large', upstream: undefined },
    ],
    [
      'an upstream that says no',
      walk(() => Promise.resolve(refusal('overloaded'))),
      { status: 529, errorCode: 'overloaded', upstream: 'up' },
    ],
    [
      'a driver that throws',
      walk(() => Promise.reject(new Error('a bug'))),
      { status: 500, errorCode: 'internal', upstream: 'up' },
    ],
    [
      'an answer that is too large',
      walk(() => Promise.resolve(wholeOf(sourceOf(Buffer.alloc(200_000, 'x'))))),
      { status: 502, errorCode: 'upstream_failed' },
    ],
    [
      'an error of the upstream',
      walk(() => Promise.resolve(wholeOf(sourceOf(Buffer.from('{}')), 404))),
      { status: 404, errorCode: 'upstream_error' },
    ],
  ];

  test.each(cases)('%s', async (_name, { reply, records }, expected) => {
    const { status } = await reply;
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject(expected);
    expect(records[0]?.status).toBe(status);
  });

  test('a fault of ours is in the log, and not in the answer', async () => {
    const { reply, lines } = walk(() => Promise.reject(new Error('secret detail')));
    const { status, body } = await reply;
    const text = Buffer.from(body as Uint8Array).toString();
    expect([status, text.includes('secret detail')]).toEqual([500, false]);
    expect(lines.join('')).toContain('secret detail');
  });
});

describe('streams', () => {
  test('one that came whole at once: its first byte came after it began', async () => {
    const { reply, records } = walk(() =>
      Promise.resolve(streamOf(sourceOf(Buffer.from(wholeStream)))),
    );
    const { body } = await reply;
    const sink = new NotingSink();
    if (!(body instanceof Uint8Array)) body.open(sink);
    expect([sink.text, sink.ends]).toEqual([wholeStream, ['end']]);
    expect(records).toHaveLength(1);
    expect(records[0]?.firstByteMs).toBeGreaterThanOrEqual(0);
    expect(records[0]?.usage).toMatchObject({ inputTokens: 11, outputTokens: 42 });
  });

  test('times are those of the head and of the end', async () => {
    const source = new FedSource();
    const { reply, records, clock } = walk(() => Promise.resolve(streamOf(source)));
    await expect.poll(() => source.opened).toBe(1);
    clock.advance(300);
    source.say(opening);
    const { body } = await reply;
    if (!(body instanceof Uint8Array)) body.open(new NotingSink());
    clock.advance(700);
    source.sink.fail({ kind: 'cut', detail: '' });
    expect(records).toMatchObject([
      { status: 200, errorCode: 'upstream_truncated', firstByteMs: 300, totalMs: 1000 },
    ]);
  });

  test('cut at a shutdown: an error event, one record', async () => {
    const source = new FedSource();
    const { reply, records } = walk(() => Promise.resolve(streamOf(source)));
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    const { body, cut } = await reply;
    const sink = new NotingSink();
    if (!(body instanceof Uint8Array)) body.open(sink);
    cut?.(refusal('unavailable', 'The gateway is shutting down.'));
    expect(sink.text.slice(opening.length)).toMatch(/^event: error\ndata: .*shutting down.*\n\n$/);
    expect(sink.ends).toEqual(['end']);
    expect(records).toMatchObject([{ errorCode: 'unavailable' }]);
    expect(source.cancelled).toBe(1);
  });
});

describe('#147 the caller goes', () => {
  test.each<[string, (source: FedSource) => UpstreamAnswer]>([
    ['a stream', (source) => streamOf(source)],
    ['an answer in one piece', (source) => wholeOf(source)],
  ])('between the head of %s and its first byte: freed, and recorded once', async (_name, make) => {
    const source = new FedSource();
    const { reply, records } = walk((cancellation) => {
      cancellation.cancel();
      return Promise.resolve(make(source));
    });
    const ended = await Promise.race([
      reply.then(
        () => 'answered',
        (error: unknown) => String(error),
      ),
      new Promise((resolve) => setTimeout(resolve, 10_000, 'still waiting')),
    ]);
    expect(ended).toBe('answered');
    expect(records).toMatchObject([{ errorCode: 'client_gone' }]);
    expect(source.cancelled).toBeGreaterThan(0);
  });

  test('in the middle of a stream', async () => {
    const source = new FedSource();
    const { reply, records, cancellation } = walk(() => Promise.resolve(streamOf(source)));
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    await reply;
    cancellation.cancel();
    expect(source.cancelled).toBe(1);
    expect(records).toMatchObject([{ status: 200, errorCode: 'client_gone' }]);
    expect(records[0]?.usage).toMatchObject({ inputTokens: 11, outputTokens: 1 });
  });

  test('in the middle of an answer in one piece', async () => {
    const source = new FedSource();
    const { reply, records, cancellation } = walk(() => Promise.resolve(wholeOf(source)));
    await expect.poll(() => source.opened).toBe(1);
    source.say('{"half":');
    cancellation.cancel();
    await reply;
    expect(source.cancelled).toBe(1);
    expect(records).toMatchObject([{ errorCode: 'client_gone' }]);
  });
});
