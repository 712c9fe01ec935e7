import { describe, expect, test } from 'vitest';
import {
  closing,
  errorOf,
  messageStart,
  opening,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { NotingSink } from '../../test/support/fed-source.ts';
import { RecordingBilling } from '../../test/support/recording-billing.ts';
import type { Walked } from '../../test/support/walked.ts';
import { streamOf, walk, wholeOf } from '../../test/support/walked.ts';
import { plans } from '../catalog/plans.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { HeaderList, UpstreamAnswer } from '../messages/upstream.ts';
import type { CircuitBreakers } from '../routing/circuit-breakers.ts';
import { UpstreamHealth } from '../routing/upstream-health.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { WalkReply } from './exchange.ts';

/** A draw of nearly 1: each pause is as long as it may be. */
const random = { bytes: (count: number): Uint8Array => new Uint8Array(count).fill(255) };

interface Retried extends Walked {
  readonly billing: RecordingBilling;
  readonly clock: ManualClock;
  readonly breakers: CircuitBreakers;
  /** When each attempt began. */
  readonly beganMs: readonly number[];
}

type Given = UpstreamAnswer | Refusal;

/** One request of a plan that tries again, whose attempts get what is given in turn. */
function retried(
  given: readonly Given[],
  { isStream = false, headers = {}, clock = new ManualClock() } = {},
): Retried {
  const billing = new RecordingBilling();
  const health = new UpstreamHealth(clock, random);
  const { breakers } = health;
  const beganMs: number[] = [];
  const body = JSON.stringify({ model: 'claude-sonnet-4-6', stream: isStream });
  const walked = walk(
    () => {
      const next = given[beganMs.length];
      beganMs.push(Math.round(clock.monotonicMs() - 5000));
      if (next === undefined) throw new Error('one attempt too many');
      return Promise.resolve(next);
    },
    {
      headers: { 'x-api-key': 'key', ...headers },
      body: { read: () => Promise.resolve(Buffer.from(body)) },
    },
    { billing, random, health, plan: plans.prepaid, clock },
  );
  return { ...walked, billing, breakers, beganMs, clock };
}

const message = JSON.stringify({
  content: [],
  stop_reason: 'end_turn',
  usage: { output_tokens: 1 },
});
const fine = (): UpstreamAnswer => wholeOf(sourceOf(Buffer.from(message)));
const status = (code: number, headers: HeaderList = []): UpstreamAnswer => ({
  ...wholeOf(sourceOf(Buffer.from('{}')), code),
  headers,
});
const page: UpstreamAnswer = wholeOf(sourceOf(Buffer.from('<html>502 Bad Gateway</html>')));
const stream = (text: string): UpstreamAnswer => streamOf(sourceOf(Buffer.from(text)));
const cut: ByteSource = {
  open: (sink) => {
    sink.write(Buffer.from('{"content":'));
    sink.fail({ kind: 'cut', detail: '' });
  },
  resume: () => {},
  cancel: () => {},
};

/** Sets the clock forward until the reply is there. */
async function replyOf({ reply, clock }: Retried): Promise<WalkReply> {
  const there: WalkReply[] = [];
  void reply.then((known) => there.push(known));
  for (let step = 0; step < 400 && there.length === 0; step++) {
    for (let turn = 0; turn < 40; turn++) await Promise.resolve();
    if (there.length === 0) clock.advance(100);
  }
  return reply;
}

function headerOf({ headers }: WalkReply, name: string): string | undefined {
  const at = headers.indexOf(name);
  return at < 0 ? undefined : headers[at + 1];
}

function textOf({ body }: WalkReply): string {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const sink = new NotingSink();
  body.open(sink);
  return sink.text;
}

describe('an upstream that fails is asked again, and nobody sees it', () => {
  const cases: readonly (readonly [string, readonly Given[], number, number])[] = [
    ['R01 529 then 200', [status(529), fine()], 200, 2],
    ['R02 500 three times', [status(500), status(500), status(500)], 500, 3],
    ['R03 400', [status(400)], 400, 1],
    ['R04 no connection, then 200', [refusal('upstream_failed'), fine()], 200, 2],
    ['an answer in one piece that is cut', [wholeOf(cut), fine()], 200, 2],
    ['a page of somebody on the way', [page, fine()], 200, 2],
    ['and nothing but such pages', [page, page, page], 502, 3],
    ['a time-out is tried again once', [refusal('upstream_timeout'), fine()], 200, 2],
    ['and no more', [refusal('upstream_timeout'), status(504)], 504, 2],
  ];

  test.each(cases)('%s', async (_name, given, expected, attempts) => {
    const all = retried(given);
    const reply = await replyOf(all);
    expect([reply.status, all.beganMs.length]).toEqual([expected, attempts]);
    expect(headerOf(reply, 'x-retry-attempts')).toBe(
      attempts === 1 ? undefined : String(attempts - 1),
    );
    expect(all.billing.questions).toHaveLength(1);
    expect(all.billing.outcomes).toHaveLength(1);
    expect(all.billing.failed).toHaveLength(expected === 200 ? attempts - 1 : attempts);
    expect(all.records).toMatchObject([{ status: expected, attempts }]);
  });

  test.each<[string, string]>([
    ['an error event', messageStart + errorOf('overloaded_error', 'Overloaded')],
    ['the end', messageStart],
    ['nothing at all', ''],
    ['a broken stream', messageStart + messageStart],
  ])('R05 a stream that comes to %s before any content', async (_name, failing) => {
    const all = retried([stream(failing), stream(wholeStream)], { isStream: true });
    const reply = await replyOf(all);
    expect([reply.status, textOf(reply)]).toEqual([200, wholeStream]);
    expect(all.billing.outcomes).toMatchObject([{ kind: 'answered', attempt: 2 }]);
  });

  test.each<[string, string]>([
    ['an error event', messageStart + errorOf('overloaded_error', 'Overloaded')],
    ['a broken stream', messageStart + messageStart],
  ])('an upstream that goes on behind %s is let go', async (_name, failing) => {
    let cancelled = 0;
    const source = sourceOf(Buffer.from(failing));
    const open: ByteSource = {
      open: (sink) => {
        source.open({ write: (chunk) => sink.write(chunk), end: () => {}, fail: () => {} });
      },
      resume: () => {},
      cancel: () => {
        cancelled += 1;
      },
    };
    const all = retried([streamOf(open), stream(wholeStream)], { isStream: true });
    expect([(await replyOf(all)).status, cancelled]).toEqual([200, 1]);
  });

  test('R06 never once content went out', async () => {
    const all = retried([stream(opening + errorOf('api_error', 'x'))], { isStream: true });
    const reply = await replyOf(all);
    expect([reply.status, all.beganMs.length]).toEqual([200, 1]);
    expect(textOf(reply)).toContain('event: error');
  });

  test('for who asked for one piece, content is not out before its end', async () => {
    const failing = stream(opening + errorOf('api_error', 'x') + closing);
    const all = retried([{ ...failing, isEventStream: true }, fine()]);
    expect((await replyOf(all)).status).toBe(200);
    expect(all.beganMs).toHaveLength(2);
  });

  test('R10 each attempt that failed is told with what it reported', async () => {
    const all = retried([stream(messageStart), stream(wholeStream)], { isStream: true });
    textOf(await replyOf(all));
    expect(all.billing.failed).toMatchObject([{ attempt: 1, upstream: 'up', wasSent: true }]);
    expect(all.billing.failed[0]?.usage?.usage).toMatchObject({ inputTokens: 11 });
  });
});

describe('pauses', () => {
  test('grow, at most by doubling', async () => {
    const all = retried([status(500), status(500), fine()]);
    await replyOf(all);
    expect(all.beganMs).toEqual([0, 500, 1500]);
  });

  test('R07 what the upstream asks for is kept', async () => {
    const all = retried([status(429, ['retry-after', '2']), fine()]);
    expect((await replyOf(all)).status).toBe(200);
    expect(all.beganMs).toEqual([0, 2000]);
  });

  test('R08 what is too long is for the caller to wait', async () => {
    const all = retried([status(429, ['retry-after', '300'])]);
    const reply = await replyOf(all);
    expect([reply.status, headerOf(reply, 'retry-after'), all.beganMs.length]).toEqual([
      429,
      '300',
      1,
    ]);
    expect(JSON.parse(textOf(reply))).toMatchObject({ error: { code: 'upstream_rate_limited' } });
  });

  test('half of the caller’s deadline is all there is', async () => {
    const headers = { 'x-stainless-timeout': '2' };
    const all = retried([status(500), status(500)], { headers });
    expect((await replyOf(all)).status).toBe(500);
    expect(all.beganMs).toEqual([0, 500]);
  });

  test('R09 a caller who leaves in one ends it', async () => {
    const all = retried([status(500)]);
    await expect.poll(() => all.beganMs.length).toBe(1);
    for (let turn = 0; turn < 40; turn++) await Promise.resolve();
    all.cancellation.cancel();
    await all.reply;
    expect([all.beganMs.length, all.billing.outcomes]).toMatchObject([
      1,
      [{ kind: 'client_gone' }],
    ]);
  });
});

describe('what is told in the end', () => {
  test.each<[number, string, string | undefined]>([
    [500, 'false', undefined],
    [529, 'true', '2'],
  ])('after %i: x-should-retry %s', async (code, shouldRetry, retryAfter) => {
    const given = Array.from({ length: 3 }, () => status(code, ['x-should-retry', 'true']));
    const reply = await replyOf(retried(given));
    expect(headerOf(reply, 'x-should-retry')).toBe(shouldRetry);
    expect(headerOf(reply, 'retry-after')).toBe(retryAfter);
  });

  test.each([401, 402, 403])(
    'R11 %i is about our account: 502, once, for the owner',
    async (code) => {
      const all = retried([status(code)]);
      const reply = await replyOf(all);
      expect([reply.status, all.beganMs.length]).toEqual([502, 1]);
      expect(headerOf(reply, 'x-should-retry')).toBe('false');
      expect(all.lines.join('')).toContain('upstream_refuses_account');
    },
  );

  test('R12 an upstream that failed too often is not asked, and nothing is held', async () => {
    const clock = new ManualClock();
    const all = retried([], { clock });
    for (let at = 0; at < 5; at++) all.breakers.report('up#0/claude-sonnet-4-6', 'failed');
    const reply = await replyOf(all);
    expect([reply.status, headerOf(reply, 'retry-after'), all.beganMs.length]).toEqual([
      503,
      '5',
      0,
    ]);
    expect(headerOf(reply, 'x-credits-charged')).toBe('0');
    expect(all.billing.questions).toEqual([]);
  });
});
