import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PriceClass, StoredPrice } from '../../src/catalog/price-store.ts';
import { plans } from '../../src/catalog/plans.ts';
import type { ReceivedRequest, Script } from '../support/scripted-upstream.ts';
import { answersWith } from '../support/start-billed-gateway.ts';
import { HeldAnswers } from '../support/held-answers.ts';
import type { Customer, SellingGateway } from '../support/start-selling-gateway.ts';
import { startSellingGateway } from '../support/start-selling-gateway.ts';

/** Wallet reference §13.F: prices, each as the wallet of an account with a plan of its own sees it. */

const ONE_USD = 1_000_000_000n;
const startedMs = Date.now();
/** Time for a gateway to start and be asked. */
const TURNS_AFTER_MS = 3000;

function price(planName: string, priceClass: PriceClass, nanoUsdPerMillion: bigint): StoredPrice {
  return {
    id: `price_${planName}_${priceClass}`,
    modelId: 'claude-sonnet-4-6',
    priceClass,
    nanoUsdPerMillion,
    tierFromInputTokens: 0,
    planName,
    effectiveFromMs: startedMs - 1000,
    effectiveToMs: undefined,
    source: 'test',
    createdBy: 'test',
    createdAtMs: startedMs,
  };
}

const prices: readonly StoredPrice[] = [
  price('m04', 'input', 37_500_000n),
  price('m06', 'output', 75_000_000_000n),
  price('m12', 'input', 1_000_000n),
];
const markups: Readonly<Record<string, number>> = { m03: 3000, m12: 1 };

let selling: SellingGateway;
let answer: Script = () => {};

beforeAll(async () => {
  selling = await startSellingGateway((...asking) => answer(...asking), {
    prepare: async (store) => {
      for (const name of ['m03', 'm04', 'm06', 'm12']) {
        const markupBasisPoints = markups[name] ?? 0;
        const plan = { ...plans.prepaid, name, markupBasisPoints };
        await store.plans.insert({ ...plan, createdAtMs: startedMs, modifiedAtMs: startedMs });
      }
      for (const row of prices) await store.prices.insert(row);
    },
  });
});
afterAll(() => selling.stop());
afterEach(() => {
  answer = () => {};
});

interface PriceCase {
  readonly name: string;
  readonly usage: object;
  readonly plan?: string;
  readonly more?: object;
  readonly charged: bigint;
}

const hourOfCache = {
  system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }],
};

const cases: readonly PriceCase[] = [
  {
    name: 'wallet M01 a read of 100,000, 50 in, 500 out',
    usage: { cache_read_input_tokens: 100_000, input_tokens: 50, output_tokens: 500 },
    charged: 37_650_000n,
  },
  {
    name: 'wallet M02 writes of both times',
    usage: {
      cache_creation_input_tokens: 12_000,
      cache_creation: { ephemeral_5m_input_tokens: 10_000, ephemeral_1h_input_tokens: 2000 },
      input_tokens: 10,
      output_tokens: 1,
    },
    charged: 49_545_000n,
  },
  {
    name: 'wallet M03 a markup of 3,000 basis points',
    plan: 'm03',
    usage: { input_tokens: 16, output_tokens: 264 },
    charged: 5_210_400n,
  },
  {
    name: 'wallet M04 half a nano-USD is rounded up',
    plan: 'm04',
    usage: { input_tokens: 3, output_tokens: 0 },
    charged: 113n,
  },
  {
    name: 'wallet M05 writes that are not told apart last as long as was asked for',
    usage: { cache_creation_input_tokens: 500, input_tokens: 0, output_tokens: 0 },
    more: hourOfCache,
    charged: 3_000_000n,
  },
  {
    name: 'wallet M06 200,000 tokens at 75 USD a million',
    plan: 'm06',
    usage: { input_tokens: 0, output_tokens: 200_000 },
    charged: 15_000_000_000n,
  },
  {
    name: 'wallet M12 a basis point on a nano-USD, rounded up once',
    plan: 'm12',
    usage: { input_tokens: 1, output_tokens: 0 },
    charged: 2n,
  },
];

interface AskedBeforeTurn {
  readonly waiting: HeldAnswers;
  readonly changing: SellingGateway;
  readonly customer: Customer;
  readonly turnMs: number;
  readonly running: ReturnType<Customer['post']>;
}

/** A request that is at its upstream before the price changes; where that was too late, with more time. */
async function askBeforeTurn(turnsAfterMs: number): Promise<AskedBeforeTurn> {
  const turnMs = Date.now() + turnsAfterMs;
  const waiting = new HeldAnswers(answersWith({ input_tokens: 1000, output_tokens: 0 }));
  const changing = await startSellingGateway(waiting.script, {
    prepare: async ({ prices: stored }) => {
      const before = price('prepaid', 'input', 3_000_000_000n);
      await stored.insert({ ...before, effectiveToMs: turnMs });
      const after = { ...price('prepaid', 'input', 9_000_000_000n), id: 'price_later' };
      await stored.insert({ ...after, effectiveFromMs: turnMs });
    },
  });
  const customer = await changing.sellTo('acme');
  const running = customer.post();
  await expect.poll(() => waiting.count).toBe(1);
  if (Date.now() < turnMs) return { waiting, changing, customer, turnMs, running };
  waiting.release();
  await running;
  await changing.stop();
  return askBeforeTurn(2 * turnsAfterMs);
}

describe('what a usage costs', () => {
  test.each(cases)('$name', async ({ name, usage, plan = 'prepaid', more, charged }) => {
    answer = answersWith(usage);
    const postedNanoUsd = 100n * ONE_USD;
    const customer = await selling.sellTo(name.slice(7, 10), { plan, postedNanoUsd });
    const { status, headers } = await customer.post(more);
    expect([status, headers['x-credits-charged']]).toEqual([200, String(charged)]);
    expect(await customer.balance()).toEqual([postedNanoUsd - charged, 0n]);
  });

  test('wallet M07 a price that changes under a request: the old one on hold and charge', async () => {
    const { waiting, changing, customer, turnMs, running } = await askBeforeTurn(TURNS_AFTER_MS);
    try {
      await expect.poll(() => Date.now(), { timeout: 60_000 }).toBeGreaterThan(turnMs);
      waiting.release();
      const { headers } = await running;
      expect(headers['x-credits-charged']).toBe('3000000');
      const later = customer.post();
      await expect.poll(() => waiting.count).toBe(1);
      waiting.release();
      const next = (await later).headers;
      expect(next['x-credits-charged']).toBe('9000000');
      expect(next['x-credits-price-version']).not.toBe(headers['x-credits-price-version']);
      expect(Number(next['x-credits-held'])).toBeGreaterThan(Number(headers['x-credits-held']));
      expect(await customer.balance()).toEqual([ONE_USD - 12_000_000n, 0n]);
    } finally {
      await changing.stop();
    }
  });

  test('wallet M08 no price: 503, and no upstream is asked', async () => {
    await selling.gateway.order('/admin/v1/plans', { name: 'any-model', is_prepaid: true });
    const customer = await selling.sellTo('M08', { plan: 'any-model' });
    const asked = selling.upstream.received.length;
    const refused = await customer.post({ model: 'claude-of-next-year' });
    expect([refused.status, selling.upstream.received.length]).toEqual([503, asked]);
    expect(JSON.parse(refused.body.toString())).toMatchObject({
      error: { code: 'price_unavailable' },
    });
    expect(await customer.balance()).toEqual([ONE_USD, 0n]);
  });
});

/** What a request asks its upstream to report; the upstream of this file does as it is told. */
function reportsWhatIsAsked({ body }: ReceivedRequest): object {
  const [message] = (JSON.parse(body.toString()) as { messages: { content: string }[] }).messages;
  return JSON.parse(message?.content ?? '{}') as object;
}

async function ask(customer: Customer, usage: object): Promise<bigint> {
  const { status, headers } = await customer.post({
    messages: [{ role: 'user', content: JSON.stringify(usage) }],
  });
  expect(status).toBe(200);
  return BigInt(String(headers['x-credits-charged']));
}

const REQUESTS = 600;
const AT_ONCE = 30;

test('wallet M10 requests of every kind: the charges are the books are the exports, to the nano', async () => {
  answer = (request, response, raw) => {
    answersWith(reportsWhatIsAsked(request))(request, response, raw);
  };
  const postedNanoUsd = 1000n * ONE_USD;
  const customer = await selling.sellTo('M10', { plan: 'm03', postedNanoUsd });
  const tokens = fc.nat({ max: 5000 });
  const usages = fc.sample(
    fc.record({
      input_tokens: tokens,
      output_tokens: tokens,
      cache_read_input_tokens: tokens,
      cache_creation_input_tokens: tokens,
    }),
    { numRuns: REQUESTS, seed: 13 },
  );
  let charged = 0n;
  for (let at = 0; at < REQUESTS; at += AT_ONCE) {
    const batch = usages.slice(at, at + AT_ONCE).map((usage) => ask(customer, usage));
    for (const amount of await Promise.all(batch)) charged += amount;
  }
  const expected = usages.reduce((sum, usage) => sum + costOf(usage), 0n);
  expect(charged).toBe(expected);
  expect(await customer.balance()).toEqual([postedNanoUsd - charged, 0n]);
  const exported = async (name: string, sum: string): Promise<string> => {
    const { json } = await selling.gateway.ask('GET', `/admin/v1/exports/${name}/json?account=M10`);
    const { totals } = json as { totals?: Readonly<Record<string, string>> };
    return totals?.[sum] ?? '';
  };
  expect(await exported('transactions', 'amount_nano')).toBe(String(postedNanoUsd - charged));
  await expect.poll(() => exported('requests', 'charged_nano')).toBe(String(charged));
  const audit = await selling.ledger.verify();
  expect(audit.problems).toEqual([]);
});

/** By the list of the wallet reference §11 with a markup of 3,000 basis points, in a formula of its own. */
function costOf(usage: Readonly<Record<string, number>>): bigint {
  const rates: Readonly<Record<string, number>> = {
    input_tokens: 3000,
    output_tokens: 15_000,
    cache_read_input_tokens: 300,
    cache_creation_input_tokens: 3750,
  };
  const plain = Object.entries(usage).reduce(
    (sum, [name, count]) => sum + BigInt(count) * BigInt(rates[name] ?? 0),
    0n,
  );
  return (plain * 13n + 9n) / 10n;
}
