import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/std/json.ts';
import { isJsonObject } from '../../src/std/json.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';

/** Keys, wallets and prices by the admin API: wallet reference §13, as far as an operator is concerned. */

let gateway: AdministeredGateway;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
  await gateway.order('/admin/v1/accounts', { id: 'acme', name: 'Acme', plan: 'prepaid' });
  await gateway.order('/admin/v1/wallets/acme/open');
});

afterAll(async () => {
  await gateway.stop();
});

const topUp = { amount_nano: '1000000000', reason: 'bank transfer' };
const call = JSON.stringify({
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
});

async function balance(account: string): Promise<{ posted: bigint; held: bigint }> {
  const { json } = await gateway.ask('GET', `/admin/v1/wallets/${account}`);
  return { posted: BigInt(textIn(json, 'posted_nano')), held: BigInt(textIn(json, 'held_nano')) };
}

function rows(json: JsonObject): readonly JsonObject[] {
  const { data } = json;
  if (!Array.isArray(data)) throw new Error('a list has data');
  return (data as readonly JsonValue[]).filter((row) => isJsonObject(row));
}

async function openAccount(id: string): Promise<void> {
  await gateway.order('/admin/v1/accounts', { id, name: id, plan: 'prepaid' });
  await gateway.order(`/admin/v1/wallets/${id}/open`);
}

describe('keys', () => {
  test('K06 the secret of a key is in the reply that makes it and nowhere else', async () => {
    const made = await gateway.order('/admin/v1/keys', { name: 'app', account: 'acme' });
    const key = textIn(made, 'key');
    expect(key).toMatch(/^qtn_live_[0-9A-Za-z]{59}$/);
    const { json, text } = await gateway.ask('GET', `/admin/v1/keys/${textIn(made, 'id')}`);
    expect(text).not.toContain(key.slice(-20));
    expect(json).toMatchObject({ prefix: key.slice(0, 19), last4: key.slice(-4) });
    const audit = await gateway.ask('GET', '/admin/v1/audit-log');
    expect(audit.text).not.toContain(key.slice(19, 40));
    const files = readdirSync(gateway.dataDir).filter((name) => name.startsWith('quatrain.db'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      expect(readFileSync(join(gateway.dataDir, name)).includes(key.slice(19, 40))).toBe(false);
    }
    expect(gateway.logLines.join('\n')).not.toContain(key.slice(19, 40));
  });

  test('a key that was ordered with an idempotency key is shown again to the same order', async () => {
    const asking = {
      body: { name: 'once', account: 'acme' },
      headers: { 'idempotency-key': 'one-key' },
    };
    const first = await gateway.ask('POST', '/admin/v1/keys', asking);
    const again = await gateway.ask('POST', '/admin/v1/keys', asking);
    expect(first.status).toBe(201);
    expect(again.json).toEqual(first.json);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const other = await gateway.ask('POST', '/admin/v1/keys', {
      ...asking,
      body: { name: 'another', account: 'acme' },
    });
    expect([other.status, other.json]).toMatchObject([
      422,
      { error: { code: 'idempotency_key_reused' } },
    ]);
  });

  test.each([
    ['10.0.0.0/33', 'allowed_cidrs'],
    ['fe80::/129', 'allowed_cidrs'],
    ['office', 'allowed_cidrs'],
  ])('K16 the range %s is refused, with the place', async (range, param) => {
    const body = { name: 'app', account: 'acme', allowed_cidrs: [range] };
    const { status, json } = await gateway.ask('POST', '/admin/v1/keys', { body });
    expect([status, json]).toMatchObject([400, { error: { param } }]);
  });

  test.each([
    [{ name: 'a', scope: ['messages'] }, 'scope'],
    [{ name: 'a', scopes: ['everything'] }, 'scopes.0'],
    [{ name: 'a', budget: { limit_nano: 5, period: 'day' } }, 'budget.limit_nano'],
    [{ name: 'a', budget: { limit_nano: '5', period: 'hour' } }, 'budget.period'],
    [{ name: 'a', rate: { concurrency: 0 } }, 'rate.concurrency'],
    [{ name: 'a', account: 'nobody' }, 'account'],
    [{ name: 'a', expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
    [{}, 'name'],
  ])('what is wrong with %j is said with its path', async (body, param) => {
    const { status, json } = await gateway.ask('POST', '/admin/v1/keys', { body });
    expect([status, json]).toMatchObject([400, { error: { param } }]);
  });

  test('K20 a management key calls no model, and an inference key manages nothing', async () => {
    const management = await gateway.makeKey({ kind: 'management', account: 'acme' });
    const refused = await gateway.ask('POST', '/v1/messages', {
      key: management,
      body: call,
      headers: { 'anthropic-version': '2023-06-01' },
    });
    expect([refused.status, refused.json]).toMatchObject([
      403,
      { error: { type: 'permission_error' } },
    ]);
    const inference = await gateway.makeKey({ kind: 'inference', account: 'acme' });
    const { status } = await gateway.ask('GET', '/v1/keys', { key: inference });
    expect(status).toBe(403);
  });

  test('a key has a life: disabled and enabled, changed, rotated with grace, revoked', async () => {
    const made = await gateway.order('/admin/v1/keys', { name: 'life', account: 'acme' });
    const path = `/admin/v1/keys/${textIn(made, 'id')}`;
    expect(await gateway.order(`${path}/disable`)).toMatchObject({ status: 'disabled' });
    expect(await gateway.order(`${path}/enable`)).toMatchObject({ status: 'active' });
    const patch = { body: { name: 'renamed', allowed_cidrs: ['10.1.2.3/8'], models: [] } };
    const changed = await gateway.ask('PATCH', path, patch);
    expect(changed.json).toMatchObject({
      name: 'renamed',
      allowed_cidrs: ['10.0.0.0/8'],
      models: [],
      scopes: made['scopes'],
    });
    const rotated = await gateway.order(`${path}/rotate`, { grace_seconds: 60 });
    expect(rotated['id']).toBe(made['id']);
    expect(rotated['key']).not.toBe(made['key']);
    expect(await gateway.order(`${path}/revoke`)).toMatchObject({ status: 'revoked' });
    const late = await gateway.ask('PATCH', path, { body: { name: 'too late' } });
    expect([late.status, late.json]).toMatchObject([409, { error: { code: 'key_revoked' } }]);
    const audit = await gateway.ask('GET', '/admin/v1/audit-log?account=acme&limit=5');
    expect(rows(audit.json).map(({ action }) => action)).toEqual([
      'key.revoke',
      'key.rotate',
      'key.change',
      'key.enable',
      'key.disable',
    ]);
    expect(rows(audit.json)[2]).toMatchObject({
      before: { name: 'life' },
      after: { name: 'renamed' },
    });
  });
});

describe('money', () => {
  test('L06 an adjustment without an idempotency key is refused', async () => {
    const body = { ...topUp, ticket: 'T-1', direction: 'in' };
    const { status, json } = await gateway.ask('POST', '/admin/v1/wallets/acme/adjustments', {
      body,
    });
    expect([status, json]).toMatchObject([400, { error: { param: 'idempotency-key' } }]);
  });

  test('L07 an adjustment with the same key, ten times at once, moves money once', async () => {
    await openAccount('l07');
    const asking = {
      body: { ...topUp, ticket: 'T-1', direction: 'in' },
      headers: { 'idempotency-key': 'same' },
    };
    const path = '/admin/v1/wallets/l07/adjustments';
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => gateway.ask('POST', path, asking)),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 201 && status !== 409)).toEqual([]);
    const later = await gateway.ask('POST', path, asking);
    expect(later.status).toBe(201);
    expect(later.json).toEqual(answers.find(({ status }) => status === 201)?.json);
    expect(await balance('l07')).toEqual({ posted: 1_000_000_000n, held: 0n });
    const other = { ...asking, body: { ...asking.body, amount_nano: '2' } };
    expect((await gateway.ask('POST', path, other)).status).toBe(422);
    // Another route, another operator's key: the same order of the same wallet all the same.
    const second = await gateway.makeKey({ kind: 'admin' });
    const elsewhere = { body: topUp, headers: asking.headers, key: second };
    expect((await gateway.ask('POST', '/admin/v1/wallets/l07/top-ups', elsewhere)).status).toBe(
      422,
    );
    expect((await gateway.ask('POST', path, { ...asking, key: second })).status).toBe(201);
    expect(await balance('l07')).toEqual({ posted: 1_000_000_000n, held: 0n });
  });

  test('L08 what is put right is a new row, and the old one stays', async () => {
    await openAccount('l08');
    const wrong = await gateway.order('/admin/v1/wallets/l08/adjustments', {
      ...topUp,
      ticket: 'T-1',
      direction: 'in',
    });
    await gateway.order('/admin/v1/wallets/l08/adjustments', {
      ...topUp,
      ticket: 'T-2',
      direction: 'out',
    });
    const { json } = await gateway.ask('GET', '/admin/v1/wallets/l08/transactions');
    expect(rows(json).map(({ type, amount_nano }) => [type, amount_nano])).toEqual([
      ['adjust_down', '1000000000'],
      ['adjust_up', '1000000000'],
    ]);
    expect(rows(json)[1]).toMatchObject({ id: wrong['id'], note: 'bank transfer (T-1)' });
    expect(await balance('l08')).toEqual({ posted: 0n, held: 0n });
  });

  test('W26 a refund takes nothing that a running request holds', async () => {
    await openAccount('w26');
    await gateway.order('/admin/v1/wallets/w26/top-ups', topUp);
    await gateway.withStore(({ ledger }) =>
      ledger.openHold({
        holdId: 'req_w26',
        settlementKey: 'req_w26',
        account: 'w26',
        keyId: 'k',
        amountNanoUsd: 600_000_000n,
        isPrepaid: true,
        budgets: [],
        owner: 'another process',
        expiresAtMs: Date.now() + 3_600_000,
        atMs: Date.now(),
        memo: '{}',
      }),
    );
    const refund = { ...topUp, amount_nano: '500000000', ticket: 'T-1' };
    const asking = { body: refund, headers: { 'idempotency-key': 'refund' } };
    const path = '/admin/v1/wallets/w26/refunds';
    const early = await gateway.ask('POST', path, asking);
    expect([early.status, early.json]).toMatchObject([409, { error: { code: 'not_enough' } }]);
    const held = await gateway.ask('GET', '/admin/v1/wallets/w26/holds');
    expect(rows(held.json)).toMatchObject([{ id: 'req_w26', held_nano: '600000000' }]);
    const release = { body: { reason: 'stuck' }, headers: { 'idempotency-key': 'release' } };
    const running = await gateway.ask('POST', '/admin/v1/holds/req_w26/release', release);
    expect([running.status, running.json]).toMatchObject([
      409,
      { error: { code: 'hold_not_releasable' } },
    ]);
    await gateway.withStore(({ ledger }) => ledger.leaveUnresolved('req_w26', Date.now()));
    const pending = await gateway.ask('GET', '/admin/v1/requests/req_w26');
    expect(pending.json).toMatchObject({ status: 'unresolved', charged_nano: null });
    const given = await gateway.ask('POST', '/admin/v1/holds/req_w26/release', release);
    expect(given.json).toMatchObject({ state: 'released' });
    expect((await gateway.ask('POST', path, asking)).status).toBe(201);
    expect(await balance('w26')).toEqual({ posted: 500_000_000n, held: 0n });
  });

  test('a frozen wallet says so, and every change of it is in the audit log', async () => {
    await openAccount('cold');
    const frozen = await gateway.order('/admin/v1/wallets/cold/freeze', { reason: 'fraud' });
    expect(frozen).toMatchObject({ status: 'frozen' });
    await gateway.order('/admin/v1/wallets/cold/unfreeze', { reason: 'all is well' });
    const { json } = await gateway.ask('GET', '/admin/v1/audit-log?account=cold');
    expect(rows(json).map(({ action, reason }) => [action, reason])).toEqual([
      ['wallet.unfreeze', 'all is well'],
      ['wallet.freeze', 'fraud'],
      ['wallet.open', null],
      ['account.create', null],
    ]);
    const check = await gateway.ask('GET', '/admin/v1/audit-log/check');
    expect(check.json).toMatchObject({ is_sound: true });
  });

  test('wallet M11 every amount of every answer is text of digits', async () => {
    await openAccount('m11');
    const large = { amount_nano: '9007199254740993', reason: 'more than a double holds' };
    await gateway.order('/admin/v1/wallets/m11/top-ups', large);
    const answers = await Promise.all(
      [
        '/admin/v1/wallets/m11',
        '/admin/v1/wallets/m11/transactions',
        '/admin/v1/requests',
        '/admin/v1/usage?from=2026-01-01&to=2026-01-02',
        '/admin/v1/accounts/m11/invoices/2026-11',
        '/admin/v1/audit-log',
        '/v1/pricing',
      ].map((path) => gateway.ask('GET', path)),
    );
    const amounts = answers.flatMap(({ json }) => amountsIn(json));
    expect(amounts).toContain('9007199254740993');
    expect(amounts.filter((amount) => typeof amount !== 'string' && amount !== null)).toEqual([]);
    expect(
      amounts.filter((amount) => amount !== null && !/^"-?\d+"$/.test(JSON.stringify(amount))),
    ).toEqual([]);
    const csv = await gateway.ask('GET', '/admin/v1/exports/transactions/csv?account=m11');
    expect(csv.text).toContain(',9007199254740993,');
  });
});

function amountsIn(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((one) => amountsIn(one));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    /_nano$|^nano_/.test(name) ? [member] : amountsIn(member),
  );
}

describe('prices', () => {
  const price = {
    model: 'claude-sonnet-4-6',
    class: 'input',
    nano_per_mtok: '2500000000',
    effective_from: '2090-01-01T00:00:00Z',
    source: 'contract',
  };

  test('wallet M09 a price that overlaps another is refused, until that one is closed', async () => {
    const first = await gateway.order('/admin/v1/prices', price);
    const later = { ...price, effective_from: '2091-01-01T00:00:00Z' };
    const refused = await gateway.ask('POST', '/admin/v1/prices', { body: later });
    expect([refused.status, refused.json]).toMatchObject([
      409,
      { error: { code: 'price_overlaps' } },
    ]);
    await gateway.order(`/admin/v1/prices/${textIn(first, 'id')}/close`, {
      effective_to: '2090-06-01T00:00:00Z',
    });
    const second = await gateway.ask('POST', '/admin/v1/prices', { body: later });
    expect(second.status).toBe(201);
    const twice = await gateway.ask('POST', `/admin/v1/prices/${textIn(first, 'id')}/close`, {
      body: { effective_to: '2090-07-01T00:00:00Z' },
    });
    expect(twice.status).toBe(409);
  });

  test.each([
    [{ effective_from: '2020-01-01T00:00:00Z' }, 'effective_from'],
    [{ effective_to: '2080-01-01T00:00:00Z' }, 'effective_to'],
    [{ model: 'gpt-9' }, 'model'],
    [{ class: 'thoughts' }, 'class'],
    [{ nano_per_mtok: '-1' }, 'nano_per_mtok'],
    [{ nano_per_mtok: 3 }, 'nano_per_mtok'],
  ])('a price with %j is refused', async (change, param) => {
    const { status, json } = await gateway.ask('POST', '/admin/v1/prices', {
      body: { ...price, ...change },
    });
    expect([status, json]).toMatchObject([400, { error: { param } }]);
  });

  test('everybody sees what a model costs, and when that changes', async () => {
    const { status, json } = await gateway.ask('GET', '/v1/pricing', { key: '' });
    expect(status).toBe(200);
    const sonnet = rows(json).find(({ model }) => model === 'claude-sonnet-4-6');
    expect(sonnet).toMatchObject({
      next_change_at: '2090-01-01T00:00:00.000Z',
      rates: expect.arrayContaining([
        {
          class: 'output',
          tier_from_input_tokens: 0,
          nano_per_mtok: '15000000000',
          usd_per_mtok: '15.000000000',
        },
      ]) as unknown,
    });
  });

  test('a plan is made, replaced, kept while an account has it, and removed', async () => {
    const plan = { name: 'reseller', is_prepaid: true, markup_basis_points: 3000, models: null };
    await gateway.order('/admin/v1/plans', plan);
    await gateway.order('/admin/v1/accounts', { id: 'of-plan', name: 'x', plan: 'reseller' });
    const written = { body: { is_prepaid: true, markup_basis_points: 100 } };
    const replaced = await gateway.ask('PUT', '/admin/v1/plans/reseller', written);
    expect(replaced.json).toMatchObject({ markup_basis_points: 100, is_built_in: false });
    expect((await gateway.ask('DELETE', '/admin/v1/plans/reseller')).status).toBe(409);
    await gateway.ask('PATCH', '/admin/v1/accounts/of-plan', { body: { plan: null } });
    expect((await gateway.ask('DELETE', '/admin/v1/plans/reseller')).status).toBe(200);
    const builtIn = await gateway.ask('PUT', '/admin/v1/plans/prepaid', written);
    expect([builtIn.status, builtIn.json]).toMatchObject([
      409,
      { error: { code: 'plan_built_in' } },
    ]);
  });
});
