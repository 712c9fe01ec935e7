import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import {
  blockStart,
  blockStop,
  closing,
  errorOf,
  messageStart,
  messageStop,
  textDelta,
  wholeStream,
} from '../support/event-stream.ts';
import { callAndLeave } from '../support/leaving-caller.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { Script } from '../support/scripted-upstream.ts';
import { SONNET } from '../support/run-workers-ai.ts';
import { answersWith, asked, inTurn, streams } from '../support/start-billed-gateway.ts';
import type { Customer, SellingGateway, SellingOptions } from '../support/start-selling-gateway.ts';
import { startSellingGateway } from '../support/start-selling-gateway.ts';

/** Reliability §1.4: how gateways lose count of money. How requests end, and what is reported of them. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function start(script: Script, options: SellingOptions = {}): Promise<SellingGateway> {
  const selling = await startSellingGateway(script, options);
  cleanUp.push(() => selling.stop());
  return selling;
}

const ONE_USD = 1_000_000_000n;
const TOKEN = 15_000n;
const INPUT = 11n * 3000n + 3n * 300n;
/** Of `wholeStream`. */
const WHOLE = INPUT + 42n * TOKEN;

interface Form {
  readonly path: string;
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  readonly body: object;
  /** What a stream of it ends with. */
  readonly end: string;
}

const bearer = (key: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key}`,
  'content-type': 'application/json',
});
const { model: _model, ...inputs } = asked;
const forms: readonly (readonly [string, Form])[] = [
  ['Messages', { path: '/v1/messages', headers: bearer, body: asked, end: 'event: message_stop' }],
  [
    'Chat Completions',
    { path: '/v1/chat/completions', headers: bearer, body: asked, end: 'data: [DONE]' },
  ],
  [
    'Workers AI',
    {
      path: `/client/v4/accounts/a/ai/run/${SONNET}`,
      headers: bearer,
      body: inputs,
      end: 'event: message_stop',
    },
  ],
];

/** Asks for a stream in a form, and hangs up once it has said so much. */
function leave(
  { gateway }: SellingGateway,
  { key }: Customer,
  { form, leavesAt }: { readonly form: Form; readonly leavesAt: (text: string) => boolean },
): Promise<string> {
  return callAndLeave({
    url: `${gateway.url}${form.path}`,
    headers: { ...form.headers(key), 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ ...form.body, stream: true }),
    leavesAt,
  });
}

/** Says 60 words and waits until the gateway gives up. */
const words = Array.from({ length: 60 }, () => textDelta(' hello')).join('');
function begins(events: { cut: number }): Script {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(messageStart + blockStart + words);
    response.on('close', () => {
      events.cut += Number(!response.writableFinished);
    });
  };
}
const heardAll = (text: string): boolean => (text.match(/ hello/g) ?? []).length === 60;

describe('callers who leave', () => {
  test.each(forms)(
    'M8 M9 in the form %s: the input and the words they got, not one token',
    async (_name, form) => {
      const events = { cut: 0 };
      const selling = await start(begins(events));
      const customer = await selling.sellTo('acme');
      await leave(selling, customer, { form, leavesAt: heardAll });
      await expect.poll(() => events.cut).toBe(1);
      const [posted, held] = await customer.balance();
      const output = Number(ONE_USD - posted - INPUT) / Number(TOKEN);
      expect([held, output >= 58 && output <= 70]).toEqual([0n, true]);
      const [usage] = await selling.ledger.transactions('acme', { limit: 1 });
      const hold = await selling.ledger.hold(String(usage?.requestId));
      expect(JSON.parse(hold?.charge ?? '{}')).toMatchObject({ usage_source: 'estimated' });
    },
  );

  test.each(forms)(
    'M11 in the form %s, right after the end: every one of 20 is charged in full',
    async (_name, form) => {
      const selling = await start(streams(wholeStream));
      const customer = await selling.sellTo('acme');
      const leavesAt = (text: string): boolean => text.includes(form.end);
      await Promise.all(
        Array.from({ length: 20 }, () => leave(selling, customer, { form, leavesAt })),
      );
      await expect
        .poll(() => customer.balance(), { timeout: 8000 })
        .toEqual([ONE_USD - 20n * WHOLE, 0n]);
    },
  );

  test('M8 of an answer in one piece that is on its way: no hold is left behind', async () => {
    let asking = 0;
    const selling = await start(() => {
      asking += 1;
    });
    const customer = await selling.sellTo('acme');
    const leaving = new AbortController();
    const left = fetch(`${selling.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: customer.headers,
      body: JSON.stringify(asked),
      signal: leaving.signal,
    }).catch(() => 'left');
    await expect.poll(() => asking).toBe(1);
    leaving.abort();
    expect(await left).toBe('left');
    await expect.poll(async () => (await customer.wallet()).heldNanoUsd).toBe(0n);
    const transfers = await selling.ledger.transactions('acme', { limit: 10 });
    expect(transfers.map(({ kind }) => kind)).toEqual(['top_up']);
  });
});

/** Stream and one piece that report this. */
function reports(usage: string): Readonly<Record<'stream' | 'piece', Script>> {
  const ended = closing.replace(/"usage":\{.*\}\}/, `"usage":${usage}}`);
  const piece: Script = (_request, response) => {
    const text = '{"type":"text","text":"Hello there."}';
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      `{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-6","content":[${text}],"stop_reason":"end_turn","stop_sequence":null,"usage":${usage}}`,
    );
  };
  const begun = messageStart.replace(/"usage":\{[^}]*\}/, '"usage":{"output_tokens":1}');
  return { stream: streams(begun + blockStart + textDelta('Hello there.') + ended), piece };
}

const ways = ['stream', 'piece'] as const;

describe('what upstreams report', () => {
  test.each(ways)('M10 zeros are what they say, in one %s', async (way) => {
    const selling = await start(reports('{"input_tokens":0,"output_tokens":0}')[way]);
    const customer = await selling.sellTo('acme');
    expect((await customer.post({ stream: way === 'stream' })).status).toBe(200);
    expect(await customer.balance()).toEqual([ONE_USD, 0n]);
  });

  test.each(ways)(
    'M10 no output is no output: the input alone is charged, in one %s',
    async (way) => {
      const selling = await start(reports('{"input_tokens":100,"output_tokens":0}')[way]);
      const customer = await selling.sellTo('acme');
      expect((await customer.post({ stream: way === 'stream' })).status).toBe(200);
      expect(await customer.balance()).toEqual([ONE_USD - 300_000n, 0n]);
    },
  );

  test('M13 no usage at the end of a stream: what was written is charged, the rest goes back', async () => {
    const begun = messageStart.replace(/,"usage":\{[^}]*\}/, '') + blockStart + words;
    const ended = blockStop + closing.split(blockStop)[1]?.replace(/,"usage":\{.*\}\}/, '}');
    const selling = await start(streams(begun + ended));
    const customer = await selling.sellTo('acme');
    const answer = await customer.post({ stream: true });
    expect(answer.body.toString().endsWith(messageStop)).toBe(true);
    const [posted] = await customer.balance();
    const charged = ONE_USD - posted;
    expect(charged).toBeGreaterThan(58n * TOKEN);
    expect(charged).toBeLessThan(BigInt(String(answer.headers['x-credits-held'])) / 2n);
  });

  const absurd = [
    '{"input_tokens":-5000000,"output_tokens":-5000000}',
    '{"input_tokens":9223372036854775808,"output_tokens":1}',
    '{"input_tokens":10,"output_tokens":18446744073709551615}',
    '{"input_tokens":1e308,"output_tokens":1e308}',
    '{"input_tokens":1.5,"output_tokens":"12"}',
    '{"input_tokens":10,"output_tokens":9007199254740991}',
    '{"input_tokens":10,"output_tokens":1,"cache_read_input_tokens":-99999999999}',
    '{"input_tokens":10,"output_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":-9e15}}',
    '{"input_tokens":10,"output_tokens":1,"server_tool_use":{"web_search_requests":-1000000}}',
  ];
  test.each(absurd.flatMap((usage) => ways.map((way) => [usage, way] as const)))(
    'M14 %s in one %s is no credit, and takes no more than was held',
    async (usage, way) => {
      const selling = await start(reports(usage)[way]);
      const customer = await selling.sellTo('acme');
      const answer = await customer.post({ stream: way === 'stream' });
      expect(answer.status).toBe(200);
      const [posted, held] = await customer.balance();
      const charged = ONE_USD - posted;
      expect(held).toBe(0n);
      expect(charged).toBeGreaterThanOrEqual(0n);
      expect(charged).toBeLessThanOrEqual(BigInt(String(answer.headers['x-credits-held'])));
      expect((await selling.ledger.verify()).problems).toEqual([]);
    },
  );

  test('M14 no order of ours makes money out of an overflow', async () => {
    const selling = await start(streams(wholeStream));
    const customer = await selling.sellTo('acme');
    const amounts = ['-1', '0', '9223372036854775807', '9223372036854775808', '1e30', '1.5', ''];
    for (const [at, amount_nano] of amounts.entries()) {
      for (const way of ['top-ups', 'refunds', 'adjustments']) {
        const body = {
          amount_nano,
          reason: 'x',
          ...(way === 'top-ups' ? {} : { ticket: 'T' }),
          ...(way === 'adjustments' ? { direction: 'in' } : {}),
        };
        const headers = { 'idempotency-key': `overflow-${String(at)}-${way}` };
        const path = `/admin/v1/wallets/acme/${way}`;
        const { status } = await selling.gateway.ask('POST', path, { body, headers });
        expect([amount_nano, way, status >= 400 && status < 500]).toEqual([amount_nano, way, true]);
      }
    }
    const huge = await customer.post({ max_tokens: Number.MAX_SAFE_INTEGER });
    expect([huge.status, selling.upstream.received.length]).toEqual([400, 0]);
    expect(await customer.balance()).toEqual([ONE_USD, 0n]);
  });
});

/** What the attempts of the requests so far cost whoever runs the gateway, in their order. */
function costsOf({ gateway }: SellingGateway): readonly unknown[] {
  const books = new DatabaseSync(join(gateway.dataDir, 'quatrain.db'), { readOnly: true });
  const rows = books.prepare(
    `SELECT amount_nano FROM ledger_transfers
     WHERE attempt IS NOT NULL AND debit_account NOT LIKE 'wallet:%' ORDER BY attempt`,
  );
  rows.setReadBigInts(true);
  const costs = rows.all().map((row) => row['amount_nano']);
  books.close();
  return costs;
}

describe('what is done more than once', () => {
  test('M12 a batch is billed once an item, however often anybody looks, also where nobody does', async () => {
    const selling = await start(answersWith({ input_tokens: 87, output_tokens: 24 }), {
      upstreamYaml: (url) =>
        `upstreams:\n  scripted:\n    kind: anthropic\n    base_url: ${url}\n    auth: none\n`,
    });
    const customer = await selling.sellTo('acme');
    const { headers } = customer;
    const at = `${selling.gateway.url}/v1/messages/batches`;
    const ask = (path = '', body?: string): Promise<RawAnswer> =>
      sendRaw(`${at}${path}`, { headers, ...(body === undefined ? {} : { body }) });
    const requests = (name: string): string =>
      JSON.stringify({
        requests: Array.from({ length: 10 }, (_, item) => ({
          custom_id: `${name}-${String(item)}`,
          params: asked,
        })),
      });
    const made = await ask('', requests('watched'));
    expect(made.status).toBe(200);
    const { id } = JSON.parse(made.body.toString()) as { readonly id: string };
    const status = async (): Promise<unknown> =>
      (JSON.parse((await ask(`/${id}`)).body.toString()) as { processing_status: unknown })
        .processing_status;
    expect((await ask('/msgbatch_none')).status).toBe(404);
    await expect.poll(status, { timeout: 10_000 }).toBe('ended');
    const one = 621_000n / 2n;
    expect(await customer.balance()).toEqual([ONE_USD - 10n * one, 0n]);
    for (let look = 0; look < 5; look += 1) {
      expect([(await ask(`/${id}`)).status, (await ask(`/${id}/results`)).status]).toEqual([
        200, 200,
      ]);
    }
    expect(await customer.balance()).toEqual([ONE_USD - 10n * one, 0n]);
    expect((await ask('', requests('unwatched'))).status).toBe(200);
    await expect
      .poll(() => customer.balance(), { timeout: 10_000 })
      .toEqual([ONE_USD - 20n * one, 0n]);
  });

  const loser = messageStart.replace('"input_tokens":11', '"input_tokens":90000');
  const said = 90_000n * 3000n + 3n * 300n + TOKEN;
  test.each<[string, Script, bigint | undefined]>([
    ['an error', streams(loser + errorOf('overloaded_error', 'Overloaded')), said],
    ['its end', streams(loser), said],
    ['its connection', (_request, response) => response.socket?.resetAndDestroy(), undefined],
  ])('M17 the attempt that lost by %s is ours to pay', async (_name, first, cost) => {
    const selling = await start(inTurn(first, streams(wholeStream)));
    const customer = await selling.sellTo('acme');
    const answer = await customer.post({ stream: true });
    expect([answer.status, selling.upstream.received.length]).toEqual([200, 2]);
    expect(await customer.balance()).toEqual([ONE_USD - WHOLE, 0n]);
    const { transfers, problems } = await selling.ledger.verify();
    // The top-up, the charge, and what two attempts cost us.
    expect([transfers, problems]).toEqual([4, []]);
    const costs = costsOf(selling);
    // Of a connection that broke nobody knows what it cost: what such a request likely does.
    expect(costs).toEqual([cost ?? costs[0], WHOLE]);
    expect(costs[0]).toBeGreaterThan(0n);
  });

  test('M17 every attempt that lost is ours where none of them wins', async () => {
    const selling = await start(streams(loser));
    const customer = await selling.sellTo('acme');
    const answer = await customer.post({ stream: true });
    expect([answer.status >= 500, selling.upstream.received.length]).toEqual([true, 3]);
    expect(await customer.balance()).toEqual([ONE_USD, 0n]);
  });
});
