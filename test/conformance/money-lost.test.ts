import { afterEach, describe, expect, test } from 'vitest';
import { plans } from '../../src/catalog/plans.ts';
import type { BudgetState } from '../../src/ledger/ledger-store.ts';
import { BrokenBooks } from '../support/broken-books.ts';
import { ACCOUNT, openBillingRig } from '../support/billing-rig.ts';
import { opening, closing } from '../support/event-stream.ts';
import { FedSource } from '../support/fed-source.ts';
import { HeldAnswers } from '../support/held-answers.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { Script } from '../support/scripted-upstream.ts';
import { upstreamYaml } from '../support/scripted-upstream.ts';
import { answersWith, asked } from '../support/start-billed-gateway.ts';
import { startKeyedGateway } from '../support/start-keyed-gateway.ts';
import type { Customer, SellingGateway } from '../support/start-selling-gateway.ts';
import { ledgerOf, startSellingGateway } from '../support/start-selling-gateway.ts';
import { startTestGatewayIn } from '../support/start-test-gateway.ts';
import { streamOf } from '../support/walked.ts';

/** Reliability §1.4: how gateways lose count of money. What they count with, and when they write it. */

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function start(script: Script): Promise<SellingGateway> {
  const selling = await startSellingGateway(script);
  cleanUp.push(() => selling.stop());
  return selling;
}

const ONE_USD = 1_000_000_000n;
const CHARGE = 621_000n;
const fine = answersWith({ input_tokens: 87, output_tokens: 24 });
/** Holds a little over 30,720,000. */
const long = { max_tokens: 2048 };
const budgetOf = (limitNanoUsd: bigint): object => ({
  budget: { limit_nano: String(limitNanoUsd), period: 'none' },
});

function spent({ ledger }: SellingGateway, { keyId }: Customer): Promise<BudgetState> {
  return ledger.budget(keyId, 0);
}

async function settled(selling: SellingGateway, customer: Customer): Promise<BudgetState> {
  await customer.balance();
  return await spent(selling, customer);
}

function count(all: readonly RawAnswer[], status: number): number {
  return all.filter((answer) => answer.status === status).length;
}

describe('what stands in the way of spending', () => {
  test('M1 a budget is held before it is spent: of 60 calls at once as many pass as fit', async () => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    const limit = 100_000_000n;
    const customer = await selling.sellTo('acme', { key: budgetOf(limit) });
    const calls = Array.from({ length: 60 }, () => customer.post(long));
    let refused = 0;
    for (const call of calls) void call.then(({ status }) => (refused += Number(status === 403)));
    await expect.poll(() => refused, { timeout: 10_000 }).toBe(57);
    expect(answers.count).toBe(3);
    expect((await spent(selling, customer)).heldNanoUsd).toBeLessThanOrEqual(limit);
    answers.release();
    expect(count(await Promise.all(calls), 200)).toBe(3);
    expect(await settled(selling, customer)).toEqual({
      spentNanoUsd: 3n * CHARGE,
      heldNanoUsd: 0n,
    });
  });

  test('M1 whatever comes after, in however many rounds, the limit is the limit', async () => {
    const selling = await start(answersWith({ input_tokens: 100, output_tokens: 2000 }));
    const limit = 150_000_000n;
    const customer = await selling.sellTo('acme', { key: budgetOf(limit) });
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(Array.from({ length: 12 }, () => customer.post(long)));
      expect((await spent(selling, customer)).spentNanoUsd).toBeLessThanOrEqual(limit);
    }
    const { spentNanoUsd, heldNanoUsd } = await settled(selling, customer);
    expect([spentNanoUsd, heldNanoUsd]).toEqual([120n * 1_000_000n + 4n * 300_000n, 0n]);
    expect(await customer.balance()).toEqual([ONE_USD - spentNanoUsd, 0n]);
  });

  test('M2 what another process spends counts here at once: there is no count of our own', async () => {
    const selling = await start(fine);
    const limit = 64_000_000n;
    const customer = await selling.sellTo('acme', { key: budgetOf(limit) });
    expect((await customer.post(long)).status).toBe(200);
    const atMs = Date.now();
    const budget = { name: customer.keyId, limitNanoUsd: limit, startMs: 0 };
    const outcomes = await selling.gateway.withStore(({ ledger }) =>
      Promise.all(
        ['a', 'b', 'c'].map((name) =>
          ledger.openHold({
            holdId: name,
            settlementKey: name,
            account: 'acme',
            keyId: customer.keyId,
            amountNanoUsd: 20_000_000n,
            isPrepaid: true,
            budgets: [budget],
            owner: 'another process',
            expiresAtMs: atMs + 3_600_000,
            atMs,
            memo: '{}',
          }),
        ),
      ),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['held', 'held', 'held']);
    const answer = await customer.post(long);
    expect([answer.status, selling.upstream.received.length]).toEqual([403, 1]);
    expect((await customer.wallet()).heldNanoUsd).toBe(60_000_000n);
  });
});

describe('books that do not take a settlement', () => {
  test('M3 it is kept and written once they do; nothing is taken out of anywhere before', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme');
    const broken = new BrokenBooks(selling.gateway.dataDir);
    const answer = await customer.post();
    // A charge that is not written yet is not told either.
    expect([answer.status, answer.headers['x-credits-charged']]).toEqual([200, undefined]);
    expect(await customer.wallet()).toMatchObject({ postedNanoUsd: ONE_USD });
    expect((await customer.wallet()).heldNanoUsd).toBeGreaterThan(CHARGE);
    broken.mend();
    expect(await customer.balance()).toEqual([ONE_USD - CHARGE, 0n]);
    expect((await selling.ledger.verify()).problems).toEqual([]);
  });

  test('M4 a commit of forty at once that fails is done again, each of them once', async () => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    const customer = await selling.sellTo('acme');
    const calls = Array.from({ length: 40 }, () => customer.post());
    await expect.poll(() => answers.count).toBe(40);
    const broken = new BrokenBooks(selling.gateway.dataDir, 'commit');
    answers.release();
    expect(count(await Promise.all(calls), 200)).toBe(40);
    expect((await customer.wallet()).postedNanoUsd).toBe(ONE_USD);
    broken.mend();
    expect(await customer.balance()).toEqual([ONE_USD - 40n * CHARGE, 0n]);
    expect((await selling.ledger.verify()).problems).toEqual([]);
  });

  test('M5 a process that ends writes what it has, and the next one what it could not', async () => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    const customer = await selling.sellTo('acme');
    const { dataDir } = selling.gateway;
    const calls = Array.from({ length: 20 }, () => customer.post());
    await expect.poll(() => answers.count).toBe(20);
    answers.release();
    expect(count(await Promise.all(calls), 200)).toBe(20);
    selling.upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(opening + closing);
    };
    const broken = new BrokenBooks(dataDir);
    expect((await customer.post({ stream: true })).status).toBe(200);
    await selling.gateway.gateway.stop();
    broken.mend();
    const next = await startTestGatewayIn(dataDir, { yaml: upstreamYaml(selling.upstream.url) });
    cleanUp.push(() => next.stop());
    const streamed = 11n * 3000n + 3n * 300n + 42n * 15_000n;
    expect(await ledgerOf(next).wallet('acme')).toMatchObject({
      postedNanoUsd: ONE_USD - 20n * CHARGE - streamed,
      heldNanoUsd: 0n,
    });
    expect((await ledgerOf(next).verify()).problems).toEqual([]);
  });

  test('M7 what could not be written is held meanwhile: the limit stands', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { key: budgetOf(40_000_000n) });
    const broken = new BrokenBooks(selling.gateway.dataDir);
    expect((await customer.post(long)).status).toBe(200);
    for (let call = 0; call < 5; call += 1) expect((await customer.post(long)).status).toBe(403);
    expect(selling.upstream.received).toHaveLength(1);
    broken.mend();
    expect(await customer.balance()).toEqual([ONE_USD - CHARGE, 0n]);
    expect(await spent(selling, customer)).toEqual({ spentNanoUsd: CHARGE, heldNanoUsd: 0n });
    expect((await customer.post(long)).status).toBe(200);
  });
});

describe('what was spent stays what it was', () => {
  test('M6 however many processes start over the same books', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { key: budgetOf(33_000_000n) });
    expect((await customer.post(long)).status).toBe(200);
    const once = { spentNanoUsd: CHARGE, heldNanoUsd: 0n };
    expect(await settled(selling, customer)).toEqual(once);
    const { dataDir } = selling.gateway;
    await selling.gateway.gateway.stop();
    const yaml = upstreamYaml(selling.upstream.url);
    for (let restart = 0; restart < 4; restart += 1) {
      const { gateway } = await startTestGatewayIn(dataDir, { yaml });
      await gateway.stop();
    }
    const last = await startTestGatewayIn(dataDir, { yaml });
    cleanUp.push(() => last.stop());
    expect(await ledgerOf(last).budget(customer.keyId, 0)).toEqual(once);
    const { headers } = customer;
    const body = JSON.stringify({ ...asked, ...long });
    const answer = await sendRaw(`${last.url}/v1/messages`, { headers, body });
    expect(answer.status).toBe(200);
  });

  test('M6 and a second process beside one that works leaves alone what that one holds', async () => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    const customer = await selling.sellTo('acme');
    const running = customer.post();
    await expect.poll(() => answers.count).toBe(1);
    const second = await startTestGatewayIn(selling.gateway.dataDir, {
      yaml: upstreamYaml(selling.upstream.url),
    });
    const [hold] = await selling.ledger.openHolds({ limit: 1 });
    expect(hold?.state).toBe('open');
    answers.release();
    expect((await running).headers['x-credits-charged']).toBe('621000');
    expect(await customer.balance()).toEqual([ONE_USD - CHARGE, 0n]);
    await second.gateway.stop();
  });

  test('M15 changes of the account and of the key meanwhile take nothing back', async () => {
    const answers = new HeldAnswers();
    const selling = await start(answers.script);
    const limit = 100_000_000n;
    const customer = await selling.sellTo('acme', { key: budgetOf(limit) });
    const calls = [customer.post(long), customer.post(long)];
    await expect.poll(() => answers.count).toBe(2);
    const held = await spent(selling, customer);
    const key = `/admin/v1/keys/${customer.keyId}`;
    const change = async (path: string, body: object): Promise<void> => {
      expect((await selling.gateway.ask('PATCH', path, { body })).status).toBe(200);
    };
    await change(key, { name: 'renamed' });
    await change('/admin/v1/accounts/acme', { name: 'Renamed', plan: 'prepaid' });
    expect(await spent(selling, customer)).toEqual(held);
    answers.release();
    expect(count(await Promise.all(calls), 200)).toBe(2);
    const twice = { spentNanoUsd: 2n * CHARGE, heldNanoUsd: 0n };
    expect(await settled(selling, customer)).toEqual(twice);
    await change(key, budgetOf(2n * CHARGE + 1n));
    expect(await spent(selling, customer)).toEqual(twice);
    selling.upstream.script = fine;
    // A key is looked up once a second.
    const oneMore = async (): Promise<number> => (await customer.post({ max_tokens: 1 })).status;
    await expect.poll(oneMore, { interval: 250, timeout: 5000 }).toBe(403);
    const { spentNanoUsd } = await settled(selling, customer);
    expect(await customer.balance()).toEqual([ONE_USD - spentNanoUsd, 0n]);
    for (const member of ['posted_nano', 'spent_nano', 'balance']) {
      const body = { [member]: '0' };
      expect((await selling.gateway.ask('PATCH', key, { body })).status).toBe(400);
    }
  });

  test('M16 a period that ends under a running request: no budget below zero, in either of them', async () => {
    const dayMs = 86_400_000;
    const rig = await openBillingRig({ walletNanoUsd: ONE_USD });
    const sources: FedSource[] = [];
    const gateway = await startKeyedGateway({
      clock: rig.clock,
      parts: () => ({ billing: rig.billing, plans: { find: () => plans.prepaid } }),
      answer: () => {
        const source = new FedSource();
        sources.push(source);
        return Promise.resolve(streamOf(source));
      },
    });
    cleanUp.push(() => gateway.stop());
    const account = { id: ACCOUNT, name: 'Acme', planName: 'prepaid', status: 'open' } as const;
    gateway.accounts.set(ACCOUNT, { ...account, createdAtMs: 1 });
    const budget = { limitNanoUsd: 100_000_000n, period: 'day' } as const;
    const { id, key } = await gateway.makeKey({ accountId: ACCOUNT, rights: { budget } });
    const ask = (): Promise<RawAnswer> =>
      sendRaw(`${gateway.url}/v1/messages`, {
        headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
        body: JSON.stringify({ ...asked, ...long, stream: true }),
      });
    const firstDay = Math.floor(rig.clock.wallMs() / dayMs) * dayMs;
    const first = [ask(), ask()];
    await expect.poll(() => sources.filter(({ opened }) => opened > 0).length).toBe(2);
    rig.clock.advance(dayMs);
    const second = ask();
    await expect.poll(() => sources.filter(({ opened }) => opened > 0).length).toBe(3);
    for (const source of sources) {
      source.say(opening + closing);
      source.sink.end();
    }
    expect(count(await Promise.all([...first, second]), 200)).toBe(3);
    const cost = 11n * 3000n + 3n * 300n + 42n * 15_000n;
    // Another process over the same books that sees both days end changes neither.
    await rig.restarted().reaper.start();
    const spentOn = (day: number): Promise<BudgetState> =>
      rig.ledger.budget(id, firstDay + day * dayMs);
    await expect.poll(() => spentOn(0)).toEqual({ spentNanoUsd: 2n * cost, heldNanoUsd: 0n });
    await expect.poll(() => spentOn(1)).toEqual({ spentNanoUsd: cost, heldNanoUsd: 0n });
    expect(await spentOn(2)).toEqual({ spentNanoUsd: 0n, heldNanoUsd: 0n });
  });
});
