import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { LedgerBilling } from '../../src/billing/ledger-billing.ts';
import {
  blockStart,
  blockStop,
  messageStart,
  messageStop,
  textDelta,
} from '../support/event-stream.ts';
import type { CalledStream } from '../support/parallel-callers.ts';
import { ParallelCallers } from '../support/parallel-callers.ts';
import { upstreamYaml } from '../support/scripted-upstream.ts';
import { asked } from '../support/start-billed-gateway.ts';
import type { Customer, SellingGateway } from '../support/start-selling-gateway.ts';
import { startSellingGateway } from '../support/start-selling-gateway.ts';

/** DESIGN §7: a small wallet under many streams that may all be long. Nothing beyond it, and nearly all of it used. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

const ONE_USD = 1_000_000_000n;
const STREAMS = 1000;
const INPUT_TOKENS = 20;
const INPUT = BigInt(INPUT_TOKENS) * 3000n;
const TOKEN = 15_000n;
/** Of one token each. */
const WORDS_AN_EVENT = 5;
/** Some 5,000 tokens a second: no model is as fast. */
const EVENTS_AT_ONCE = 2;
const PAUSE_MS = 2;
/** All begin at once, in one process with both their ends: how soon each is heard is the machine's affair. */
const PATIENCE_MS = '600000';
const event = textDelta(' hello'.repeat(WORDS_AN_EVENT));
const begun = messageStart.replace(
  /"usage":\{[^}]*\}/,
  `"usage":{"input_tokens":${String(INPUT_TOKENS)},"output_tokens":1}`,
);

/** An upstream with its own count of what it produced. */
class CountingUpstream {
  /** Tokens of answers in full, and of those that were given up. */
  readonly completed: number[] = [];
  readonly cancelled: number[] = [];
  readonly #lengths: (ordinal: number) => number;
  #asked = 0;

  constructor(lengths: (ordinal: number) => number) {
    this.#lengths = lengths;
  }

  async answer(response: ServerResponse): Promise<void> {
    this.#asked += 1;
    const tokens = Math.ceil(this.#lengths(this.#asked) / WORDS_AN_EVENT) * WORDS_AN_EVENT;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(begun + blockStart);
    let written = 0;
    while (written < tokens) {
      await setTimeout(PAUSE_MS);
      if (response.destroyed) break;
      if (response.writableNeedDrain) continue;
      const events = Math.min(EVENTS_AT_ONCE, (tokens - written) / WORDS_AN_EVENT);
      response.write(event.repeat(events));
      written += events * WORDS_AN_EVENT;
    }
    if (response.destroyed) {
      this.cancelled.push(written);
      return;
    }
    const usage = `"usage":{"output_tokens":${String(tokens)}}`;
    response.end(`${blockStop}${messageDeltaOf(usage)}${messageStop}`);
    this.completed.push(tokens);
  }
}

function messageDeltaOf(usage: string): string {
  return `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},${usage}}\n\n`;
}

function codeOf({ status, text }: CalledStream): string {
  if (status === 200) return text.endsWith(messageStop) ? 'whole' : 'cut';
  return /"code":"(\w+)"/.exec(text)?.[1] ?? String(status);
}

function wordsIn({ text }: CalledStream): bigint {
  return BigInt(text.split(' hello').length - 1);
}

/** Looks at the wallet all the while. */
async function watched<Value>({ ledger }: SellingGateway, work: Promise<Value>): Promise<Value> {
  const over = new AbortController();
  const watching = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      const wallet = await ledger.wallet('acme');
      expect(wallet?.postedNanoUsd).toBeGreaterThanOrEqual(0n);
      expect(wallet?.availableNanoUsd).toBeGreaterThanOrEqual(0n);
      await setTimeout(5);
    }
  })();
  try {
    return await work;
  } finally {
    over.abort();
    await watching;
  }
}

/** What the books have of every answer, beside what its caller got. */
async function auditEach(
  { ledger }: SellingGateway,
  answers: readonly CalledStream[],
): Promise<{ readonly charged: bigint; readonly codes: ReadonlyMap<string, number> }> {
  let charged = 0n;
  const codes = new Map<string, number>();
  for (const answer of answers) {
    const code = codeOf(answer);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (answer.status !== 200) continue;
    const hold = await ledger.hold(String(answer.headers['x-quatrain-request-id']));
    const paid = hold?.chargedNanoUsd ?? 0n;
    charged += paid;
    const worth = INPUT + wordsIn(answer) * TOKEN;
    // In full, as reported; cut, for all that went out and the one event that could not.
    expect(paid).toBeGreaterThanOrEqual(worth);
    expect(paid).toBeLessThanOrEqual(code === 'whole' ? worth : worth + 10n * TOKEN);
    expect([hold?.state, hold?.absorbedNanoUsd]).toEqual(['settled', 0n]);
  }
  return { charged, codes };
}

async function startFor(producer: CountingUpstream): Promise<[SellingGateway, Customer]> {
  const selling = await startSellingGateway(
    (_request, response) => {
      void producer.answer(response);
    },
    {
      yaml: `timeouts: { headers_ms: ${PATIENCE_MS} }\n`,
      upstreamYaml: (url) => upstreamYaml(url, `    timeouts: { connect_ms: ${PATIENCE_MS} }\n`),
    },
  );
  cleanUp.push(() => selling.stop());
  const plan = { name: 'long', is_prepaid: true, attempts_max: 1 };
  await selling.gateway.order('/admin/v1/plans', plan);
  return [selling, await selling.sellTo('acme', { plan: 'long' })];
}

function callersOf({ gateway }: SellingGateway, { headers }: Customer): ParallelCallers {
  const { settling } = gateway.gateway.parts.walk;
  return new ParallelCallers({
    url: `${gateway.url}/v1/messages`,
    headers,
    body: JSON.stringify({ ...asked, max_tokens: 32_000, stream: true }),
    callers: STREAMS,
    comesBack: (answer) => codeOf(answer) === 'wallet_held',
    whenIdle: () => settling?.idle() ?? Promise.resolve(),
  });
}

const worthOf = (answers: readonly number[]): bigint =>
  answers.reduce((total, tokens) => total + INPUT + BigInt(tokens) * TOKEN, 0n);

describe('1,000 streams at once with max_tokens 32,000 on 1 USD', () => {
  test.each<[string, (ordinal: number) => number]>([
    ['short answers', (ordinal) => 10 + ((ordinal * 7919) % 120)],
    ['answers of every length', (ordinal) => 20 + ((ordinal * 7919) % 4000)],
    ['answers as long as they may be', () => 32_000],
  ])('%s: nothing beyond it, and 95 % of it is of use', async (_name, lengths) => {
    const producer = new CountingUpstream(lengths);
    const [selling, customer] = await startFor(producer);
    const answers = await watched(selling, callersOf(selling, customer).all());
    const [posted, held] = await customer.balance();
    const { charged, codes } = await auditEach(selling, answers);

    expect([held, posted]).toEqual([0n, ONE_USD - charged]);
    expect(posted).toBeGreaterThanOrEqual(0n);
    expect(charged).toBeGreaterThanOrEqual((ONE_USD * 95n) / 100n);
    const served = (codes.get('whole') ?? 0) + (codes.get('cut') ?? 0);
    expect(served + (codes.get('wallet_exhausted') ?? 0)).toBe(STREAMS);

    // What the upstream made, by its own count: of answers in full all was charged, to the nano.
    const { completed, cancelled } = producer;
    await expect.poll(() => completed.length + cancelled.length).toBe(served);
    const ofCut = charged - worthOf(completed);
    expect(ofCut).toBeGreaterThanOrEqual(0n);
    expect(ofCut).toBeLessThanOrEqual(worthOf(cancelled));
    const { billing } = selling.gateway.gateway.parts.walk;
    expect(billing instanceof LedgerBilling && billing.desk.counts.absorbedNanoUsd).toBe(0n);
    expect((await selling.ledger.verify()).problems).toEqual([]);
  });
});
