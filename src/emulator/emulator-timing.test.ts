import { describe, expect, test } from 'vitest';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { Refusal } from '../messages/errors.ts';
import type { Upstream, UpstreamAnswer } from '../messages/upstream.ts';
import { factsOf } from '../../test/support/model-facts.ts';
import type { EmulatorFault } from './create-emulator.ts';
import { createEmulator } from './create-emulator.ts';

const noDelay = { firstTokenMs: 0, tokensPerSecond: 0, pingEveryMs: 0 };
const slow = { firstTokenMs: 500, tokensPerSecond: 50, pingEveryMs: 200 };

function make(clock: ManualClock, pace: typeof slow, faults: readonly EmulatorFault[]): Upstream {
  return createEmulator({
    clock,
    seed: 'seed',
    pace,
    faults,
    findModel: (id) => ({ ...factsOf('claude-sonnet-4-6'), id }),
    models: { describe: () => undefined, list: () => [] },
  });
}

function send(
  upstream: Upstream,
  stream: boolean,
  cancellation: CancellationSource = new CancellationSource(),
): Promise<UpstreamAnswer | Refusal> {
  const messages = [{ role: 'user', content: 'Hi' }];
  const body = Buffer.from(JSON.stringify({ model: 'm', max_tokens: 500, messages, stream }));
  const headers = ['anthropic-version', '2023-06-01'];
  const request = { operation: 'messages.create', method: 'POST', path: '/v1/messages' } as const;
  return upstream.send(
    { ...request, headers, body, stream, requestId: 'req_t', account: 'test' },
    cancellation,
  );
}

interface Played {
  text: string;
  ended: boolean;
  failure: string | undefined;
}

function play(answer: UpstreamAnswer | Refusal): Played {
  const played: Played = { text: '', ended: false, failure: undefined };
  if (answer.kind === 'refusal') return { ...played, failure: answer.code };
  answer.body.open({
    write: (bytes) => {
      played.text += Buffer.from(bytes).toString();
      return true;
    },
    end: () => {
      played.ended = true;
    },
    fail: (fault) => {
      played.failure = fault.kind;
    },
  });
  return played;
}

const outcome = (answer: UpstreamAnswer | Refusal): string | number =>
  answer.kind === 'refusal' ? answer.code : answer.status;

describe('faults', () => {
  test('#19 befall the first requests in order of the list', async () => {
    const one = make(new ManualClock(), noDelay, [
      { error: 'overloaded_error', times: 2 },
      { error: 'rate_limit_error', times: 0 },
      { error: 'rate_limit_error', times: 1, retryAfterMs: 3000 },
      { error: 'api_error', times: 1 },
      { error: 'timeout_error', times: 1, afterEvents: 2 },
    ]);
    const answers: (UpstreamAnswer | Refusal)[] = [];
    for (let asked = 0; asked < 6; asked += 1) answers.push(await send(one, false));
    expect(answers.map(outcome)).toEqual([529, 529, 429, 500, 504, 200]);
    const [overloaded, , limited] = answers.map((answer) => 'headers' in answer && answer.headers);
    expect(overloaded).toEqual(expect.arrayContaining(['x-should-retry', 'true']));
    expect(overloaded).not.toContain('retry-after');
    expect(limited).toEqual(expect.arrayContaining(['retry-after', '3']));
  });

  test.each([0, 1, 4, 10_000])('#142 in a stream after %d events', async (afterEvents) => {
    const fault = { error: 'overloaded_error', times: 1, afterEvents } as const;
    const played = play(await send(make(new ManualClock(), noDelay, [fault]), true));
    const types = [...played.text.matchAll(/^event: (\w+)$/gm)].map((match) => match[1]);
    expect(types.at(-1)).toBe('error');
    expect(types).not.toContain('message_stop');
    expect(types.length - 1).toBe(Math.min(afterEvents, types.length - 1));
    expect(played.text).toContain(
      '"details":null,"type":"overloaded_error","message":"Overloaded"',
    );
    expect(played.ended).toBe(true);
  });
});

describe('pace', () => {
  test('#145 a stream starts at once, thinks, and speaks at its speed', async () => {
    const clock = new ManualClock();
    const played = play(await send(make(clock, slow, []), true));
    expect(played.text).toContain('message_start');
    clock.advance(499);
    expect(played.text).not.toContain('text_delta');
    expect(played.text.match(/event: ping/g)?.length).toBe(3);
    clock.advance(1);
    expect(played.text).toContain('text_delta');
    expect(played.ended).toBe(false);
    clock.advance(60_000);
    expect(played.ended).toBe(true);
    expect(clock.pendingTimers).toBe(0);
    const without = play(await send(make(clock, noDelay, []), true));
    const pings = /event: ping\ndata: \{"type": "ping"\}\n\n/g;
    expect(played.text.replaceAll(pings, '')).toBe(without.text.replaceAll(pings, ''));
  });

  test('a one-piece answer takes as long as its tokens', async () => {
    const clock = new ManualClock();
    const answer = send(make(clock, slow, []), false);
    let isThere = false;
    void answer.then(() => {
      isThere = true;
    });
    clock.advance(500);
    await Promise.resolve();
    expect(isThere).toBe(false);
    clock.advance(60_000);
    expect(outcome(await answer)).toBe(200);
    expect(clock.pendingTimers).toBe(0);
  });

  test('#147 cancelled: no timer stays, in either form', async () => {
    const clock = new ManualClock();
    const cancellation = new CancellationSource();
    const one = make(clock, slow, []);
    const played = play(await send(one, true, cancellation));
    const whole = send(one, false, cancellation);
    cancellation.cancel();
    const length = played.text.length;
    clock.advance(60_000);
    expect(outcome(await whole)).toBe('unavailable');
    expect([clock.pendingTimers, played.text.length, played.ended]).toEqual([0, length, false]);
    expect(outcome(await send(one, false, cancellation))).toBe('unavailable');
  });

  test('close cuts what is under way', async () => {
    const clock = new ManualClock();
    const one = make(clock, slow, []);
    const played = play(await send(one, true));
    const whole = send(one, false);
    await one.close();
    expect(outcome(await whole)).toBe('unavailable');
    expect([clock.pendingTimers, played.failure]).toEqual([0, 'shutdown']);
  });
});
