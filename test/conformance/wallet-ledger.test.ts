import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { closing, errorOf, opening } from '../support/event-stream.ts';
import { HeldAnswers } from '../support/held-answers.ts';
import type { Script } from '../support/scripted-upstream.ts';
import { answersWith, fails, streams } from '../support/start-billed-gateway.ts';
import type { Customer, SellingGateway } from '../support/start-selling-gateway.ts';
import { startSellingGateway } from '../support/start-selling-gateway.ts';

/** Wallet reference §13.G, L01 to L05: the books of a gateway that runs, and who tries to change them. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function start(script: Script): Promise<SellingGateway> {
  const selling = await startSellingGateway(script);
  cleanUp.push(() => selling.stop());
  return selling;
}

const ONE_USD = 1_000_000_000n;
const fine = answersWith({ input_tokens: 87, output_tokens: 24 });

/** What an upstream may do with a request, and whether it is asked for a stream. */
const turns = {
  answers: [fine, false],
  'answers dearly': [answersWith({ input_tokens: 900, output_tokens: 5000 }), false],
  'says nothing of usage': [answersWith(undefined), false],
  refuses: [fails(400), false],
  limits: [fails(429, { 'retry-after': '600' }), false],
  streams: [streams(opening + closing), true],
  breaks: [streams(opening + errorOf('api_error', 'It broke.')), true],
  'is cut': [streams(opening), true],
} as const satisfies Readonly<Record<string, readonly [Script, boolean]>>;
type Turn = keyof typeof turns;

describe('L01 whatever requests do', () => {
  test('L01 debits are credits, and no wallet is below zero', async () => {
    const upstream: { turn: Turn } = { turn: 'answers' };
    const selling = await start((...asking) => {
      turns[upstream.turn][0](...asking);
    });
    let accounts = 0;
    const anyTurns = fc.array(fc.constantFrom(...(Object.keys(turns) as Turn[])), {
      minLength: 1,
      maxLength: 8,
    });
    const anyPosted = fc.bigInt({ min: 0n, max: 60_000_000n });
    await fc.assert(
      fc.asyncProperty(anyTurns, anyPosted, async (sequence, postedNanoUsd) => {
        accounts += 1;
        const customer = await selling.sellTo(`l01-${String(accounts)}`, { postedNanoUsd });
        for (const turn of sequence) {
          upstream.turn = turn;
          const call = { stream: turns[turn][1], max_tokens: 500 };
          await Promise.all([customer.post(call), customer.post(call)]);
          const { postedNanoUsd: posted, availableNanoUsd } = await customer.wallet();
          expect([posted >= 0n, availableNanoUsd >= 0n]).toEqual([true, true]);
        }
        expect((await customer.balance())[1]).toBe(0n);
        expect((await selling.ledger.verify()).problems).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });
});

/** The books of a running gateway, as somebody sees them who has the database. */
function openBeside({ gateway }: SellingGateway): DatabaseSync {
  const database = new DatabaseSync(join(gateway.dataDir, 'quatrain.db'), { timeout: 5000 });
  cleanUp.unshift(() => {
    database.close();
    return Promise.resolve();
  });
  return database;
}

test.each([
  'UPDATE ledger_transfers SET amount_nano = 1',
  "UPDATE ledger_transfers SET wallet = 'mine'",
  'DELETE FROM ledger_transfers',
  "UPDATE ledger_holds SET state = 'open'",
  'DELETE FROM ledger_holds',
])('L02 %s: the database refuses', async (sql) => {
  const selling = await start(fine);
  const customer = await selling.sellTo('acme');
  expect((await customer.post()).status).toBe(200);
  const beside = openBeside(selling);
  expect(() => {
    beside.exec(sql);
  }).toThrow(/never changes|is never removed|resolves once/);
  expect(await customer.balance()).toEqual([ONE_USD - 621_000n, 0n]);
  expect((await selling.ledger.verify()).problems).toEqual([]);
});

interface Open {
  readonly selling: SellingGateway;
  readonly customer: Customer;
  readonly holdId: string;
  readonly heldNanoUsd: bigint;
}

/** A request whose upstream has not answered: its hold is open. */
async function withOpenHold(postedNanoUsd: bigint): Promise<Open> {
  const selling = await start(new HeldAnswers().script);
  const customer = await selling.sellTo('acme', { postedNanoUsd });
  void customer.post().catch(() => 'cut');
  const find = () => selling.ledger.openHolds({ account: 'acme', limit: 1 });
  await expect.poll(async () => (await find())[0]?.checkpoint?.stage).toBe('sent');
  const [hold] = await find();
  if (hold === undefined) throw new Error('nothing is held');
  return { selling, customer, holdId: hold.holdId, heldNanoUsd: hold.heldNanoUsd };
}

const settlement = { attempt: 1, upstreamCosts: [], charge: '{}', atMs: Date.now() } as const;

test('L03 no more is posted of a hold than was held, and no wallet pays what it has not', async () => {
  const { selling, customer, holdId, heldNanoUsd } = await withOpenHold(20_000_000n);
  const outcome = await selling.ledger.settle({
    ...settlement,
    holdId,
    amountNanoUsd: 20_000_001n,
  });
  expect(outcome).toMatchObject({ chargedNanoUsd: 20_000_000n, absorbedNanoUsd: 1n });
  const posted = await selling.ledger.transactions('acme', { limit: 2 });
  expect(posted.map(({ amountNanoUsd }) => amountNanoUsd)).toEqual([
    20_000_000n - heldNanoUsd,
    heldNanoUsd,
  ]);
  expect(await customer.balance()).toEqual([0n, 0n]);
  const beside = openBeside(selling);
  expect(() => {
    beside.exec(
      "UPDATE ledger_accounts SET debits_posted = debits_posted + 1 WHERE wallet = 'acme'",
    );
  }).toThrow(/CHECK constraint/);
});

test('L04 what was given back cannot be charged, however often it is tried', async () => {
  const { selling, customer, holdId } = await withOpenHold(ONE_USD);
  const { attempt: _attempt, ...release } = settlement;
  expect(await selling.ledger.release({ ...release, holdId, why: 'failed' })).toEqual({
    kind: 'released',
  });
  for (let tries = 0; tries < 3; tries += 1) {
    const late = await selling.ledger.settle({ ...settlement, holdId, amountNanoUsd: 5n });
    expect(late).toEqual({ kind: 'no_hold' });
  }
  expect(await customer.balance()).toEqual([ONE_USD, 0n]);
});

test('L05 a budget that refuses: nothing of the wallet was held', async () => {
  const selling = await start(fine);
  const budget = { limit_nano: '1000000', period: 'day' };
  const customer = await selling.sellTo('acme', { key: { budget } });
  expect((await customer.post()).status).toBe(403);
  expect(await selling.ledger.openHolds({ account: 'acme', limit: 1 })).toEqual([]);
  expect(await customer.balance()).toEqual([ONE_USD, 0n]);
  expect(await selling.ledger.budget(customer.keyId, 0)).toEqual({
    spentNanoUsd: 0n,
    heldNanoUsd: 0n,
  });
  expect(selling.upstream.received).toHaveLength(0);
});
