import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditAnswer, KeyAnswer, RequestAnswer } from '../../src/admin/contract.ts';
import type { JsonObject } from '../../src/std/json.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';

/** What operators narrow their lists by: requests, keys and the audit log. */

const REQUESTS = '/admin/v1/requests';
const KEYS = '/admin/v1/keys';
const AUDIT = '/admin/v1/audit-log';
const chat = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'Hi' }] };
const asked = { ...chat, max_tokens: 16 };

let gateway: AdministeredGateway;
/** Ids of requests by what they were. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  gateway = await startAdministeredGateway();
  await gateway.order('/admin/v1/gateways/development/search', {
    cache_invalidate_on_update: false,
    cache_ttl: 0,
    collect_logs: false,
    rate_limiting_interval: 60,
    rate_limiting_limit: 100,
  });
  await send('messages', '/v1/messages', asked);
  await send('streamed', '/v1/messages', { ...asked, stream: true });
  await send('chat', '/v1/chat/completions', chat);
  const run = '/client/v4/accounts/development/ai/run/anthropic/claude-sonnet-4.6';
  const inputs = { messages: chat.messages, max_tokens: 16 };
  await send('default', run, inputs);
  await send('search', run, inputs, 'search');
  await send('nobody', run, inputs, 'nobody');
  // At the URL of the gateway.
  await send('below', '/v1/development/search/anthropic/v1/messages', asked);
});

afterAll(async () => {
  await gateway.stop();
});

async function send(name: string, path: string, body: object, through?: string): Promise<void> {
  const { headers } = await gateway.ask('POST', path, {
    key: '',
    body,
    headers: {
      'anthropic-version': '2023-06-01',
      authorization: `Bearer ${gateway.key}`,
      ...(through === undefined ? {} : { 'cf-aig-gateway-id': through }),
    },
  });
  const id = headers['request-id'] ?? headers['x-request-id'] ?? headers['cf-ai-req-id'];
  if (typeof id !== 'string') throw new Error(`${name}: no id in ${JSON.stringify(headers)}`);
  ids[name] = id;
}

/** The names of what was asked, newest first. */
const namesOf = (rows: readonly Pick<RequestAnswer, 'id'>[]): readonly string[] =>
  rows.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id) ?? id);

async function listed<Row>(path: string, key?: string): Promise<readonly Row[]> {
  const { status, json } = await gateway.ask('GET', path, { key });
  expect([status, json['next_cursor']]).toEqual([200, null]);
  return json['data'] as unknown as readonly Row[];
}

const requestCases: readonly (readonly [string, readonly string[]])[] = [
  ['', ['below', 'nobody', 'search', 'default', 'chat', 'streamed', 'messages']],
  ['form=messages', ['below', 'streamed', 'messages']],
  ['form=chat-completions', ['chat']],
  ['form=workers-ai', ['nobody', 'search', 'default']],
  ['form=fax', []],
  ['gateway=search', ['below', 'search']],
  ['gateway=search&form=messages', ['below']],
  ['gateway=default', ['default']],
  // It let nothing in, and that it was asked is seen all the same.
  ['gateway=nobody', ['nobody']],
  ['gateway=nobody&error=any', ['nobody']],
  ['gateway=search&error=any', []],
  ['stream=true', ['streamed']],
  ['stream=false&form=messages', ['below', 'messages']],
  ['min_ms=0&form=chat-completions', ['chat']],
  ['min_ms=999999999', []],
];

describe('requests', () => {
  test.each(requestCases)('by "%s", in the list and in its export', async (query, names) => {
    const rows = await listed<RequestAnswer>(`${REQUESTS}?${query}`);
    expect(namesOf(rows)).toEqual(names);
    const file = await gateway.ask('GET', `/admin/v1/exports/requests/json?${query}`);
    const { data } = JSON.parse(file.text) as { readonly data: readonly RequestAnswer[] };
    expect(namesOf(data)).toEqual(names);
  });

  test('an account narrows its own alike', async () => {
    const rows = await listed<RequestAnswer>('/v1/requests?stream=true', gateway.key);
    expect(namesOf(rows)).toEqual(['streamed']);
  });

  test('say which gateway they named', async () => {
    const rows = await listed<RequestAnswer>(REQUESTS);
    const through = ['search', 'nobody', 'search', 'default', null, null, null];
    expect(rows.map(({ gateway: named }) => named)).toEqual(through);
    const csv = await gateway.ask('GET', '/admin/v1/exports/requests/csv?gateway=search');
    const [head, row] = csv.text.split('\r\n');
    expect([head?.split(',').at(-1), row?.split(',').at(-1)]).toEqual(['gateway', 'search']);
  });
});

const refused: readonly (readonly [string, string])[] = [
  [`${REQUESTS}?form=two words`, 'form'],
  [`${REQUESTS}?gateway=`, 'gateway'],
  [`${REQUESTS}?stream=1`, 'stream'],
  [`${REQUESTS}?min_ms=-1`, 'min_ms'],
  [`${REQUESTS}?min_ms=1.5`, 'min_ms'],
  [`${REQUESTS}?min_ms=1234567890`, 'min_ms'],
  [`${AUDIT}?action=`, 'action'],
  [`${AUDIT}?actor=a b`, 'actor'],
  [`${AUDIT}?from=yesterday`, 'from'],
  [`${AUDIT}?cursor=12`, 'cursor'],
  [`${AUDIT}?who=ada`, 'who'],
  [`${KEYS}?kind=master`, 'kind'],
  [`${KEYS}?status=lost`, 'status'],
  [`${KEYS}?name=`, 'name'],
];

test.each(refused)('%s is refused, by the name of what is wrong', async (path, param) => {
  const { status, json } = await gateway.ask('GET', path.replaceAll(' ', '%20'));
  expect([status, json]).toMatchObject([400, { error: { param } }]);
});

describe('keys', () => {
  const account = 'locks';
  const path = (query: string): string => `${KEYS}?account=${account}&${query}`;
  const make = async (name: string, more: object = {}): Promise<JsonObject> =>
    gateway.order(KEYS, { name, account, ...more });

  beforeAll(async () => {
    await gateway.order('/admin/v1/accounts', { id: account, name: 'Locks' });
    await make('Search app');
    const off = await make('search, disabled', { kind: 'management' });
    await gateway.order(`${KEYS}/${textIn(off, 'id')}/disable`);
    const gone = await make('Old one');
    await gateway.order(`${KEYS}/${textIn(gone, 'id')}/revoke`);
    await make('Short', { expires_at: new Date(Date.now() + 2000).toISOString() });
  });

  const keyCases: readonly (readonly [string, readonly string[]])[] = [
    ['name=SEARCH', ['Search app', 'search, disabled']],
    ['name=app', ['Search app']],
    ['name=%25', []],
    ['kind=management', ['search, disabled']],
    ['kind=admin', []],
    ['status=disabled', ['search, disabled']],
    ['status=revoked', ['Old one']],
    ['status=active&kind=inference&name=s', ['Search app']],
  ];

  test('expire, and are not active then', async () => {
    const statusOf = async (): Promise<readonly unknown[]> =>
      (await listed<KeyAnswer>(path('status=expired'))).map(({ name }) => name);
    await expect.poll(statusOf, { timeout: 20_000 }).toEqual(['Short']);
  });

  test.each(keyCases)('by "%s"', async (query, names) => {
    const rows = await listed<KeyAnswer>(path(query));
    expect(rows.map(({ name }) => name).toSorted()).toEqual(names);
  });

  test('an account narrows its own alike', async () => {
    const key = await gateway.makeKey({ kind: 'management', account });
    const rows = await listed<KeyAnswer>('/v1/keys?status=revoked', key);
    expect(rows.map(({ name }) => name)).toEqual(['Old one']);
  });

  test('a page goes on behind a key that no longer fits', async () => {
    const all = await Promise.all(['one', 'two', 'three'].map((name) => make(`paged ${name}`)));
    const wanted = path('name=paged&status=active&limit=1');
    const first = await gateway.ask('GET', wanted);
    const [shown] = first.json['data'] as unknown as readonly KeyAnswer[];
    const cursor = textIn(first.json, 'next_cursor');
    await gateway.order(`${KEYS}/${shown?.id ?? ''}/revoke`);
    const rest = await listed<KeyAnswer>(
      `${path('name=paged&status=active&limit=5')}&cursor=${cursor}`,
    );
    const seen = [shown, ...rest].map((row) => row?.id ?? '');
    expect(seen.toSorted()).toEqual(all.map((made) => textIn(made, 'id')).toSorted());
  });
});

describe('the audit log', () => {
  let key: string;
  let adminId: string;
  let from: string;

  beforeAll(async () => {
    await gateway.order('/admin/v1/accounts', { id: 'told', name: 'Told' });
    const made = await gateway.order(KEYS, { name: 'told', account: 'told' });
    key = textIn(made, 'id');
    const [entry] = await listed<AuditAnswer>(`${AUDIT}?account=told&action=key.create`);
    if (entry?.key_id === undefined || entry.key_id === null) throw new Error('nobody made it');
    adminId = entry.key_id;
    from = entry.at;
    await gateway.order(`${KEYS}/${key}/disable`);
    await gateway.order(`${KEYS}/${key}/revoke`);
  });

  test('is narrowed by what was done, who did it, to what and when', async () => {
    const life = ['key.revoke', 'key.disable', 'key.create'];
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['account=told', [...life, 'account.create']],
      ['account=told&action=key', life],
      ['account=told&action=key.disable', ['key.disable']],
      ['account=told&action=disable', []],
      [`account=told&actor=admin`, [...life, 'account.create']],
      [`actor=admin:${adminId}&subject=${key}`, life],
      ['account=told&actor=operator', []],
      [`account=told&key=${adminId}&action=account`, ['account.create']],
      [`account=told&key=nobody`, []],
      [`subject=${key}`, life],
      [`subject=${key}&to=${from}`, []],
      [`subject=${key}&from=${from}`, life],
    ];
    for (const [query, actions] of cases) {
      const rows = await listed<AuditAnswer>(`${AUDIT}?${query}`);
      expect([query, rows.map(({ action }) => action)]).toEqual([query, actions]);
    }
  });

  test('is read page by page, each entry once', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await gateway.ask('GET', `${AUDIT}?subject=${key}&limit=1${cursor}`);
      seen.push(...(json['data'] as unknown as readonly AuditAnswer[]).map(({ action }) => action));
      cursor = json['next_cursor'] === null ? '' : `&cursor=${textIn(json, 'next_cursor')}`;
    } while (cursor !== '');
    expect(seen).toEqual(['key.revoke', 'key.disable', 'key.create']);
  });

  test('says what there is to look for', async () => {
    const { json } = await gateway.ask('GET', `${AUDIT}/names`);
    expect(json['actions']).toEqual(expect.arrayContaining(['account.create', 'key.revoke']));
    expect(json['actors']).toEqual([`admin:${adminId}`]);
  });
});
