import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { sendRaw } from '../support/post.ts';
import type { Script } from '../support/scripted-upstream.ts';
import type { BilledGateway, BilledOptions } from '../support/start-billed-gateway.ts';
import { answersWith, asked, fails, startBilledGateway } from '../support/start-billed-gateway.ts';

/** Wallet reference §13.B and §13.G, as far as the walk settles them: prices of §11, a wallet of 1 USD. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function start(script: Script, options: BilledOptions = {}): Promise<BilledGateway> {
  const billed = await startBilledGateway(script, options);
  cleanUp.push(() => billed.stop());
  return billed;
}

const ONE_USD = 1_000_000_000n;
const usage = { input_tokens: 87, output_tokens: 24 };

describe('answers', () => {
  test('W01 87 in, 24 out: 621,000', async () => {
    const billed = await start(answersWith(usage));
    const answer = await billed.post();
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'x-credits-unit': 'nano-usd',
      'x-credits-charged': '621000',
    });
    expect(await billed.balance()).toEqual([ONE_USD - 621_000n, 0n]);
  });

  test.each<[string, object, bigint]>([
    ['W15 usage of zero throughout is free', { input_tokens: 0, output_tokens: 0 }, 0n],
    [
      'cache reads and writes have their own prices',
      {
        input_tokens: 10,
        output_tokens: 1,
        cache_read_input_tokens: 1000,
        cache_creation_input_tokens: 3000,
        cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 },
      },
      30_000n + 15_000n + 300_000n + 3_750_000n + 12_000_000n,
    ],
  ])('%s', async (_name, reported, charged) => {
    const billed = await start(answersWith(reported));
    const answer = await billed.post();
    expect(answer.headers['x-credits-charged']).toBe(String(charged));
    expect(await billed.balance()).toEqual([ONE_USD - charged, 0n]);
  });

  test('W12 more than was held: the rest is taken from the wallet', async () => {
    const billed = await start(answersWith({ input_tokens: 1_000, output_tokens: 2_000 }));
    const answer = await billed.post({ max_tokens: 10 });
    const held = BigInt(String(answer.headers['x-credits-held']));
    expect(held).toBeLessThan(33_000_000n);
    expect(answer.headers['x-credits-charged']).toBe('33000000');
    expect(await billed.balance()).toEqual([ONE_USD - 33_000_000n, 0n]);
  });

  test('W13 more than the wallet has: the reply goes out, and the rest is ours', async () => {
    const postedNanoUsd = 2_000_000n;
    const billed = await start(answersWith({ input_tokens: 1_000, output_tokens: 2_000 }), {
      postedNanoUsd,
    });
    const answer = await billed.post({ max_tokens: 10 });
    expect([answer.status, answer.headers['x-credits-charged']]).toEqual([200, '2000000']);
    expect(await billed.balance()).toEqual([0n, 0n]);
    expect(await billed.hold(answer)).toMatchObject({ absorbedNanoUsd: 31_000_000n });
    expect((await billed.ledger.verify()).problems).toEqual([]);
  });

  test('W14 no usage, but text: it is counted, never free and never all that was held', async () => {
    const billed = await start(answersWith(undefined));
    const answer = await billed.post();
    const charged = BigInt(String(answer.headers['x-credits-charged']));
    const held = BigInt(String(answer.headers['x-credits-held']));
    expect(charged > 0n && charged < held).toBe(true);
    expect(await billed.balance()).toEqual([ONE_USD - charged, 0n]);
    expect((await billed.hold(answer))?.charge).toContain('"estimated"');
  });
});

describe('what is refused or fails costs nothing', () => {
  test('W09 a request that is not valid: nothing is ever held', async () => {
    const billed = await start(answersWith(usage));
    const answer = await billed.post({ model: 7 });
    expect([answer.status, answer.headers['x-credits-charged']]).toEqual([400, '0']);
    expect(await billed.hold(answer)).toBeUndefined();
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
  });

  test.each<[string, number, number]>([
    ['W10 the upstream says 400', 400, 1],
    ['W11 the upstream fails three times', 500, 3],
  ])('%s', async (_name, status, attempts) => {
    const billed = await start(fails(status));
    const answer = await billed.post();
    expect([answer.status, billed.upstream.received.length]).toEqual([status, attempts]);
    expect(answer.headers['x-credits-charged']).toBe('0');
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
    expect(await billed.hold(answer)).toMatchObject({ state: 'released', chargedNanoUsd: 0n });
  });

  test('W19 books that cannot be written: 503, and nobody is asked', async () => {
    const billed = await start(answersWith(usage));
    const beside = new DatabaseSync(join(billed.gateway.dataDir, 'quatrain.db'));
    beside.exec('PRAGMA busy_timeout = 5000; ALTER TABLE ledger_holds RENAME TO elsewhere');
    const answer = await billed.post();
    beside.exec('ALTER TABLE elsewhere RENAME TO ledger_holds');
    beside.close();
    expect([answer.status, billed.upstream.received.length]).toEqual([503, 0]);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error: { code: 'ledger_unavailable' },
    });
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
  });

  test('W27 counting tokens holds nothing', async () => {
    const billed = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"input_tokens":9}');
    });
    const answer = await sendRaw(`${billed.gateway.url}/v1/messages/count_tokens`, {
      headers: billed.gateway.headers,
      body: JSON.stringify({ ...asked, max_tokens: undefined }),
    });
    expect([answer.status, answer.headers['x-credits-held']]).toEqual([200, undefined]);
    expect(await billed.balance()).toEqual([ONE_USD, 0n]);
  });

  test('W28 max_tokens 16,385: 400, and nothing is held', async () => {
    const billed = await start(answersWith(usage));
    const answer = await billed.post({ max_tokens: 16_385 });
    expect([answer.status, billed.upstream.received.length]).toEqual([400, 0]);
    expect(await billed.hold(answer)).toBeUndefined();
  });

  test.each(['/v1/complete', '/v1/messages/batches'])(
    '%s is not sold, since nobody here knows what it costs',
    async (path) => {
      const billed = await start(answersWith(usage));
      const answer = await sendRaw(`${billed.gateway.url}${path}`, {
        headers: billed.gateway.headers,
        body: JSON.stringify({ model: 'claude-sonnet-4-6', prompt: 'x', requests: [] }),
      });
      expect([answer.status, billed.upstream.received.length]).toEqual([403, 0]);
      expect(JSON.parse(answer.body.toString())).toMatchObject({
        error: { code: 'operation_not_sold' },
      });
    },
  );
});

describe('heads', () => {
  test('L12 the upstream’s limits and names stay here', async () => {
    const theirs = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-organization-id': 'org',
      'cf-ray': 'x',
    };
    const billed = await start(answersWith(usage, {}, theirs));
    const { headers } = await billed.post();
    expect(Object.keys(headers).filter((name) => name in theirs)).toEqual([]);
  });

  test.each<[string, Script, object]>([
    ['ours', answersWith(usage), { model: 7 }],
    ['a failure of the upstream', fails(500, { 'request-id': 'req_up' }), {}],
    ['no answer', (_request, response) => response.destroy(), {}],
  ])('L13 errors name their request in head and body alike: %s', async (_name, script, more) => {
    const billed = await start(script);
    const answer = await billed.post(more);
    const { request_id } = JSON.parse(answer.body.toString()) as { readonly request_id: string };
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers['request-id']).toBe(request_id);
    expect(answer.headers['x-quatrain-request-id']).toMatch(/^req_/);
  });

  test('L15 an empty wallet: 402, no reason to ask again, with the figures', async () => {
    const billed = await start(answersWith(usage), { postedNanoUsd: 1000n });
    const answer = await billed.post();
    expect([answer.status, billed.upstream.received.length]).toEqual([402, 0]);
    expect(answer.headers).toMatchObject({
      'x-should-retry': 'false',
      'x-credits-charged': '0',
    });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      type: 'error',
      error: { type: 'billing_error', code: 'wallet_exhausted', available_nano: '1000' },
    });
  });
});
