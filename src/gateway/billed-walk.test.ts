import { describe, expect, test } from 'vitest';
import {
  closing,
  errorOf,
  messageStart,
  opening,
  textDelta,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { BillAnswers } from '../../test/support/recording-billing.ts';
import { HandMeter, RecordingBilling } from '../../test/support/recording-billing.ts';
import type { Walked } from '../../test/support/walked.ts';
import { streamOf, walk, wholeOf } from '../../test/support/walked.ts';
import type { BillOutcome } from '../billing/bill.ts';
import { plans } from '../catalog/plans.ts';
import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import { refusal } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { WalkReply, WalkRequest } from './exchange.ts';
import { PendingSettlements } from './pending-settlements.ts';

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 87, output_tokens: 24 },
};

interface Billed extends Walked {
  readonly billing: RecordingBilling;
  readonly settling: PendingSettlements;
}

type Send = (cancel: () => void) => ReturnType<Upstream['send']>;

function billed(send: Send, change: Partial<WalkRequest> = {}, answers: BillAnswers = {}): Billed {
  const billing = new RecordingBilling(answers);
  const settling = new PendingSettlements();
  const walked = walk(
    (cancellation) =>
      send(() => {
        cancellation.cancel();
      }),
    change,
    { billing, settling },
  );
  return { ...walked, billing, settling };
}

const whole = (body: object | string, status = 200): ReturnType<Upstream['send']> =>
  Promise.resolve(
    wholeOf(sourceOf(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))), status),
  );
const stream = (text: string): ReturnType<Upstream['send']> =>
  Promise.resolve(streamOf(sourceOf(Buffer.from(text))));

/** Takes a reply to its end, as an edge does. */
function take({ body }: WalkReply): NotingSink {
  const sink = new NotingSink();
  if (!(body instanceof Uint8Array)) body.open(sink);
  return sink;
}

function headerOf({ headers }: WalkReply, name: string): string | undefined {
  const at = headers.indexOf(name);
  return at < 0 ? undefined : headers[at + 1];
}

describe('a bill is closed once, by how its request ended', () => {
  const cases: readonly (readonly [string, Send, Partial<BillOutcome> & object])[] = [
    ['an answer in one piece', () => whole(message), { kind: 'answered', isEmpty: false }],
    [
      'S10 an answer that says nothing',
      () => whole({ ...message, stop_reason: null, usage: { output_tokens: 0 } }),
      { kind: 'answered', isEmpty: true },
    ],
    [
      'something with status 200 that is no message',
      () => whole('<html>'),
      { kind: 'failed', status: 502 },
    ],
    [
      'JSON with status 200 that is no message',
      () => whole({ error: 'x' }),
      { kind: 'broken', attempt: 1 },
    ],
    ['a stream', () => stream(wholeStream), { kind: 'answered', attempt: 1, isEmpty: false }],
    ['W10 a no of the upstream', () => whole({}, 400), { kind: 'refused', status: 400 }],
    ['W11 a failure of the upstream', () => whole({}, 500), { kind: 'failed', status: 500 }],
    [
      'an upstream that cannot be reached',
      () => Promise.resolve(refusal('upstream_failed')),
      { kind: 'failed', status: 502 },
    ],
    ['a driver that throws', () => Promise.reject(new Error('a bug')), { kind: 'failed' }],
    [
      'S03 an error after content',
      () => stream(opening + errorOf('api_error', 'x')),
      { kind: 'broken' },
    ],
    ['S04 a cut stream', () => stream(opening), { kind: 'broken', attempt: 1 }],
    ['a stream that fails before content', () => stream(messageStart), { kind: 'failed' }],
    [
      'S05 a caller who leaves before any content',
      (cancel) => {
        cancel();
        return Promise.resolve(refusal('upstream_failed'));
      },
      { kind: 'client_gone', hadContent: false },
    ],
  ];

  test.each(cases)('%s', async (_name, send, outcome) => {
    const { reply, billing, records, settling } = billed(send);
    take(await reply);
    await settling.idle();
    expect(billing.outcomes).toEqual([expect.objectContaining(outcome)]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      account: 'development',
      attempts: 1,
      money: { costNanoUsd: 621n, chargedNanoUsd: 600n, priceVersion: 'v1' },
    });
  });

  test('S06 a caller who leaves after content pays for what it saw', async () => {
    const source = new FedSource();
    const { reply, billing, cancellation, settling } = billed(() =>
      Promise.resolve(streamOf(source)),
    );
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    take(await reply);
    cancellation.cancel();
    await settling.idle();
    expect(billing.outcomes).toMatchObject([{ kind: 'client_gone', hadContent: true }]);
    expect(source.cancelled).toBe(1);
  });

  test('what was counted for it is what its record says was used', async () => {
    const source = new FedSource();
    const counted = { inputTokens: 11, outputTokens: 4 };
    const { reply, records, cancellation, settling } = billed(
      () => Promise.resolve(streamOf(source)),
      {},
      { closed: { usageSource: 'estimated', counted } },
    );
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    take(await reply);
    cancellation.cancel();
    await settling.idle();
    expect(records).toMatchObject([
      { usage: counted, usageIsFinal: false, money: { usageSource: 'estimated' } },
    ]);
  });

  test('S08 one who leaves after the end does not change what it was', async () => {
    const { reply, billing, cancellation, settling } = billed(() => stream(wholeStream));
    take(await reply);
    cancellation.cancel();
    await settling.idle();
    expect(billing.outcomes).toMatchObject([{ kind: 'answered' }]);
  });

  test('S09 a slow reader is settled when the upstream has ended', async () => {
    const { reply, billing, settling } = billed(() => stream(wholeStream));
    const { body } = await reply;
    const sink = new NotingSink();
    sink.takesMore = false;
    if (!(body instanceof Uint8Array)) body.open(sink);
    await settling.idle();
    expect(billing.outcomes).toMatchObject([{ kind: 'answered' }]);
  });

  test('R10 what an attempt reported before it failed is told, and whose cost it is', async () => {
    const { reply, billing } = billed(() => stream(messageStart));
    await reply;
    expect(billing.failed).toMatchObject([{ attempt: 1, upstream: 'up', wasSent: true }]);
    expect(billing.failed[0]?.usage?.usage).toMatchObject({ inputTokens: 11 });
    expect(billing.events).toEqual(['open', 'sent 1 up', 'failed 1', 'closed failed']);
  });

  test('a refused bill: no upstream is asked, and the caller reads why', async () => {
    const refuses = refusal('billing', 'Too little.', {
      reason: 'wallet_exhausted',
      members: { required_nano: '5' },
    });
    const { reply, billing, records } = billed(
      () => Promise.reject(new Error('asked')),
      {},
      { refuses },
    );
    const { status, body } = await reply;
    expect([status, billing.events]).toEqual([402, ['open']]);
    expect(JSON.parse(Buffer.from(body as Uint8Array).toString())).toMatchObject({
      error: { type: 'billing_error', code: 'wallet_exhausted', required_nano: '5' },
    });
    expect(records).toMatchObject([{ status: 402, errorCode: 'billing' }]);
  });

  test('W27 what costs nothing has no bill', async () => {
    const { reply, billing } = billed(() => whole({ input_tokens: 1 }), {
      operation: 'messages.count_tokens',
    });
    await reply;
    expect(billing.events).toEqual([]);
  });
});

describe('what replies say of money', () => {
  test('one piece is settled before it goes out, and says what it cost', async () => {
    let land = (): void => {};
    const durable = new Promise<void>((resolve) => {
      land = resolve;
    });
    const { reply, billing } = billed(() => whole(message), {}, { durable });
    let isOut = false;
    void reply.then(() => {
      isOut = true;
    });
    await expect.poll(() => billing.outcomes.length).toBe(1);
    expect(isOut).toBe(false);
    land();
    const answered = await reply;
    expect(headerOf(answered, 'x-credits-charged')).toBe('600');
    expect(headerOf(answered, 'x-credits-held')).toBe('1000');
  });

  test('what is not in the books yet is told nobody', async () => {
    const { reply } = billed(() => whole(message), {}, { closed: { isDurable: false } });
    const answered = await reply;
    expect(answered.status).toBe(200);
    expect(headerOf(answered, 'x-credits-held')).toBe('1000');
    expect(headerOf(answered, 'x-credits-charged')).toBeUndefined();
  });

  test('a folded answer is told to its bill as the message that it is', async () => {
    const body = '{"model":"claude-sonnet-4-6","messages":[{"role":"user","content":"Hi"}]}';
    const { reply, billing } = billed(() => stream(wholeStream), {
      dialect: chatCompletionsDialect,
      body: { read: () => Promise.resolve(Buffer.from(body)) },
    });
    await reply;
    const [outcome] = billing.outcomes;
    const answer = outcome?.kind === 'answered' ? outcome.answer : undefined;
    expect(JSON.parse(Buffer.from(answer ?? []).toString())).toMatchObject({
      content: [{ type: 'text', text: 'Hello, wörld 🌍' }],
    });
  });

  test('a store that does not answer holds a reply back for a bounded time', async () => {
    const { reply, billing, clock } = billed(
      () => whole(message),
      {},
      { durable: new Promise(() => {}) },
    );
    await expect.poll(() => billing.outcomes.length).toBe(1);
    clock.advance(5000);
    const answered = await reply;
    expect(answered.status).toBe(200);
    expect(headerOf(answered, 'x-credits-charged')).toBeUndefined();
  });

  test.each([
    ['messages', {}],
    ['chat-completions', { dialect: chatCompletionsDialect }],
  ])('S01 a stream of the form %s says it in its head', async (_name, change) => {
    const body =
      '{"model":"claude-sonnet-4-6","stream":true,"messages":[{"role":"user","content":"Hi"}]}';
    const { reply } = billed(() => stream(wholeStream), {
      ...change,
      body: { read: () => Promise.resolve(Buffer.from(body)) },
    });
    expect(headerOf(await reply, 'x-credits-held')).toBe('1000');
  });

  test('a comment after the last event says what the stream cost, to who asks for it', async () => {
    const headers = { 'x-api-key': 'key', 'x-quatrain-cost-comment': 'true' };
    const { reply } = billed(() => stream(wholeStream), { headers });
    const sink = take(await reply);
    await expect.poll(() => sink.ends).toEqual(['end']);
    const said =
      '{"charged_nano_usd":"600","cost_nano_usd":"621","usage_source":"reported","request_id":"req_1"}';
    expect(sink.text).toBe(`${wholeStream}: cost ${said}\n\n`);
  });

  test('the comment waits for the settlement at most two seconds', async () => {
    const headers = { 'x-api-key': 'key', 'x-quatrain-cost-comment': 'true' };
    const { reply, clock, billing } = billed(
      () => stream(wholeStream),
      { headers },
      {
        durable: new Promise(() => {}),
      },
    );
    const sink = take(await reply);
    await expect.poll(() => billing.outcomes.length).toBe(1);
    expect(sink.ends).toEqual([]);
    clock.advance(2000);
    await expect.poll(() => sink.ends).toEqual(['end']);
    expect(sink.text).toBe(wholeStream);
  });

  test('a bill that throws is logged, and its request is recorded all the same', async () => {
    const { reply, records, lines } = billed(
      () => whole(message),
      {},
      {
        durable: Promise.reject(new Error('a bug in the bill')),
      },
    );
    expect((await reply).status).toBe(200);
    expect(records).toHaveLength(1);
    expect(lines.join('')).toContain('settlement_fault');
  });
});

describe('a plan whose streams stop where the money does', () => {
  test.each<[string, Partial<WalkRequest>, RegExp]>([
    ['messages', {}, /"stop_reason":"max_tokens".*message_stop/s],
    [
      'chat-completions',
      { dialect: chatCompletionsDialect },
      /"finish_reason":"length".*\[DONE\]/s,
    ],
  ])('%s: a clean end, and what was produced is told', async (_name, change, expected) => {
    const meter = new HandMeter();
    const billing = new RecordingBilling({ meter });
    const settling = new PendingSettlements();
    const source = new FedSource();
    const body =
      '{"model":"claude-sonnet-4-6","stream":true,"messages":[{"role":"user","content":"Hi"}]}';
    const { reply, records } = walk(
      () => Promise.resolve(streamOf(source)),
      { body: { read: () => Promise.resolve(Buffer.from(body)) }, ...change },
      { billing, settling, plan: { ...plans.prepaid, onExhausted: 'stop' } },
    );
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    const sink = take(await reply);
    meter.coveredBytes = 0;
    source.say(textDelta('unpaid'));
    await expect.poll(() => meter.isAsked).toBe(true);
    meter.answer('stop');
    await expect.poll(() => sink.ends).toEqual(['end']);
    await settling.idle();
    expect(sink.text).toMatch(expected);
    expect(sink.text).not.toContain('unpaid');
    expect(billing.questions).toMatchObject([{ stopsWhenExhausted: true, isPrepaid: true }]);
    expect(billing.outcomes).toMatchObject([{ kind: 'stopped', attempt: 1 }]);
    expect(records).toMatchObject([{ status: 200, errorCode: 'billing' }]);
    expect(source.cancelled).toBe(1);
  });
});

test('what is thrown after a bill was opened closes it all the same', async () => {
  const broken = new Proxy(wholeOf(sourceOf(Buffer.from('{}'))), {
    get: (answer, name): unknown => {
      if (name === 'isEventStream') throw new Error('a bug behind the bill');
      return Reflect.get(answer, name);
    },
  });
  const { reply, billing, records } = billed(() => Promise.resolve(broken));
  expect((await reply).status).toBe(500);
  expect(billing.outcomes).toMatchObject([{ kind: 'failed', status: 500 }]);
  expect(records).toHaveLength(1);
});

test('the question of a bill says what it is about', async () => {
  const body = Buffer.from('{"model":"claude-sonnet-4-6","stream":true}');
  const { reply, billing } = billed(() => stream(opening + closing), {
    body: { read: () => Promise.resolve(body) },
    headers: { 'x-api-key': 'key', 'anthropic-beta': 'a, b' },
  });
  take(await reply);
  expect(billing.questions).toMatchObject([
    {
      requestId: 'req_1',
      settlementKey: 'req_1',
      account: 'development',
      keyId: 'development',
      isPrepaid: false,
      modelId: 'claude-sonnet-4-6',
      isStream: true,
      isBatch: false,
      betas: ['a', 'b'],
      paysProvider: false,
      showsFigures: true,
      form: 'messages',
      body,
    },
  ]);
});
