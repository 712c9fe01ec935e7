import { describe, expect, test } from 'vitest';
import { upstreamOf } from '../../test/support/planned-routes.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import type { ByteSink } from '../std/byte-stream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { equipUpstream } from './equip-upstream.ts';

const TOTAL_MS = 5000;
const request: UpstreamRequest = {
  operation: 'messages.create',
  method: 'POST',
  path: '/v1/messages',
  headers: [],
  body: new Uint8Array(0),
  stream: true,
  requestId: 'req_1',
  account: 'acme',
};

/** One request to an upstream by hand, whose answer may take five seconds. */
function timed() {
  const clock = new ManualClock();
  const cancellation = new CancellationSource();
  const said: string[] = [];
  let answer: (outcome: Awaited<ReturnType<Upstream['send']>>) => void = () => {};
  let sink: ByteSink | undefined;
  const inner: Upstream = {
    ...upstreamOf('up'),
    send: (_request, given) => {
      given.onCancel(() => said.push('upstream cancelled'));
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  };
  const body = {
    open: (opened: ByteSink): void => {
      sink = opened;
    },
    resume: (): void => {},
    cancel: (): void => {
      said.push('body cancelled');
    },
  };
  const head: UpstreamAnswer = {
    kind: 'answer',
    status: 200,
    headers: [],
    isEventStream: true,
    body,
  };
  const outcome = equipUpstream(inner, { clock, totalMs: TOTAL_MS }).send(request, cancellation);
  const reader: ByteSink = {
    write: (chunk) => said.push(`read ${Buffer.from(chunk).toString()}`) > 0,
    end: () => said.push('end'),
    fail: ({ kind }) => said.push(kind),
  };
  return {
    clock,
    cancellation,
    said,
    head,
    outcome,
    reader,
    answer: (given: Parameters<typeof answer>[0]) => {
      answer(given);
    },
    sink: () => {
      if (sink === undefined) throw new Error('nobody reads');
      return sink;
    },
  };
}

describe('an answer that may take so long in all', () => {
  test('before its head it is a refusal', async () => {
    const { clock, outcome, answer, said } = timed();
    clock.advance(TOTAL_MS);
    answer(refusal('upstream_failed'));
    expect(await outcome).toMatchObject({ code: 'upstream_timeout' });
    expect(said).toEqual(['upstream cancelled']);
  });

  test('a head that comes all the same comes too late', async () => {
    const { clock, outcome, answer, head, said } = timed();
    clock.advance(TOTAL_MS);
    answer(head);
    expect(await outcome).toMatchObject({ code: 'upstream_timeout' });
    expect(said).toEqual(['upstream cancelled', 'body cancelled']);
  });

  test('in its body it breaks there, once, and whatever comes then is not passed on', async () => {
    const { clock, outcome, answer, head, reader, sink, said } = timed();
    answer(head);
    const answered = await outcome;
    if (isRefusal(answered)) throw new Error('it was answered');
    answered.body.open(reader);
    clock.advance(TOTAL_MS - 1);
    sink().write(Buffer.from('one'));
    clock.advance(1);
    sink().write(Buffer.from('two'));
    sink().end();
    expect(said).toEqual(['read one', 'body cancelled', 'idle-timeout', 'upstream cancelled']);
  });

  test('a body that is opened after its time fails at once', async () => {
    const { clock, outcome, answer, head, reader, said } = timed();
    answer(head);
    const answered = await outcome;
    clock.advance(TOTAL_MS);
    if (!isRefusal(answered)) answered.body.open(reader);
    expect(said).toEqual(['body cancelled', 'upstream cancelled', 'idle-timeout']);
  });

  test('what is done in time is left as it is', async () => {
    const { clock, outcome, answer, head, reader, sink, said } = timed();
    answer(head);
    const answered = await outcome;
    if (!isRefusal(answered)) answered.body.open(reader);
    sink().write(Buffer.from('all'));
    sink().end();
    clock.advance(TOTAL_MS);
    expect(said).toEqual(['read all', 'end']);
  });

  test('a caller who leaves takes the upstream along', async () => {
    const { outcome, answer, head, cancellation, said } = timed();
    answer(head);
    await outcome;
    cancellation.cancel();
    expect(said).toEqual(['upstream cancelled']);
  });
});

test('an upstream of several credentials says which it has', () => {
  const clock = new ManualClock();
  const inner = upstreamOf('up');
  expect(equipUpstream(inner, { clock })).toBe(inner);
  expect(equipUpstream(inner, { clock, credential: 1 })).toMatchObject({
    name: 'up',
    credential: 1,
  });
});
