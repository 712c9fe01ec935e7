import { describe, expect, test } from 'vitest';
import { wholeStream } from '../../test/support/event-stream.ts';
import { NotingSink } from '../../test/support/fed-source.ts';
import { streamOf, walk, wholeOf } from '../../test/support/walked.ts';
import type { Walked } from '../../test/support/walked.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { WalkReply } from './exchange.ts';

const PING = 'event: ping\ndata: {"type": "ping"}\n\n';

interface Waiting {
  readonly walked: Walked;
  /** Lets the upstream answer. */
  readonly answer: (given: UpstreamAnswer | Refusal) => Promise<void>;
}

/** A request to an upstream that says nothing until it is let. */
function waiting(isStream: boolean): Waiting {
  let give: (given: UpstreamAnswer | Refusal) => void = () => {};
  const given = new Promise<UpstreamAnswer | Refusal>((resolve) => {
    give = resolve;
  });
  const body = Buffer.from(JSON.stringify({ model: 'm', stream: isStream }));
  const walked = walk(() => given, { body: { read: () => Promise.resolve(body) } });
  return {
    walked,
    answer: async (said) => {
      give(said);
      await turns();
    },
  };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
}

/** The reply once the clock has gone so far. */
async function replyAfter({ walked }: Waiting, ms: number): Promise<WalkReply> {
  await turns();
  walked.clock.advance(ms);
  return walked.reply;
}

function openBody(reply: WalkReply): NotingSink {
  const sink = new NotingSink();
  if (reply.body instanceof Uint8Array) throw new Error('the reply is no stream');
  reply.body.open(sink);
  return sink;
}

describe('a stream whose upstream says nothing', () => {
  test('is opened after ten seconds and pinged, and goes on with what comes', async () => {
    const all = waiting(true);
    const reply = await replyAfter(all, 10_000);
    expect([reply.status, reply.headers.includes('text/event-stream; charset=utf-8')]).toEqual([
      200,
      true,
    ]);
    const sink = openBody(reply);
    all.walked.clock.advance(30_000);
    expect(sink.text).toBe(PING.repeat(3));
    await all.answer(streamOf(sourceOf(Buffer.from(wholeStream))));
    expect(sink.text).toBe(PING.repeat(3) + wholeStream);
    expect(all.walked.records).toMatchObject([{ status: 200, usageIsFinal: true }]);
  });

  test.each<[string, UpstreamAnswer | Refusal, string]>([
    ['no connection', refusal('upstream_failed'), 'api_error'],
    [
      'an error of its own',
      wholeOf(
        sourceOf(
          Buffer.from(
            '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
          ),
        ),
        529,
      ),
      'overloaded_error',
    ],
  ])('and comes to %s then, ends with an error event', async (_name, given, type) => {
    const all = waiting(true);
    const sink = openBody(await replyAfter(all, 10_000));
    await all.answer(given);
    const [, event = ''] = sink.text.split('event: error\ndata: ');
    expect(JSON.parse(event)).toMatchObject({ type: 'error', error: { type } });
    expect(sink.text).not.toContain('message_stop');
    expect(all.walked.records).toHaveLength(1);
  });

  test('ends with an error event where the process has no more time', async () => {
    const all = waiting(true);
    const reply = await replyAfter(all, 10_000);
    const sink = openBody(reply);
    reply.cut?.(refusal('unavailable'));
    expect(sink.text).toContain('event: error');
    await all.answer(streamOf(sourceOf(Buffer.from(wholeStream))));
    expect(sink.text).not.toContain('message_start');
  });

  test('is given up when its caller leaves', async () => {
    const all = waiting(true);
    const reply = await replyAfter(all, 10_000);
    const sink = openBody(reply);
    if (!(reply.body instanceof Uint8Array)) reply.body.cancel();
    all.walked.cancellation.cancel();
    await all.answer(refusal('upstream_failed'));
    all.walked.clock.advance(60_000);
    expect(sink.text).toBe(PING);
    expect(all.walked.records).toMatchObject([{ errorCode: 'client_gone' }]);
  });
});

test('what comes within ten seconds has its own status', async () => {
  const all = waiting(true);
  await turns();
  all.walked.clock.advance(9999);
  await all.answer(refusal('upstream_failed'));
  expect((await all.walked.reply).status).toBe(502);
});

test('an answer in one piece is waited for', async () => {
  const all = waiting(false);
  await turns();
  all.walked.clock.advance(60_000);
  await all.answer(refusal('upstream_timeout'));
  expect((await all.walked.reply).status).toBe(504);
});
