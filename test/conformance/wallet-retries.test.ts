import { afterEach, describe, expect, test } from 'vitest';
import { errorOf, messageStart, opening, wholeStream } from '../support/event-stream.ts';
import type { Script } from '../support/scripted-upstream.ts';
import type { BilledGateway } from '../support/start-billed-gateway.ts';
import {
  answersWith,
  fails,
  inTurn,
  startBilledGateway,
  streams,
} from '../support/start-billed-gateway.ts';

/** Wallet reference §13.D: an upstream that fails is tried again under the same hold, and unseen. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function start(script: Script): Promise<BilledGateway> {
  const billed = await startBilledGateway(script);
  cleanUp.push(() => billed.stop());
  return billed;
}

const ONE_USD = 1_000_000_000n;
const fine = answersWith({ input_tokens: 87, output_tokens: 24 });
const resets: Script = (_request, response) => response.socket?.resetAndDestroy();

describe('tried again', () => {
  test.each<[string, Script]>([
    ['R01 529 then 200', inTurn(fails(529), fine)],
    ['R04 a connection that is reset, then 200', inTurn(resets, fine)],
    ['503 then 200', inTurn(fails(503), fine)],
  ])('%s: one settlement', async (_name, script) => {
    const billed = await start(script);
    const answer = await billed.post();
    expect([answer.status, answer.headers['x-retry-attempts']]).toEqual([200, '1']);
    expect(answer.headers['x-credits-charged']).toBe('621000');
    expect(await billed.balance()).toEqual([ONE_USD - 621_000n, 0n]);
    expect(billed.upstream.received.map(({ body }) => body.toString())).toEqual([
      billed.upstream.received[0]?.body.toString(),
      billed.upstream.received[0]?.body.toString(),
    ]);
  });

  test.each<[string, string]>([
    ['an error event', messageStart + errorOf('overloaded_error', 'Overloaded')],
    ['its end', messageStart],
  ])(
    'R05 a stream that comes to %s before content: the caller sees the second only',
    async (_name, first) => {
      const second = wholeStream.replace('msg_1', 'msg_2');
      const billed = await start(inTurn(streams(first), streams(second)));
      const answer = await billed.post({ stream: true });
      expect([answer.status, answer.body.toString()]).toEqual([200, second]);
      expect(answer.headers['x-retry-attempts']).toBe('1');
      const charged = 11n * 3000n + 3n * 300n + 42n * 15_000n;
      expect(await billed.balance()).toEqual([ONE_USD - charged, 0n]);
    },
  );

  test('R07 429 with retry-after 2, then 200: two seconds pass', async () => {
    const billed = await start(inTurn(fails(429, { 'retry-after': '2' }), fine));
    const startedMs = performance.now();
    expect((await billed.post()).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1990);
  });

  test('R10 the caller pays for the second attempt only, and the books have both', async () => {
    const billed = await start(inTurn(streams(messageStart), streams(wholeStream)));
    const answer = await billed.post({ stream: true });
    await billed.balance();
    const hold = await billed.hold(answer);
    expect(hold?.chargedNanoUsd).toBe(11n * 3000n + 3n * 300n + 42n * 15_000n);
    expect((await billed.ledger.verify()).problems).toEqual([]);
  });
});

describe('told', () => {
  test('R02 500 three times: 500, three attempts, free', async () => {
    const billed = await start(fails(500));
    const answer = await billed.post();
    expect([answer.status, billed.upstream.received.length]).toEqual([500, 3]);
    expect(answer.headers).toMatchObject({
      'x-should-retry': 'false',
      'x-retry-attempts': '2',
      'x-credits-charged': '0',
    });
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
  });

  test('R03 400: one attempt', async () => {
    const billed = await start(fails(400));
    const answer = await billed.post();
    expect([answer.status, billed.upstream.received.length]).toEqual([400, 1]);
  });

  test('R06 an error after text: no second attempt', async () => {
    const text = opening + errorOf('api_error', 'It broke.');
    const billed = await start(inTurn(streams(text), streams(wholeStream)));
    const answer = await billed.post({ stream: true });
    expect([answer.body.toString(), billed.upstream.received.length]).toEqual([text, 1]);
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
  });

  test('R08 429 with retry-after 300: at once, with a code of its own', async () => {
    const billed = await start(fails(429, { 'retry-after': '300' }));
    const answer = await billed.post();
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '300']);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error: { type: 'rate_limit_error', code: 'upstream_rate_limited' },
    });
    expect(billed.upstream.received).toHaveLength(1);
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
  });

  test('R09 a caller who leaves while it waits: no further attempt, and the hold goes back', async () => {
    const billed = await start(fails(429, { 'retry-after': '5' }));
    const leaving = new AbortController();
    const left = fetch(`${billed.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: billed.gateway.headers,
      body: JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 64, messages: [] }),
      signal: leaving.signal,
    }).catch(() => 'left');
    await expect.poll(() => billed.upstream.received.length).toBe(1);
    await expect.poll(async () => (await billed.wallet()).heldNanoUsd > 0n).toBe(true);
    leaving.abort();
    expect(await left).toBe('left');
    await expect.poll(async () => (await billed.wallet()).heldNanoUsd).toBe(0n);
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
    expect(billed.upstream.received).toHaveLength(1);
  });

  test('R11 401 of the upstream: 502, once, and the owner reads of it', async () => {
    const billed = await start(fails(401));
    const answer = await billed.post();
    expect([answer.status, billed.upstream.received.length]).toEqual([502, 1]);
    expect(answer.headers['x-should-retry']).toBe('false');
    expect(answer.body.toString()).not.toContain('It failed.');
    expect(billed.gateway.logLines.join('')).toContain('upstream_refuses_account');
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
  });

  test('R12 a breaker that is open: 503 at once, and nothing is held', async () => {
    const billed = await start(fails(500));
    await billed.post();
    await billed.post();
    const asked = billed.upstream.received.length;
    const answer = await billed.post();
    expect([answer.status, billed.upstream.received.length]).toEqual([503, asked]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await billed.hold(answer)).toBeUndefined();
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
  });
});
