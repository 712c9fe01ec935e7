import { describe, expect, test } from 'vitest';
import { opening, wholeStream } from '../../test/support/event-stream.ts';
import { NotingSink } from '../../test/support/fed-source.ts';
import { RecordingBilling } from '../../test/support/recording-billing.ts';
import type { Walked } from '../../test/support/walked.ts';
import { streamOf, walk, wholeOf } from '../../test/support/walked.ts';
import type { ClaimOutcome, CompleteOrder, IdempotencyStore } from '../ledger/idempotency-store.ts';
import { refusal } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { WalkReply } from './exchange.ts';
import { IdempotentRuns } from './idempotent-runs.ts';

/** A store that says what the test lets it, and writes down in which order it is asked. */
interface Kept {
  readonly store: IdempotencyStore;
  readonly events: string[];
  readonly completed: CompleteOrder[];
}

const claimedKey: ClaimOutcome = { kind: 'claimed' };

function keeping(outcome: ClaimOutcome | Error = claimedKey, breaks?: Error): Kept {
  const events: string[] = [];
  const completed: CompleteOrder[] = [];
  const store: IdempotencyStore = {
    claim: () => {
      events.push('claim');
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
    look: () => Promise.resolve({ kind: 'free' }),
    complete: (order) => {
      events.push('complete');
      completed.push(order);
      return breaks === undefined ? Promise.resolve(true) : Promise.reject(breaks);
    },
    abandon: () => {
      events.push('abandon');
      return breaks === undefined ? Promise.resolve() : Promise.reject(breaks);
    },
    runningOwners: () => Promise.resolve([]),
    abandonOwner: () => Promise.resolve(0),
    forgetExpired: () => Promise.resolve(0),
  };
  return { store, events, completed };
}

interface Once extends Walked {
  readonly runs: IdempotentRuns;
  readonly billing: RecordingBilling;
}

const headers = { 'x-api-key': 'key', 'idempotency-key': 'order-7' };
const message = Buffer.from('{"type":"message","content":[],"usage":{"output_tokens":3}}');
const answered: Upstream['send'] = () => Promise.resolve(wholeOf(sourceOf(message)));
const streamed =
  (text: string): Upstream['send'] =>
  () =>
    Promise.resolve(streamOf(sourceOf(Buffer.from(text))));

function once({ store, events }: Kept, send: Upstream['send'] = answered): Once {
  const runs = new IdempotentRuns(new ManualClock());
  const billing = new RecordingBilling();
  const idempotency = { store, owner: 'epoch', runs, answerBytesMax: () => 10_000 };
  const walked = walk(
    (cancellation, request) => {
      events.push('send');
      return send(request, cancellation);
    },
    { headers },
    { billing, idempotency },
  );
  return { ...walked, runs, billing };
}

/** Takes a reply to its end, as an edge does. */
function take({ body }: WalkReply): NotingSink {
  const sink = new NotingSink();
  if (!(body instanceof Uint8Array)) body.open(sink);
  return sink;
}

function codeOf({ body }: WalkReply): unknown {
  if (!(body instanceof Uint8Array)) return undefined;
  return (JSON.parse(Buffer.from(body).toString()) as { error: { code?: unknown } }).error.code;
}

describe('a key is claimed before anything runs, and given back where no answer came of it', () => {
  test.each<[string, Upstream['send'], readonly string[]]>([
    ['one piece', answered, ['claim', 'send', 'complete']],
    ['a stream', streamed(wholeStream), ['claim', 'send', 'complete']],
    ['a stream that breaks', streamed(opening), ['claim', 'send', 'abandon']],
    [
      'a no of the upstream',
      () => Promise.resolve(wholeOf(sourceOf(message), 400)),
      ['claim', 'send', 'abandon'],
    ],
    [
      'an upstream that is away',
      () => Promise.resolve(refusal('upstream_failed')),
      ['claim', 'send', 'abandon'],
    ],
    [
      'a driver that throws',
      () => Promise.reject(new Error('a bug')),
      ['claim', 'send', 'abandon'],
    ],
  ])('%s', async (_name, send, events) => {
    const kept = keeping();
    const walked = once(kept, send);
    take(await walked.reply);
    await walked.runs.idle();
    expect(kept.events).toEqual(events);
    expect(walked.records).toHaveLength(1);
  });

  test('the head that is kept has nothing of the one request', async () => {
    const kept = keeping();
    const reply = await once(kept).reply;
    expect(reply.headers).toContain('x-quatrain-request-id');
    const answer = kept.completed[0]?.answer;
    expect(answer?.headers).not.toContain('x-quatrain-request-id');
    expect(answer?.headers).toContain('x-credits-charged');
    expect(answer).toMatchObject({ status: 200, body: message });
  });
});

describe('what the store says', () => {
  const done: ClaimOutcome = {
    kind: 'done',
    requestId: 'req_0',
    answer: { status: 200, headers: ['x-credits-charged', '600'], body: message },
  };
  test.each<[string, ClaimOutcome | Error, number, string | undefined]>([
    ['I01 it was answered', done, 200, undefined],
    [
      'it was answered at length',
      { ...done, answer: undefined },
      409,
      'idempotency_stream_not_replayable',
    ],
    ['I03 it runs', { kind: 'running', requestId: 'req_0' }, 409, 'idempotency_key_running'],
    ['I02 it is another', { kind: 'differs' }, 422, 'idempotency_key_reused'],
    ['there are too many', { kind: 'full' }, 429, 'idempotency_keys_full'],
    ['nothing, for it is broken', new Error('no disk'), 503, 'idempotency_unavailable'],
  ])('%s: nobody is asked, and nothing held', async (_name, outcome, status, code) => {
    const kept = keeping(outcome);
    const { reply, billing, records } = once(kept);
    const said = await reply;
    expect([said.status, status < 400 ? undefined : codeOf(said)]).toEqual([status, code]);
    expect([kept.events, billing.events]).toEqual([['claim'], []]);
    expect(records).toMatchObject([{ status }]);
  });

  test('a repeat is told what the first was charged, and pays nothing', async () => {
    const { reply, records } = once(keeping(done));
    const { headers: said } = await reply;
    expect(said.filter((name) => name === 'x-credits-charged')).toHaveLength(1);
    expect(said[said.indexOf('x-credits-charged') + 1]).toBe('600');
    expect(records).toMatchObject([
      { upstream: 'idempotency', usage: { inputTokens: 0, outputTokens: 0 } },
    ]);
    expect(records[0]?.money).toBeUndefined();
  });

  test.each<[string, Upstream['send'], string]>([
    ['an answer', answered, 'idempotency_answer_not_kept'],
    ['a refusal', () => Promise.resolve(refusal('overloaded')), 'idempotency_key_not_given_back'],
  ])('that it cannot write %s is logged, and no loss of the caller', async (_name, send, event) => {
    const { reply, lines, runs } = once(keeping(claimedKey, new Error('no disk')), send);
    expect((await reply).status).toBe(event.startsWith('idempotency_answer') ? 200 : 529);
    await runs.idle();
    expect(lines.join('')).toContain(event);
  });
});

test('where keys cannot be kept, a request with one is not run without it', async () => {
  const billing = new RecordingBilling();
  const { reply } = walk(
    (cancellation, request) => answered(request, cancellation),
    { headers },
    { billing },
  );
  const said = await reply;
  expect([said.status, codeOf(said), billing.events]).toEqual([503, 'idempotency_unavailable', []]);
});
