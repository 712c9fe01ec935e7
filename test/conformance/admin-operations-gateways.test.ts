import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GatewayDetailAnswer } from '../../src/admin/contract-operations.ts';
import type { JsonObject } from '../../src/std/json.ts';
import type { AdminAnswer, AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';

/** AI gateways of all accounts, as operators see and change them. */

let gateway: AdministeredGateway;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
  await gateway.order('/admin/v1/accounts', { id: 'acme', name: 'Acme' });
});

afterAll(async () => {
  await gateway.stop();
});

async function lastAudit(): Promise<JsonObject> {
  const { json } = await gateway.ask('GET', '/admin/v1/audit-log?limit=1');
  const [entry] = json['data'] as readonly JsonObject[];
  return entry ?? {};
}

const settings = {
  cache_invalidate_on_update: false,
  cache_ttl: 60,
  collect_logs: true,
  rate_limiting_interval: 60,
  rate_limiting_limit: 10,
};

describe('AI gateways', () => {
  const path = '/admin/v1/gateways/acme/front';

  test('are made, shown, replaced and removed, each with a word in the audit log', async () => {
    const made = await gateway.ask('POST', path, { body: settings });
    expect([made.status, made.json]).toMatchObject([
      201,
      { account: 'acme', id: 'front', settings: { cache_ttl: 60 }, access_policies: [] },
    ]);
    expect(await lastAudit()).toMatchObject({ action: 'gateway.create', account: 'acme' });
    const again = await gateway.ask('POST', path, { body: settings });
    expect(again.status).toBe(409);
    const replaced = await gateway.ask('PUT', path, { body: { ...settings, cache_ttl: 5 } });
    expect(replaced.json).toMatchObject({ settings: { cache_ttl: 5 } });
    expect(await lastAudit()).toMatchObject({
      action: 'gateway.replace',
      before: { cache_ttl: 60 },
      after: { cache_ttl: 5 },
    });
    expect((await gateway.ask('DELETE', path)).json).toMatchObject({ id: 'front' });
    expect(await lastAudit()).toMatchObject({ action: 'gateway.remove', subject: 'front' });
    expect((await gateway.ask('GET', path)).status).toBe(404);
    expect((await gateway.ask('DELETE', path)).status).toBe(404);
    expect((await gateway.ask('PUT', path, { body: settings })).status).toBe(404);
  });

  test.each([
    ['a member that is none', { ...settings, colour: 'red' }, 'colour'],
    ['a member that is missing', { cache_ttl: 60 }, 'cache_invalidate_on_update'],
    ['a value that is none', { ...settings, cache_ttl: 'long' }, 'cache_ttl'],
  ])('are refused as the account’s own API does: %s', async (_name, body, param) => {
    const answer = await gateway.ask('POST', path, { body });
    expect([answer.status, answer.json]).toMatchObject([400, { error: { param } }]);
  });

  describe('settings that take the place of those that were read', () => {
    const shared = '/admin/v1/gateways/acme/shared';
    const own = '/client/v4/accounts/acme/ai-gateway/gateways/shared';

    const stored = async (): Promise<GatewayDetailAnswer> =>
      (await gateway.ask('GET', shared)).json as unknown as GatewayDetailAnswer;
    const put = (change: object): Promise<AdminAnswer> =>
      gateway.ask('PUT', shared, { body: { ...settings, ...change } });
    const changed = {
      status: 409,
      json: { error: { type: 'conflict_error', code: 'gateway_changed' } },
    };

    beforeEach(async () => {
      await gateway.order(shared, settings);
    });
    afterEach(async () => {
      await gateway.ask('DELETE', shared);
    });

    test('are taken with the etag of those, whose place another takes', async () => {
      const { etag } = await stored();
      expect(etag).toMatch(/^[0-9a-f]{32}$/);
      const rule = { limit: 2.5, window: 86_400, metadata: { 7: { mode: 'partition' } } };
      const taken = await put({
        cache_ttl: 5,
        guardrails: { response: { S10: 'FLAG' }, prompt: { S9: 'BLOCK' } },
        dlp: { profiles: ['cards'], action: 'BLOCK', enabled: true },
        spend_limits: { rules: [rule], enabled: true },
        etag,
      });
      const { etag: next, settings: now } = await stored();
      expect([taken.status, taken.json]).toMatchObject([200, { etag: next }]);
      expect(next).not.toBe(etag);
      expect(now['cache_ttl']).toBe(5);
      expect(now).not.toHaveProperty('etag');
      expect((await put({ cache_ttl: 6, etag: next })).status).toBe(200);
      const { etag: last } = await stored();
      const { json } = await gateway.ask('GET', '/admin/v1/gateways?account=acme');
      expect(json['data']).toContainEqual(expect.objectContaining({ id: 'shared', etag: last }));
    });

    test('are refused with an older one, and nothing is changed', async () => {
      const { etag } = await stored();
      await put({ cache_ttl: 5 });
      const [before, word] = [await stored(), await lastAudit()];
      expect(await put({ cache_ttl: 7, etag })).toMatchObject(changed);
      expect(await put({ cache_ttl: 7, etag: '' })).toMatchObject(changed);
      expect(await stored()).toEqual(before);
      expect(await lastAudit()).toEqual(word);
    });

    test.each([
      ['too long', 'x'.repeat(33)],
      ['no text', 7],
      ['null', null],
    ])('are refused with an etag that is none: %s', async (_name, etag) => {
      const answer = await put({ etag });
      expect([answer.status, answer.json]).toMatchObject([400, { error: { param: 'etag' } }]);
    });

    test('are taken without one, whatever was stored', async () => {
      await put({ cache_ttl: 5 });
      expect((await put({ cache_ttl: 7 })).status).toBe(200);
      expect((await stored()).settings).toMatchObject({ cache_ttl: 7 });
    });

    test('are taken where the same ones were sent again meanwhile', async () => {
      const { etag } = await stored();
      await put({});
      expect((await stored()).etag).toBe(etag);
      expect((await put({ cache_ttl: 5, etag })).status).toBe(200);
    });

    test('of many writers at once are those of one', async () => {
      const { etag } = await stored();
      const ttls = Array.from({ length: 8 }, (_, index) => index + 1);
      const answers = await Promise.all(ttls.map((cache_ttl) => put({ cache_ttl, etag })));
      const taken = answers.filter(({ status }) => status === 200);
      expect(taken).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
      expect((await stored()).etag).toBe(taken[0]?.json['etag']);
    });

    test('never take the place of what another process wrote meanwhile', async () => {
      const { etag } = await stored();
      await gateway.withStore(async ({ gateways }) => {
        const policy = gateways.find('acme', 'shared');
        expect(policy && (await gateways.replace({ ...policy, cacheTtlSeconds: 9 }))).toBe(true);
      });
      expect(await put({ cache_ttl: 7, etag })).toMatchObject(changed);
      const { etag: next, settings: now } = await stored();
      expect(now).toMatchObject({ cache_ttl: 9 });
      expect((await put({ cache_ttl: 7, etag: next })).status).toBe(200);
    });

    test('never take the place of what the account’s own API wrote meanwhile', async () => {
      const key = await gateway.makeKey({ kind: 'inference', account: 'acme' });
      const theirs = (cache_ttl: number): Promise<AdminAnswer> =>
        gateway.ask('PUT', own, {
          key: '',
          headers: { authorization: `Bearer ${key}` },
          body: { ...settings, cache_ttl },
        });
      for (let round = 1; round <= 5; round += 1) {
        const { etag } = await stored();
        const [operator, account] = await Promise.all([
          put({ cache_ttl: 1000 + round, etag }),
          theirs(round),
        ]);
        expect(account.status).toBe(200);
        expect([200, 409]).toContain(operator.status);
        // Before it, and replaced by it, or too late.
        expect((await stored()).settings).toMatchObject({ cache_ttl: round });
      }
    });
  });

  describe('that are removed as they were read', () => {
    const doomed = '/admin/v1/gateways/acme/doomed';
    const etagOf = async (): Promise<string> =>
      textIn((await gateway.ask('GET', doomed)).json, 'etag');
    const remove = (etag: string): Promise<AdminAnswer> =>
      gateway.ask('DELETE', `${doomed}?etag=${etag}`);
    const changed = {
      status: 409,
      json: { error: { type: 'conflict_error', code: 'gateway_changed' } },
    };

    beforeEach(async () => {
      await gateway.order(doomed, settings);
    });
    afterEach(async () => {
      await gateway.ask('DELETE', doomed);
    });

    test('go with their etag', async () => {
      const etag = await etagOf();
      await gateway.ask('PUT', doomed, { body: settings });
      expect(await remove(etag)).toMatchObject({ status: 200, json: { id: 'doomed', etag } });
      expect(await remove(etag)).toMatchObject({ status: 404 });
    });

    test('stay where they have changed since, with a word to nobody', async () => {
      const etag = await etagOf();
      await gateway.ask('PUT', doomed, { body: { ...settings, cache_ttl: 5 } });
      const word = await lastAudit();
      expect(await remove(etag)).toMatchObject(changed);
      expect(await remove('')).toMatchObject(changed);
      expect(await lastAudit()).toEqual(word);
      const now = await gateway.ask('GET', doomed);
      expect(now.json).toMatchObject({ settings: { cache_ttl: 5 } });
      expect((await remove(await etagOf())).status).toBe(200);
    });

    test('stay where another process changed them since', async () => {
      const etag = await etagOf();
      await gateway.withStore(async ({ gateways }) => {
        const policy = gateways.find('acme', 'doomed');
        expect(policy && (await gateways.replace({ ...policy, cacheTtlSeconds: 9 }))).toBe(true);
      });
      expect(await remove(etag)).toMatchObject(changed);
      expect((await remove(await etagOf())).status).toBe(200);
    });

    test('are refused with an etag or a query that is none', async () => {
      const long = await remove('x'.repeat(33));
      expect([long.status, long.json]).toMatchObject([400, { error: { param: 'etag' } }]);
      const other = await gateway.ask('DELETE', `${doomed}?tag=1`);
      expect([other.status, other.json]).toMatchObject([400, { error: { param: 'tag' } }]);
      expect((await gateway.ask('GET', doomed)).status).toBe(200);
    });
  });

  test('show what belongs to them: of keys their names alone', async () => {
    await gateway.ask('POST', '/admin/v1/gateways/acme/rich', { body: settings });
    const own = `/client/v4/accounts/acme/ai-gateway/gateways/rich`;
    const key = await gateway.makeKey({ kind: 'inference', account: 'acme' });
    const tell = async (place: string, body: object): Promise<void> => {
      const answer = await gateway.ask('POST', `${own}/${place}`, {
        key: '',
        headers: { authorization: `Bearer ${key}` },
        body,
      });
      expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    };
    await tell('provider_configs', {
      alias: 'work',
      default_config: true,
      provider_slug: 'anthropic',
      secret: 'sk-ant-very-secret-key',
    });
    await tell('routes', {
      name: 'support',
      elements: [
        { id: 'start', type: 'start', outputs: { next: { elementId: 'end' } } },
        { id: 'end', type: 'end', outputs: {} },
      ],
    });
    const { json, text } = await gateway.ask('GET', '/admin/v1/gateways/acme/rich');
    const detail = json as unknown as GatewayDetailAnswer;
    expect(detail.provider_keys).toMatchObject([{ provider: 'anthropic', alias: 'work' }]);
    expect(text).not.toContain('very-secret');
    const [route] = detail.dynamic_routes;
    expect(route).toMatchObject({ name: 'support', versions: [{ is_active: true }] });
    expect(route?.active_version).toBe(route?.versions[0]?.id);
  });

  test('of all accounts are listed page by page', async () => {
    await gateway.order('/admin/v1/accounts', { id: 'zed:1@x', name: 'Zed' });
    for (const place of ['zed:1@x/one', 'zed:1@x/two', 'acme/zero']) {
      await gateway.ask('POST', `/admin/v1/gateways/${place}`, { body: settings });
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { json, status } = await gateway.ask('GET', `/admin/v1/gateways?limit=1${more}`);
      expect(status).toBe(200);
      for (const one of json['data'] as readonly JsonObject[]) {
        seen.push(`${textIn(one, 'account')}/${textIn(one, 'id')}`);
      }
      cursor = json['next_cursor'] as string | null;
    }
    expect(seen).toEqual(seen.toSorted());
    expect(seen).toEqual(expect.arrayContaining(['acme/zero', 'zed:1@x/one', 'zed:1@x/two']));
    const one = await gateway.ask('GET', '/admin/v1/gateways?account=zed:1@x');
    expect(one.json['data']).toHaveLength(2);
    expect((await gateway.ask('GET', '/admin/v1/gateways?cursor=nonsense')).status).toBe(400);
  });
});
