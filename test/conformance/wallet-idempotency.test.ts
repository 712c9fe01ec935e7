import { request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { opening, closing, textDelta, wholeStream } from '../support/event-stream.ts';
import type { RawAnswer } from '../support/post.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import type { Script } from '../support/scripted-upstream.ts';
import type { BilledGateway, BilledOptions } from '../support/start-billed-gateway.ts';
import {
  answersWith,
  asked,
  fails,
  inTurn,
  startBilledGateway,
  streams,
} from '../support/start-billed-gateway.ts';

/** Wallet reference §8 and §13.E: a key, and a wallet of 1 USD. */

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
const COST = 621_000n;
const answers = answersWith({ input_tokens: 87, output_tokens: 24 });
const keyed = { 'idempotency-key': 'order-7' };

function codeOf(answer: RawAnswer): unknown {
  const said = JSON.parse(answer.body.toString()) as { error?: { code?: unknown } };
  return said.error?.code;
}

/** An upstream that answers when the test lets it. */
function whenLet(script: Script): { readonly script: Script; let(): void } {
  const waiting: (() => void)[] = [];
  return {
    script: (...asking) => {
      waiting.push(() => {
        script(...asking);
      });
    },
    let: () => {
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 5000, interval: 5 }).toBe(true);
}

/** Asks for a stream and leaves once some of it has come. */
function leaveStream(billed: BilledGateway): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${billed.gateway.url}/v1/messages`,
      { method: 'POST', headers: { ...billed.gateway.headers, ...keyed } },
      (response) => {
        response.once('data', () => {
          response.destroy();
          resolve();
        });
        response.on('error', () => {});
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ ...asked, stream: true }));
  });
}

describe('the same request with the same key', () => {
  test('wallet I01 is given its answer again, and charged once', async () => {
    const billed = await start(answers);
    const first = await billed.post({}, keyed);
    const again = await billed.post({}, keyed);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body.equals(first.body)).toBe(true);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(again.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'x-credits-charged': '621000',
      'content-type': first.headers['content-type'],
      'request-id': first.headers['request-id'],
    });
    expect(again.headers['x-quatrain-request-id']).not.toBe(first.headers['x-quatrain-request-id']);
    expect(billed.upstream.received).toHaveLength(1);
    expect(await billed.balance()).toEqual([ONE_USD - COST, 0n]);
  });

  test('wallet I01 the log says that it was given again, and that nothing was used', async () => {
    const billed = await start(answers);
    await billed.post({}, keyed);
    await billed.post({}, keyed);
    await until(() => readRequestLog(billed.gateway.dataDir).length === 2);
    expect(readRequestLog(billed.gateway.dataDir)).toMatchObject([
      { upstream: 'scripted', output_tokens: 24, status: 200 },
      { upstream: 'idempotency', output_tokens: 0, status: 200 },
    ]);
  });

  test('wallet I01 a stream comes again as the bytes that it was', async () => {
    const billed = await start(streams(wholeStream));
    const first = await billed.post({ stream: true }, keyed);
    const again = await billed.post({ stream: true }, keyed);
    expect(first.body.toString()).toBe(wholeStream);
    expect(again.body.equals(first.body)).toBe(true);
    expect(again.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'content-type': first.headers['content-type'],
      'x-credits-held': first.headers['x-credits-held'],
    });
    const [posted] = await billed.balance();
    expect([billed.upstream.received.length, posted < ONE_USD]).toEqual([1, true]);
    const once = ONE_USD - posted;
    const held = await billed.hold(first);
    expect(held?.chargedNanoUsd).toBe(once);
  });

  test('wallet I02 with another body is refused', async () => {
    const billed = await start(answers);
    await billed.post({}, keyed);
    const other = await billed.post({ max_tokens: 1000 }, keyed);
    expect([other.status, codeOf(other)]).toEqual([422, 'idempotency_key_reused']);
    expect(other.headers['x-should-retry']).toBe('false');
    expect(billed.upstream.received).toHaveLength(1);
  });

  test('wallet I02 with other betas is refused', async () => {
    const billed = await start(answers);
    await billed.post({}, keyed);
    const other = await billed.post({}, { ...keyed, 'anthropic-beta': 'context-1m-2025-08-07' });
    expect(other.status).toBe(422);
  });

  test('wallet I03 is told to wait while the first runs', async () => {
    const upstream = whenLet(answers);
    const billed = await start(upstream.script);
    const first = billed.post({}, keyed);
    await until(() => billed.upstream.received.length === 1);
    const second = await billed.post({}, keyed);
    expect([second.status, codeOf(second)]).toEqual([409, 'idempotency_key_running']);
    expect(second.headers).toMatchObject({ 'retry-after': '1', 'x-should-retry': 'true' });
    upstream.let();
    expect((await first).status).toBe(200);
    expect(await billed.balance()).toEqual([ONE_USD - COST, 0n]);
  });

  test.each<[string, Script, object, number]>([
    ['wallet I04 after a failure', inTurn(fails(500), fails(500), fails(500), answers), {}, 500],
    ['wallet I05 after a no of the upstream', inTurn(fails(400), answers), {}, 400],
    ['wallet I05 after a no of ours', answers, { max_tokens: 16_385 }, 400],
  ])('%s runs, and is charged once', async (_name, script, more, status) => {
    const billed = await start(script);
    expect((await billed.post(more, keyed)).status).toBe(status);
    const again = await billed.post({}, keyed);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, undefined]);
    expect(await billed.balance()).toEqual([ONE_USD - COST, 0n]);
  });

  test('runs once there is money for it', async () => {
    const billed = await start(answers, { postedNanoUsd: 0n });
    expect((await billed.post({}, keyed)).status).toBe(402);
    await billed.ledger.transfer({
      transferId: 'later',
      reason: 'top_up',
      account: 'development',
      amountNanoUsd: ONE_USD,
      note: 'for the test',
      actor: 'test',
      atMs: Date.now(),
    });
    expect((await billed.post({}, keyed)).status).toBe(200);
  });

  test('a stream that broke runs anew', async () => {
    const billed = await start(inTurn(streams(opening), streams(wholeStream)));
    const first = await billed.post({ stream: true }, keyed);
    expect(first.body.toString()).toContain('event: error');
    const again = await billed.post({ stream: true }, keyed);
    expect([again.headers['idempotent-replayed'], again.body.toString()]).toEqual([
      undefined,
      wholeStream,
    ]);
  });

  test.each([
    ['wallet I07 of 256 characters', 'x'.repeat(256)],
    ['with a space', 'order 7'],
    ['that is empty', ''],
  ])('%s is no key', async (_name, key) => {
    const billed = await start(answers);
    const answer = await billed.post({}, { 'idempotency-key': key });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'idempotency_key_invalid']);
    expect(answer.body.toString()).toContain('Idempotency-Key');
    expect(billed.upstream.received).toHaveLength(0);
  });

  test('wallet I07 of 255 characters is one', async () => {
    const billed = await start(answers);
    const key = { 'idempotency-key': 'x'.repeat(255) };
    await billed.post({}, key);
    expect((await billed.post({}, key)).headers['idempotent-replayed']).toBe('true');
  });

  test('wallet I10 twenty at once ask the upstream once', async () => {
    const upstream = whenLet(answers);
    const billed = await start(upstream.script);
    const all = Promise.all(Array.from({ length: 20 }, () => billed.post({}, keyed)));
    await until(() => billed.upstream.received.length > 0);
    const settled = (): number => readRequestLog(billed.gateway.dataDir).length;
    await until(() => settled() === 19);
    upstream.let();
    const statuses = (await all).map(({ status }) => status).toSorted((one, other) => one - other);
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect(billed.upstream.received).toHaveLength(1);
    expect(await billed.balance()).toEqual([ONE_USD - COST, 0n]);
  });
});

describe('a caller who leaves', () => {
  test('wallet I09 a stream goes on, is charged once, and is there in full', async () => {
    let finish = (): void => {};
    const billed = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening);
      finish = () => {
        response.end(textDelta('the rest') + closing);
      };
    });
    const { runs } = billed.gateway.gateway.parts.walk.idempotency ?? {};
    await leaveStream(billed);
    await until(() => runs?.unheard === 1);
    expect((await billed.post({ stream: true }, keyed)).status).toBe(409);
    finish();
    await runs?.idle();
    const again = await billed.post({ stream: true }, keyed);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.body.toString()).toBe(opening + textDelta('the rest') + closing);
    expect([billed.upstream.received.length, runs?.unheard]).toEqual([1, 0]);
    const [posted, held] = await billed.balance();
    expect(held).toBe(0n);
    // 11 in, 3 from the cache, 42 out: in full, as it would have been for a caller who stayed.
    expect(ONE_USD - posted).toBe(33_000n + 900n + 630_000n);
  });

  test('wallet I09 an answer in one piece goes on too', async () => {
    const upstream = whenLet(answers);
    const billed = await start(upstream.script);
    const { runs } = billed.gateway.gateway.parts.walk.idempotency ?? {};
    const outgoing = request(`${billed.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { ...billed.gateway.headers, ...keyed },
    });
    outgoing.on('error', () => {});
    outgoing.end(JSON.stringify(asked));
    await until(() => billed.upstream.received.length === 1);
    outgoing.destroy();
    await until(() => runs?.unheard === 1);
    upstream.let();
    await runs?.idle();
    expect((await billed.post({}, keyed)).headers['idempotent-replayed']).toBe('true');
    expect(await billed.balance()).toEqual([ONE_USD - COST, 0n]);
  });

  test('without a key ends it, as ever', async () => {
    let isCut = false;
    const billed = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening);
      response.on('close', () => {
        isCut = true;
      });
    });
    const outgoing = request(`${billed.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: billed.gateway.headers,
    });
    outgoing.on('error', () => {});
    outgoing.on('response', (response) => {
      response.once('data', () => response.destroy());
      response.on('error', () => {});
    });
    outgoing.end(JSON.stringify({ ...asked, stream: true }));
    await until(() => isCut);
    expect(billed.gateway.gateway.parts.walk.idempotency?.runs.unheard).toBe(0);
  });
});

describe('answers that are too large to be kept', () => {
  const yaml = 'limits: { idempotent_answer_bytes_max: 1024 }\n';
  const long = opening + textDelta('x'.repeat(2000)) + closing;

  test.each<[string, Script, object]>([
    ['a stream', streams(long), { stream: true }],
    ['one piece', answersWith({ output_tokens: 1 }, { more: 'x'.repeat(2000) }), {}],
  ])('are given once, and not paid for again: %s', async (_name, script, more) => {
    const billed = await start(script, { yaml });
    expect((await billed.post(more, keyed)).status).toBe(200);
    const again = await billed.post(more, keyed);
    expect([again.status, codeOf(again)]).toEqual([409, 'idempotency_stream_not_replayable']);
    expect(again.headers['x-should-retry']).toBe('false');
    expect(billed.upstream.received).toHaveLength(1);
  });

  test('are given up where their caller leaves, and may be asked for anew', async () => {
    let isCut = false;
    const slowly: Script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening + textDelta('x'.repeat(2000)));
      response.on('close', () => {
        isCut = true;
      });
    };
    const billed = await start(inTurn(slowly, streams(wholeStream)), { yaml });
    await leaveStream(billed);
    await until(() => isCut);
    await billed.gateway.gateway.parts.walk.idempotency?.runs.idle();
    const again = await billed.post({ stream: true }, keyed);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, undefined]);
  });
});

describe('a process that dies between charging an answer and keeping it', () => {
  /** As its tables are then, and as the next start finds them. */
  async function die(billed: BilledGateway): Promise<void> {
    const database = new DatabaseSync(join(billed.gateway.dataDir, 'quatrain.db'), {
      timeout: 5000,
    });
    database.exec(
      `UPDATE idempotency_records SET state = 'running', owner = 'dead', sealed = NULL, sealed_bytes = 0`,
    );
    database.close();
    const { idempotency } = billed.gateway.gateway.parts.walk;
    expect(await idempotency?.store.abandonOwner('dead')).toBe(1);
  }

  test('the same again is answered anew, and not charged again', async () => {
    const billed = await start(answers);
    const first = await billed.post({}, keyed);
    await die(billed);
    const again = await billed.post({}, keyed);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.headers).toMatchObject({ 'x-credits-charged': '621000' });
    expect(billed.upstream.received).toHaveLength(2);
    expect(await billed.balance()).toEqual([ONE_USD - COST, 0n]);
    expect(await billed.hold(again)).toMatchObject({ state: 'released' });
  });

  test('and once more is that answer, to the byte', async () => {
    const billed = await start(answers);
    await billed.post({}, keyed);
    await die(billed);
    const again = await billed.post({}, keyed);
    const third = await billed.post({}, keyed);
    expect(third.body.equals(again.body)).toBe(true);
    expect(billed.upstream.received).toHaveLength(2);
  });

  test('another body with the same key is another request, and is paid for', async () => {
    const billed = await start(answers);
    await billed.post({}, keyed);
    await die(billed);
    expect((await billed.post({ max_tokens: 7 }, keyed)).status).toBe(200);
    expect(await billed.balance()).toEqual([ONE_USD - 2n * COST, 0n]);
  });
});
