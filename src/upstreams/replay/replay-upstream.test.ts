import { describe, expect, test } from 'vitest';
import type { RecordedExchanges } from '../../messages/match-recording.ts';
import type { RecordedResponse } from '../../messages/recorded-exchange.ts';
import type { UpstreamAnswer, UpstreamRequest, Upstream } from '../../messages/upstream.ts';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal, refusal } from '../../messages/errors.ts';
import { CancellationSource, uncancelled } from '../../std/cancellation.ts';
import { ManualClock } from '../../std/manual-clock.ts';
import { createReplayUpstream } from './replay-upstream.ts';

const request: UpstreamRequest = {
  operation: 'messages.create',
  method: 'POST',
  path: '/v1/messages',
  headers: [],
  body: new Uint8Array(0),
  stream: true,
  requestId: 'req_1',
  account: 'a',
};
const ended = { how: 'complete', at_ms: 50 } as const;
const head = { status: 200, headers: { 'request-id': 'req_then' }, head_ms: 10 };
const stream: RecordedResponse = {
  ...head,
  chunks: [
    [20, 'a'],
    [40, 'b'],
  ],
  ended,
};

function replay(
  response: RecordedResponse,
  clock: ManualClock,
  timing: 'recorded' | 'instant' = 'recorded',
): Upstream {
  return createReplayUpstream({
    name: 'tape',
    clock,
    cassetteName: 'trip',
    timing,
    exchanges: {
      next: () => ({
        kind: 'found',
        exchange: {
          operation: 'messages.create',
          recorded_at: '2026-01-01T00:00:00.000Z',
          upstream: 'up',
          request: { method: 'POST', path: '/v1/messages', headers: {} },
          response,
        },
      }),
    },
  });
}

interface Heard {
  readonly what: string[];
  takesMore: boolean;
}

/** Notes with its time what a source does. */
function listen(answer: UpstreamAnswer, clock: ManualClock): Heard {
  const heard: Heard = { what: [], takesMore: true };
  const note = (what: string): void => {
    heard.what.push(`${String(clock.monotonicMs())} ${what}`);
  };
  answer.body.open({
    write: (chunk) => {
      note(Buffer.from(chunk).toString());
      return heard.takesMore;
    },
    end: () => {
      note('end');
    },
    fail: (fault) => {
      note(`fail ${fault.kind}`);
    },
  });
  return heard;
}

async function headAfter(
  sent: Promise<UpstreamAnswer | Refusal>,
  clock: ManualClock,
  waitMs: number,
): Promise<UpstreamAnswer> {
  await Promise.resolve();
  clock.advance(waitMs);
  const answer = await sent;
  if (isRefusal(answer)) throw new Error(answer.code);
  return answer;
}

describe('time', () => {
  test('recorded: head, chunks and end come when they came', async () => {
    const clock = new ManualClock();
    const answer = await headAfter(replay(stream, clock).send(request, uncancelled), clock, 10);
    expect(answer).toMatchObject({ status: 200, headers: ['request-id', 'req_then'] });
    const heard = listen(answer, clock);
    clock.advance(100);
    expect(heard.what).toEqual(['20 a', '40 b', '50 end']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('recorded: a slow reader gets what is late at once, then the rest in its time', async () => {
    const clock = new ManualClock();
    const answer = await headAfter(replay(stream, clock).send(request, uncancelled), clock, 10);
    const heard = listen(answer, clock);
    heard.takesMore = false;
    clock.advance(35);
    heard.takesMore = true;
    answer.body.resume();
    clock.advance(5);
    expect(heard.what).toEqual(['20 a', '45 b', '50 end']);
  });

  test('instant: everything is there', async () => {
    const clock = new ManualClock();
    const answer = await headAfter(
      replay(stream, clock, 'instant').send(request, uncancelled),
      clock,
      0,
    );
    expect(listen(answer, clock).what).toEqual(['0 a', '0 b', '0 end']);
  });

  test('who leaves is played nothing more, before the head and after it', async () => {
    const clock = new ManualClock();
    const early = new CancellationSource();
    const sent = replay(stream, clock).send(request, early);
    await Promise.resolve();
    early.cancel();
    expect(isRefusal(await sent)).toBe(true);
    const late = new CancellationSource();
    const answer = await headAfter(replay(stream, clock).send(request, late), clock, 10);
    const heard = listen(answer, clock);
    late.cancel();
    clock.advance(100);
    expect(heard.what).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('closing cuts what is played', async () => {
    const clock = new ManualClock();
    const upstream = replay(stream, clock);
    const answer = await headAfter(upstream.send(request, uncancelled), clock, 10);
    const heard = listen(answer, clock);
    await upstream.close();
    expect(heard.what).toEqual(['10 fail shutdown']);
  });
});

const text = (events: readonly object[]): string =>
  events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join('');
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Grüße an alle '.repeat(9) }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 7 },
};
const streamOf = (
  events: readonly object[],
  how: 'complete' | 'cut' | 'idle-timeout' = 'complete',
): RecordedResponse => ({
  ...head,
  chunks: [[1, text(events).replaceAll('event: x\n', '')]],
  ended: { how, at_ms: 1 },
});

async function played(response: RecordedResponse, isStream: boolean): Promise<unknown> {
  const clock = new ManualClock();
  const upstream = replay(response, clock, 'instant');
  const answer = await upstream.send({ ...request, stream: isStream }, uncancelled);
  if (isRefusal(answer)) return answer;
  return `${String(answer.status)} ${listen(answer, clock).what.join('\n')}`;
}

describe('forms', () => {
  const begin = { type: 'message_start', message: { ...message, content: [], stop_reason: null } };
  const block = {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'text', text: '' },
  };
  const hi = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hi' } };
  const rest = [
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  ];

  test('a stream as a message', async () => {
    const answer = await played(streamOf([begin, block, hi, { type: 'later' }, ...rest]), false);
    expect(answer).toContain('"content":[{"type":"text","text":"hi"}]');
    expect(answer).toContain('"usage":{"input_tokens":3,"output_tokens":9}');
  });

  test('a message as a stream, and back the same', async () => {
    const whole: RecordedResponse = { ...head, body: message, ended };
    const streamed = await played(whole, true);
    expect(streamed).toMatch(/^200 0 event: message_start\n/);
    expect(streamed).toContain('event: message_stop');
    const chunks = (streamed as string).slice('200 0 '.length).replace(/\n0 end$/, '');
    const back = await played({ ...head, chunks: [[0, chunks]], ended }, false);
    expect(back).toContain(JSON.stringify(message.content));
  });

  test.each<[string, RecordedResponse, boolean, Partial<Refusal>]>([
    ['a cut stream', streamOf([begin, block, hi], 'cut'), false, { code: 'upstream_truncated' }],
    ['a silent stream', streamOf([begin], 'idle-timeout'), false, { code: 'upstream_timeout' }],
    ['a delta to no block', streamOf([begin, hi, ...rest]), false, { code: 'upstream_truncated' }],
    ['two starts', streamOf([begin, begin, ...rest]), false, { code: 'upstream_truncated' }],
    [
      'an error in a stream',
      streamOf([begin, { type: 'error', error: { type: 'overloaded_error', message: 'Full' } }]),
      false,
      { code: 'overloaded', detail: 'Full' },
    ],
    [
      'a body that is no message',
      { ...head, body: { type: 'other' }, ended },
      true,
      { code: 'upstream_failed' },
    ],
    [
      'blocks of next year',
      { ...head, body: { ...message, content: [{ type: 'hologram' }] }, ended },
      true,
      { code: 'upstream_failed' },
    ],
    [
      'a refusal',
      { refused: { code: 'rate_limited', detail: 'Slow', retry_after_ms: 5 }, ended },
      true,
      { code: 'rate_limited', detail: 'Slow', retryAfterMs: 5 },
    ],
    [
      'a refusal of next year',
      { refused: { code: 'later' }, ended },
      true,
      { code: 'upstream_failed' },
    ],
  ])('%s is a refusal', async (_, response, isStream, said) => {
    expect(await played(response, isStream)).toMatchObject({ kind: 'refusal', ...said });
  });

  test('a status is that status in both forms', async () => {
    const wrong: RecordedResponse = { ...head, status: 529, body_text: 'full', ended };
    expect(await played(wrong, true)).toBe('529 0 full\n0 end');
    expect(await played(wrong, false)).toBe('529 0 full\n0 end');
  });
});

describe('misses', () => {
  const missing: RecordedExchanges = {
    next: () => ({ kind: 'missed', nearest: 'the one in line 2' }),
  };
  const options = { name: 'tape', cassetteName: 'trip', timing: 'instant' } as const;

  test('are refused with what comes nearest', async () => {
    const upstream = createReplayUpstream({
      ...options,
      clock: new ManualClock(),
      exchanges: missing,
    });
    expect(await upstream.send(request, uncancelled)).toEqual(
      refusal(
        'not_found',
        'The cassette "trip" has no exchange for this request. The nearest is the one in line 2.',
      ),
    );
  });

  test('or go to the other upstream', async () => {
    const clock = new ManualClock();
    const upstream = createReplayUpstream({
      ...options,
      clock,
      exchanges: missing,
      onMiss: replay({ refused: { code: 'overloaded' }, ended }, clock, 'instant'),
    });
    expect(await upstream.send(request, uncancelled)).toMatchObject({ code: 'overloaded' });
  });
});
