import { afterEach, describe, expect, test } from 'vitest';
import { budgetClaims } from '../../src/gateway/budget-claims.ts';
import { sourceOf } from '../../src/std/byte-stream.ts';
import { parseCidr } from '../../src/std/cidr.ts';
import { closing, opening } from '../support/event-stream.ts';
import { FedSource } from '../support/fed-source.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { ClockedGatewayOptions } from '../support/start-clocked-gateway.ts';
import type { KeyedGateway, MadeKey } from '../support/start-keyed-gateway.ts';
import { startKeyedGateway } from '../support/start-keyed-gateway.ts';
import { streamOf } from '../support/walked.ts';

/** Keys and who may come in: wallet reference §13.A, over sockets. */

const started: KeyedGateway[] = [];

async function start(options: ClockedGatewayOptions = {}): Promise<KeyedGateway> {
  const gateway = await startKeyedGateway(options);
  started.push(gateway);
  return gateway;
}

afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.stop();
});

const usual = { 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };
const asked = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  stream: true,
  messages: [{ role: 'user', content: 'Hi' }],
};

function call(
  gateway: KeyedGateway,
  headers: Readonly<Record<string, string>>,
  path = '/v1/messages',
): Promise<RawAnswer> {
  const body = JSON.stringify(asked);
  return sendRaw(`${gateway.url}${path}`, { headers: { ...usual, ...headers }, body });
}

interface ErrorBody {
  readonly error: { readonly type: string; readonly message: string; readonly code?: string };
  readonly request_id: string;
}

function errorOf({ body }: RawAnswer): ErrorBody['error'] {
  return (JSON.parse(body.toString()) as ErrorBody).error;
}

/** The status and the code of the error, where it is one. */
function verdict(answer: RawAnswer): readonly unknown[] {
  return answer.status === 200 ? [200] : [answer.status, errorOf(answer).code];
}

describe('credentials', () => {
  test('K01 no key: 401, and no upstream is asked', async () => {
    const gateway = await start();
    const answer = await call(gateway, {});
    expect([answer.status, errorOf(answer).type]).toEqual([401, 'authentication_error']);
    expect(gateway.asked()).toBe(0);
  });

  test('K02 unknown, revoked, expired, disabled, of a closed account: one 401, one text', async () => {
    const gateway = await start();
    const { keys, clock, accounts } = gateway;
    const revoked = await gateway.makeKey();
    await keys.revoke(revoked.id, clock.wallMs());
    const disabled = await gateway.makeKey();
    await keys.setStatus(disabled.id, 'disabled');
    const expired = await gateway.makeKey({ expiresAtMs: clock.wallMs() });
    const closed = await gateway.makeKey({ accountId: 'acme' });
    accounts.set('acme', { id: 'acme', name: 'Acme', status: 'closed', createdAtMs: 1 });
    const unknown = await gateway.makeKey();
    keys.records.delete(unknown.id);
    const answers = await Promise.all(
      [revoked, disabled, expired, closed, unknown].map(({ key }) =>
        call(gateway, { 'x-api-key': key }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    const texts = answers.map(({ body }) => {
      const { request_id: _id, ...same } = JSON.parse(body.toString()) as ErrorBody;
      return JSON.stringify(same);
    });
    expect(new Set(texts).size).toBe(1);
    const names = answers.map(({ headers }) => Object.keys(headers).toSorted().join());
    expect(new Set(names).size).toBe(1);
  });

  test.each([
    ['K03', (key: string) => ({ 'x-api-key': key })],
    ['K04', (key: string) => ({ authorization: `Bearer ${key}` })],
  ])('%s a key in its header is taken', async (_number, headers) => {
    const gateway = await start();
    const { key } = await gateway.makeKey();
    expect((await call(gateway, headers(key))).status).toBe(200);
  });

  test('K05 two headers with different keys: 401', async () => {
    const gateway = await start();
    const [one, other] = [await gateway.makeKey(), await gateway.makeKey()];
    const both = { 'x-api-key': one.key, authorization: `Bearer ${other.key}` };
    expect((await call(gateway, both)).status).toBe(401);
  });

  test('K06 what is stored has no secret, and shows the end of the key', async () => {
    const gateway = await start();
    const { id, key } = await gateway.makeKey();
    const record = gateway.keys.find(id);
    expect(record?.lastLetters).toBe(key.slice(-4));
    const secret = key.slice('qtn_live_'.length + id.length, -6);
    const stored = [JSON.stringify(record), Buffer.from(record?.digest ?? []).toString('latin1')];
    expect(stored.some((text) => text.includes(secret))).toBe(false);
  });

  test('K07 a rotated key works by both secrets until its grace is over', async () => {
    const gateway = await start();
    const budget = { limitNanoUsd: 1_000_000n, period: 'day' } as const;
    const { id, key } = await gateway.makeKey({ rights: { budget } });
    const renewed = await gateway.rotate(id, 60_000);
    const statuses = async (): Promise<readonly number[]> =>
      Promise.all(
        [key, renewed].map(async (text) => (await call(gateway, { 'x-api-key': text })).status),
      );
    expect(await statuses()).toEqual([200, 200]);
    gateway.clock.advance(59_000);
    expect(await statuses()).toEqual([200, 200]);
    // A decision stands for up to a second.
    gateway.clock.advance(2001);
    expect(await statuses()).toEqual([401, 200]);
    const [claim] = budgetClaims({ keyId: id, budget }, gateway.clock.wallMs());
    expect(claim?.name).toBe(id);
  });

  test('K08 a key that is revoked during a stream: it ends as it would have, the next call is 401', async () => {
    const source = new FedSource();
    const gateway = await start({ answer: () => Promise.resolve(streamOf(source)) });
    const { id, key } = await gateway.makeKey();
    const answer = call(gateway, { 'x-api-key': key });
    await expect.poll(() => source.opened).toBe(1);
    source.say(opening);
    await gateway.keys.revoke(id, gateway.clock.wallMs());
    gateway.clock.advance(1001);
    expect((await call(gateway, { 'x-api-key': key })).status).toBe(401);
    source.say(closing);
    source.sink.end();
    const { status, body } = await answer;
    expect([status, body.toString()]).toEqual([200, opening + closing]);
  });
});

describe('scopes and models', () => {
  const ask = async (made: MadeKey, path?: string): Promise<readonly unknown[]> => {
    const gateway = await start();
    const { key } = await gateway.makeKey(made);
    const answer = await call(gateway, { 'x-api-key': key }, path);
    expect(gateway.asked()).toBe(answer.status === 200 ? 1 : 0);
    return verdict(answer);
  };

  test('K09 the scope chat alone, POST /v1/messages: 403 scope_denied', async () => {
    expect(await ask({ rights: { scopes: ['chat'] } })).toEqual([403, 'scope_denied']);
    expect(await ask({ rights: { scopes: ['chat'] } }, '/v1/chat/completions')).toEqual([200]);
    const gateway = await start();
    const { key } = await gateway.makeKey({ rights: { scopes: ['chat'] } });
    const answer = await call(gateway, { 'x-api-key': key });
    expect(errorOf(answer).type).toBe('permission_error');
  });

  test('no scope at all: 403', async () => {
    expect(await ask({ rights: { scopes: [] } })).toEqual([403, 'scope_denied']);
  });

  test.each<[string, readonly string[], readonly unknown[]]>([
    ['K10 a list without the model', ['claude-haiku-4-5-20251001'], [403, 'model_not_allowed']],
    ['K10 an empty list', [], [403, 'model_not_allowed']],
    ['a list with it', ['claude-sonnet-4-6'], [200]],
  ])('%s', async (_name, modelIds, expected) => {
    expect(await ask({ rights: { modelIds } })).toEqual(expected);
  });

  test('K20 a management key calls no model, whatever its scopes say', async () => {
    expect(await ask({ kind: 'management' })).toEqual([403, 'scope_denied']);
    const scopes = ['messages', 'keys:write'] as const;
    expect(await ask({ kind: 'management', rights: { scopes } })).toEqual([403, 'scope_denied']);
  });

  test('an admin key is none here', async () => {
    expect((await ask({ kind: 'admin' }))[0]).toBe(401);
  });
});

describe('addresses', () => {
  const loopback = ['127.0.0.0/8', '::1/128'].map((text) => parseCidr(text));
  const trustedProxies = loopback.filter((cidr) => cidr !== undefined);
  const ten = ['10.0.0.0/8'];

  interface AddressCase {
    readonly name: string;
    readonly allowedCidrs: readonly string[] | null;
    readonly forwardedFor?: string;
    readonly isProxyTrusted: boolean;
    readonly expected: readonly unknown[];
  }
  const denied = [403, 'ip_not_allowed'];
  const trusted = { allowedCidrs: ten, isProxyTrusted: true };

  test.each<AddressCase>([
    { name: 'K11 inside', ...trusted, forwardedFor: '10.1.2.3', expected: [200] },
    { name: 'K12 outside', ...trusted, forwardedFor: '11.0.0.1', expected: denied },
    { name: 'K13 mapped', ...trusted, forwardedFor: '::ffff:10.1.2.3', expected: [200] },
    {
      name: 'K14 a header that nobody trusts',
      allowedCidrs: ten,
      isProxyTrusted: false,
      forwardedFor: '10.1.2.3',
      expected: denied,
    },
    {
      name: 'K15 what stands before the first hop that is not trusted',
      ...trusted,
      forwardedFor: '10.1.2.3, 11.0.0.1',
      expected: denied,
    },
    {
      name: 'a hop that cannot be read',
      ...trusted,
      forwardedFor: '10.1.2.3, ?',
      expected: denied,
    },
    {
      name: 'the peer itself',
      allowedCidrs: ['127.0.0.1/32'],
      isProxyTrusted: false,
      expected: [200],
    },
    { name: 'K17 an empty list', allowedCidrs: [], isProxyTrusted: false, expected: denied },
    { name: 'no list', allowedCidrs: null, isProxyTrusted: false, expected: [200] },
  ])('$name', async ({ allowedCidrs, forwardedFor, isProxyTrusted, expected }) => {
    const gateway = await start(isProxyTrusted ? { trustedProxies } : {});
    const { key } = await gateway.makeKey({ rights: { allowedCidrs } });
    const hops = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    const answer = await call(gateway, { 'x-api-key': key, ...hops });
    expect(verdict(answer)).toEqual(expected);
    expect(gateway.asked()).toBe(answer.status === 200 ? 1 : 0);
  });

  test.each(['/client/v4/accounts/a/ai/models/search', '/ai-api/models/search'])(
    'hold for the catalog too: %s',
    async (path) => {
      const gateway = await start();
      const inside = await gateway.makeKey({ rights: { allowedCidrs: ['127.0.0.1/32'] } });
      const outside = await gateway.makeKey({ rights: { allowedCidrs: ten } });
      const blind = await gateway.makeKey({ rights: { scopes: ['messages'] } });
      const statuses = [inside, outside, blind].map(async ({ key }) => {
        const headers = { authorization: `Bearer ${key}` };
        return (await sendRaw(`${gateway.url}${path}`, { headers })).status;
      });
      expect(await Promise.all(statuses)).toEqual([200, 403, 403]);
    },
  );
});

test('a key that was used is noted once a minute', async () => {
  const gateway = await start({
    answer: () => Promise.resolve(streamOf(sourceOf(Buffer.from(opening + closing)))),
  });
  const { id, key } = await gateway.makeKey();
  for (let second = 0; second < 90; second += 1) {
    await call(gateway, { 'x-api-key': key });
    gateway.clock.advance(1001);
  }
  expect(gateway.keys.touches).toBe(2);
  expect(gateway.keys.find(id)?.lastUsedAtMs).toBeGreaterThan(0);
});

test('an account of several keys is one: its keys share what it has', async () => {
  const seen: string[] = [];
  const gateway = await start({
    answer: ({ account }) => {
      seen.push(account);
      return Promise.resolve(streamOf(sourceOf(Buffer.from(opening + closing))));
    },
  });
  const one = await gateway.makeKey({ accountId: 'acme' });
  const other = await gateway.makeKey({ accountId: 'acme' });
  const alone = await gateway.makeKey();
  for (const { key } of [one, other, alone]) await call(gateway, { 'x-api-key': key });
  expect(seen).toEqual(['acme', 'acme', alone.id]);
});

test('an account whose plan is not there: 503, and no upstream is asked by another plan', async () => {
  const gateway = await start({ parts: () => ({ plans: { find: () => undefined } }) });
  const account = { id: 'acme', name: 'Acme', planName: 'gone', status: 'open' } as const;
  gateway.accounts.set('acme', { ...account, createdAtMs: 1 });
  const { key } = await gateway.makeKey({ accountId: 'acme' });
  expect((await call(gateway, { 'x-api-key': key })).status).toBe(503);
  expect(gateway.asked()).toBe(0);
});
