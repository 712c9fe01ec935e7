import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChargeRecord } from '../../src/billing/charge-record.ts';
import { encodeCharge } from '../../src/billing/charge-record.ts';
import { requestRow } from '../../src/store/sqlite-request-log.ts';
import type { RequestRecord } from '../../src/telemetry/request-log.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';

/** What was used and what was paid for it: wallet reference §13 L09, L10 and L14, and exports. */

let gateway: AdministeredGateway;

beforeAll(async () => {
  // Rows of long ago are looked at here, and must not be deleted meanwhile.
  gateway = await startAdministeredGateway(
    'plan: prepaid\nrequest_log: { retention_days: 36500 }\n',
  );
});

afterAll(async () => {
  await gateway.stop();
});

const logged: RequestRecord = {
  requestId: 'req_1',
  startedAtMs: 0,
  keyId: 'key1',
  dialect: 'messages',
  operation: 'messages.create',
  model: 'claude-sonnet-4-6',
  upstream: 'emulator',
  status: 200,
  errorCode: undefined,
  isStream: false,
  usage: { inputTokens: 87, outputTokens: 24 },
  usageIsFinal: true,
  requestBytes: 1,
  responseBytes: 1,
  firstByteMs: 1,
  totalMs: 1,
  account: 'logged',
  attempts: 1,
  money: {
    costNanoUsd: 621_000n,
    chargedNanoUsd: 621_000n,
    usageSource: 'reported',
    priceVersion: 'pv_1',
  },
};

async function log(...changes: readonly Partial<RequestRecord>[]): Promise<void> {
  await gateway.withStore(async ({ writer }) => {
    const rows = changes.map((change) => requestRow({ ...logged, ...change }));
    for (const row of rows) await writer.write({ statement: 'insertRequest', rows: [row] });
  });
}

const usage = '/admin/v1/usage';

describe('usage', () => {
  test('L09 a request of 15:30 UTC is of the next day in Tokyo', async () => {
    const startedAtMs = Date.parse('2026-03-10T15:30:00Z');
    await log({ requestId: 'req_l09', account: 'l09', startedAtMs });
    const asked = `${usage}?from=2026-03-10&to=2026-03-11&group_by=day&account=l09`;
    const tokyo = await gateway.ask('GET', `${asked}&tz=Asia/Tokyo`);
    const utc = await gateway.ask('GET', asked);
    expect(tokyo.json['data']).toMatchObject([{ by: { day: '2026-03-11' }, requests: 1 }]);
    expect(utc.json['data']).toMatchObject([{ by: { day: '2026-03-10' }, requests: 1 }]);
  });

  test('groups have sums that are exact, however large', async () => {
    const startedAtMs = Date.parse('2026-04-01T00:00:00Z');
    const money = { ...logged.money, chargedNanoUsd: 4_503_599_627_370_497n };
    await log(
      {
        requestId: 'req_s1',
        account: 'sums',
        startedAtMs,
        money: { ...priced(money), costNanoUsd: 4_503_599_627_370_497n },
      },
      {
        requestId: 'req_s2',
        account: 'sums',
        startedAtMs,
        money: { ...priced(money), costNanoUsd: 4_503_599_627_370_497n },
      },
      {
        requestId: 'req_s3',
        account: 'sums',
        startedAtMs,
        money: { ...priced(money), costNanoUsd: undefined, chargedNanoUsd: 0n },
      },
      {
        requestId: 'req_s4',
        account: 'sums',
        startedAtMs,
        status: 529,
        errorCode: 'overloaded',
        dialect: 'chat-completions',
      },
    );
    const asked = `${usage}?from=2026-04-01&to=2026-04-01&account=sums&group_by=form,model,key,account,upstream`;
    const { json } = await gateway.ask('GET', asked);
    expect(json['data']).toMatchObject([
      { by: { form: 'chat-completions' }, requests: 1, failed: 1 },
      {
        by: { form: 'messages', model: 'claude-sonnet-4-6', key: 'key1', account: 'sums' },
        requests: 3,
        input_tokens: '261',
        cost_nano: '9007199254740994',
        charged_nano: '9007199254740994',
        unknown_costs: 1,
      },
    ]);
  });

  test.each([
    ['from=2026-01-01&to=2026-04-03', 'to'],
    ['from=2026-01-02&to=2026-01-01', 'to'],
    ['from=2026-01-01&to=2026-01-02&tz=Mars/Base', 'tz'],
    ['from=2026-01-01&to=2026-01-02&group_by=day,mood', 'group_by.1'],
    ['from=yesterday&to=2026-01-02', 'from'],
    ['from=2026-01-01&to=2026-01-02&day=1', 'day'],
    ['from=2026-01-01&from=2026-01-01&to=2026-01-02', 'from'],
  ])('%s is refused', async (query, param) => {
    const { status, json } = await gateway.ask('GET', `${usage}?${query}`);
    expect([status, json]).toMatchObject([400, { error: { param } }]);
  });

  test('92 days are the most', async () => {
    const { status } = await gateway.ask('GET', `${usage}?from=2026-01-01&to=2026-04-02`);
    expect(status).toBe(200);
  });
});

function priced(
  money: Partial<NonNullable<RequestRecord['money']>>,
): NonNullable<RequestRecord['money']> {
  return {
    costNanoUsd: 0n,
    chargedNanoUsd: 0n,
    usageSource: 'reported',
    priceVersion: 'pv_1',
    ...money,
  };
}

describe('requests', () => {
  test('L10 failed calls are listed, at a cost of 0', async () => {
    const account = 'l10';
    await gateway.order('/admin/v1/accounts', { id: account, name: account, plan: 'prepaid' });
    await gateway.order(`/admin/v1/wallets/${account}/open`);
    const key = await gateway.makeKey({ kind: 'inference', account });
    const headers = { 'anthropic-version': '2023-06-01' };
    const bad = await gateway.ask('POST', '/v1/messages', { key, headers, body: '{"model":1}' });
    expect(bad.status).toBe(400);
    const body = {
      model: 'claude-sonnet-4-6',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'x' }],
    };
    const poor = await gateway.ask('POST', '/v1/messages', { key, headers, body });
    expect(poor.status).toBe(402);
    const { json } = await gateway.ask('GET', '/v1/requests', { key });
    expect(json['data']).toMatchObject([
      { http_status: 402, cost_nano: '0', charged_nano: '0' },
      { http_status: 400, cost_nano: '0', charged_nano: '0' },
    ]);
    const one = await gateway.ask('GET', `/v1/requests/${String(poor.headers['request-id'])}`, {
      key,
    });
    expect(one.json).toMatchObject({ account, http_status: 402, cost_nano: '0' });
  });

  test('pages of a list have every request once, also where new ones come in between', async () => {
    const ids = Array.from({ length: 7 }, (_, index) => `req_page_${String(index)}`);
    await log(...ids.map((requestId) => ({ requestId, account: 'pages', startedAtMs: 1000 })));
    const seen: unknown[] = [];
    let cursor = '';
    for (let page = 0; page < 10; page += 1) {
      const more = cursor === '' ? '' : `&cursor=${cursor}`;
      const { json } = await gateway.ask('GET', `/admin/v1/requests?account=pages&limit=3${more}`);
      seen.push(...(json['data'] as readonly { id: string }[]).map(({ id }) => id));
      await log({ requestId: `req_late_${String(page)}`, account: 'pages', startedAtMs: 2000 });
      if (json['next_cursor'] === null) break;
      cursor = textIn(json, 'next_cursor');
    }
    expect(seen).toEqual(ids.toReversed());
  });
});

const charge: ChargeRecord = {
  outcome: 'answered',
  usage: { inputTokens: 1 },
  usageSource: 'reported',
  model: 'claude-sonnet-4-6',
  priceVersion: 'pv_1',
  markupBasisPoints: 0,
  costNanoUsd: 7_000_003n,
  lines: [
    { priceClass: 'input', count: 10, nanoUsd: 3_000_001n },
    { priceClass: 'output', count: 5, nanoUsd: 4_000_002n },
  ],
};

describe('invoices', () => {
  async function pay(
    account: string,
    requestId: string,
    {
      at,
      amount = 7_000_003n,
      record = charge,
    }: { at: string; amount?: bigint; record?: ChargeRecord },
  ): Promise<void> {
    const atMs = Date.parse(at);
    await gateway.withStore(async ({ ledger }) => {
      await ledger.openHold({
        holdId: requestId,
        settlementKey: requestId,
        account,
        keyId: 'key1',
        amountNanoUsd: amount,
        isPrepaid: true,
        budgets: [],
        owner: 'test',
        expiresAtMs: atMs + 1000,
        atMs,
        memo: '{}',
      });
      await ledger.settle({
        holdId: requestId,
        amountNanoUsd: amount,
        attempt: 1,
        upstreamCosts: [],
        charge: encodeCharge(record),
        atMs,
      });
    });
  }

  test('L14 lines add up to the nano, and cents are made once, of the whole', async () => {
    await gateway.order('/admin/v1/accounts', { id: 'l14', name: 'l14', plan: 'prepaid' });
    await gateway.order('/admin/v1/wallets/l14/open');
    await gateway.order('/admin/v1/wallets/l14/top-ups', {
      amount_nano: '1000000000',
      reason: 'paid',
    });
    await pay('l14', 'req_l14_1', { at: '2026-05-01T00:00:00Z' });
    await pay('l14', 'req_l14_2', { at: '2026-05-31T23:59:59Z' });
    await pay('l14', 'req_l14_3', { at: '2026-06-01T00:00:00Z' });
    await pay('l14', 'req_l14_4', {
      at: '2026-06-02T00:00:00Z',
      amount: 5_000_000n,
      record: { ...charge, priceVersion: 'pv_2' },
    });
    const may = await gateway.ask('GET', '/admin/v1/accounts/l14/invoices/2026-05');
    expect(may.json).toEqual({
      account: 'l14',
      month: '2026-05',
      lines: [
        line('input', 'pv_1', { requests: 2, count: '20', amount: '6000002' }),
        line('output', 'pv_1', { requests: 2, count: '10', amount: '8000004' }),
      ],
      total_nano: '14000006',
      carried_in_nano: '0',
      total_cents: '1',
      carried_out_nano: '4000006',
    });
    const june = await gateway.ask('GET', '/admin/v1/accounts/l14/invoices/2026-06');
    expect(june.json).toMatchObject({
      lines: [
        line('input', 'pv_1', { requests: 1, count: '10', amount: '3000001' }),
        line('output', 'pv_1', { requests: 1, count: '5', amount: '4000002' }),
        line('input', 'pv_2', { requests: 1, count: '10', amount: '3000001' }),
        line('output', 'pv_2', { requests: 1, count: '5', amount: '4000002' }),
        line('absorbed', 'pv_2', { requests: 1, count: '1', amount: '-2000003' }),
      ],
      total_nano: '12000003',
      carried_in_nano: '4000006',
      total_cents: '1',
      carried_out_nano: '6000009',
    });
    const key = await gateway.makeKey({ kind: 'inference', account: 'l14' });
    const own = await gateway.ask('GET', '/v1/invoices/2026-05', { key });
    expect(own.json).toEqual(may.json);
    const other = await gateway.makeKey({ kind: 'inference', account: 'l09' });
    const none = await gateway.ask('GET', '/v1/invoices/2026-05', { key: other });
    expect(none.json).toMatchObject({ account: 'l09', lines: [], total_nano: '0' });
  });

  function line(
    priceClass: string,
    version: string,
    { requests, count, amount }: { requests: number; count: string; amount: string },
  ): object {
    return {
      model: 'claude-sonnet-4-6',
      class: priceClass,
      price_version: version,
      requests,
      count,
      amount_nano: amount,
    };
  }
});

describe('exports', () => {
  test('what a spreadsheet would calculate is text', async () => {
    await gateway.order('/admin/v1/accounts', { id: 'sheet', name: 'sheet' });
    await gateway.order('/admin/v1/wallets/sheet/open');
    const reasons = ['=1+1', '+cmd|calc', '-2+3', '@sum(1)', 'plain, "quoted"'];
    for (const [index, reason] of reasons.entries()) {
      await gateway.order('/admin/v1/wallets/sheet/top-ups', {
        amount_nano: String(index + 1),
        reason,
      });
    }
    const { text, headers } = await gateway.ask(
      'GET',
      '/admin/v1/exports/transactions/csv?account=sheet',
    );
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const notes = text
      .trim()
      .split('\r\n')
      .map((row) => /,,,(.*)$/.exec(row)?.[1]);
    const wanted = ['"plain, ""quoted"""', "'@sum(1)", "'-2+3", "'+cmd|calc", "'=1+1"];
    expect(notes).toEqual([undefined, ...wanted]);
  });

  test('an export has every row, page by page, and sums that are exact', async () => {
    const changes = Array.from({ length: 2100 }, (_, index) => ({
      requestId: `req_export_${String(index)}`,
      account: 'export',
      startedAtMs: index,
      money: priced({ costNanoUsd: 9_007_199_254_740n, chargedNanoUsd: 1n }),
    }));
    await gateway.withStore(({ writer }) =>
      writer.write({
        statement: 'insertRequest',
        rows: changes.map((change) => requestRow({ ...logged, ...change })),
      }),
    );
    const { text } = await gateway.ask('GET', '/admin/v1/exports/requests/json?account=export');
    const parsed = JSON.parse(text) as { data: readonly { id: string }[]; totals: object };
    expect(new Set(parsed.data.map(({ id }) => id)).size).toBe(2100);
    expect(parsed.totals).toEqual({
      cost_nano: String(9_007_199_254_740n * 2100n),
      charged_nano: '2100',
    });
    const csv = await gateway.ask('GET', '/admin/v1/exports/requests/csv?account=export');
    expect(csv.text.trim().split('\r\n')).toHaveLength(2101);
    const asked = 'from=1970-01-01&to=1970-01-01&group_by=model&account=export';
    const summed = await gateway.ask('GET', `/admin/v1/exports/usage/csv?${asked}`);
    expect(summed.text).toContain(`,${String(9_007_199_254_740n * 2100n)},2100,`);
  });
});
