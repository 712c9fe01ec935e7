import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestRow } from '../../src/store/sqlite-request-log.ts';
import type { RequestRecord } from '../../src/telemetry/request-log.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { goTo, operator, overflowOf } from '../support/browser-console.ts';
import { openConsoleOn } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';

const MODEL = 'claude-sonnet-4-6';
const chat = { model: MODEL, messages: [{ role: 'user', content: 'Hi' }] };
const RUN = '/client/v4/accounts/development/ai/run/anthropic/claude-sonnet-4.6';
/** One more than a page looks at. */
const MANY = 100_001;
const ROWS_AT_ONCE = 5000;

const made: RequestRecord = {
  requestId: 'req_made_slow',
  startedAtMs: 0,
  keyId: 'made',
  account: 'made',
  dialect: 'messages',
  operation: 'messages.create',
  model: MODEL,
  upstream: 'emulator',
  status: 200,
  errorCode: undefined,
  isStream: false,
  usage: {},
  usageIsFinal: true,
  requestBytes: 1,
  responseBytes: 1,
  firstByteMs: 1,
  totalMs: 61_000,
};

/** What lists are narrowed by, through the bar and through the address. */
describe.skipIf(noBrowserReason !== undefined)('filters of the console', () => {
  let gateway: AdministeredGateway;
  let watched: WatchedPage;
  let page: Page;
  let close: () => Promise<void>;
  let appKey: string;

  beforeAll(async () => {
    ({ gateway, watched, page, close } = await openConsoleOn(() => startAdministeredGateway()));
    await gateway.order('/admin/v1/gateways/development/search', {
      cache_invalidate_on_update: false,
      cache_ttl: 0,
      collect_logs: false,
      rate_limiting_interval: 60,
      rate_limiting_limit: 100,
    });
    const limit = { max_tokens: 16 };
    await send('/v1/messages', { ...chat, ...limit });
    await send('/v1/messages', { ...chat, ...limit, stream: true });
    await send('/v1/chat/completions', chat);
    await send(RUN, { messages: chat.messages, ...limit }, { 'cf-aig-gateway-id': 'search' });
    await insert([{ ...made, startedAtMs: Date.now() - 60_000 }]);
    await gateway.order('/admin/v1/accounts', { id: 'acme', name: 'Acme' });
    const app = await gateway.order('/admin/v1/keys', { name: 'Search app', account: 'acme' });
    appKey = textIn(app, 'id');
    const old = { name: 'Old search', kind: 'management', account: 'acme' };
    const gone = await gateway.order('/admin/v1/keys', old);
    await gateway.order(`/admin/v1/keys/${textIn(gone, 'id')}/revoke`);
  });
  afterAll(async () => {
    await close();
  });

  async function send(
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const answer = await gateway.ask('POST', path, {
      key: '',
      body,
      headers: {
        'anthropic-version': '2023-06-01',
        authorization: `Bearer ${gateway.key}`,
        ...headers,
      },
    });
    expect([path, answer.status]).toEqual([path, 200]);
  }

  async function insert(records: readonly RequestRecord[]): Promise<void> {
    await gateway.withStore(async ({ writer }) => {
      for (let from = 0; from < records.length; from += ROWS_AT_ONCE) {
        const rows = records.slice(from, from + ROWS_AT_ONCE).map((record) => requestRow(record));
        await writer.write({ statement: 'insertRequest', rows });
      }
    });
  }

  const bar = (): Locator => page.getByRole('search', { name: 'Filters' });
  const field = (label: string): Locator => bar().getByLabel(label, { exact: true });
  /** Rows of a list, without its head. */
  const rows = (label: string): Locator =>
    page
      .getByRole('table', { name: label })
      .getByRole('row')
      .filter({ has: page.getByRole('cell') });
  const queryOf = (name: string): string | null => new URL(page.url()).searchParams.get(name);
  const suggestionsOf = async (label: string): Promise<readonly string[]> => {
    const list = await field(label).getAttribute('list');
    return await page.locator(`[id="${list ?? ''}"] option`).allTextContents();
  };

  test.each([
    ['Form', 'form', 'chat-completions', 1],
    ['Form', 'form', 'messages', 3],
    ['Answer', 'stream', 'true', 1],
    ['Answer', 'stream', 'false', 4],
  ])('requests by %s: %s=%s', async (label, name, value, count) => {
    await goTo(watched, gateway, '/requests');
    await expect.poll(() => rows('Requests').count()).toBe(5);
    await field(label).selectOption(value);
    await expect.poll(() => rows('Requests').count()).toBe(count);
    expect(queryOf(name)).toBe(value);
    await page.reload();
    await expect.poll(() => rows('Requests').count()).toBe(count);
    expect(await field(label).inputValue()).toBe(value);
  });

  test.each([
    ['AI gateway', 'gateway', 'search', 1],
    ['AI gateway', 'gateway', 'none-such', 0],
    ['Duration from, ms', 'min_ms', '60000', 1],
  ])('requests by %s: %s=%s', async (label, name, value, count) => {
    await goTo(watched, gateway, '/requests');
    await field(label).fill(value);
    await page.waitForURL(new RegExp(`${name}=${value}`));
    await expect.poll(() => rows('Requests').count()).toBe(count);
    if (count === 0) await page.getByText('No request is like that').waitFor();
    await goTo(watched, gateway, `/requests?${name}=${value}`);
    await expect.poll(() => rows('Requests').count()).toBe(count);
    expect(await field(label).inputValue()).toBe(value);
  });

  test('gateways that are there are suggested, and a duration that is none is said to be', async () => {
    await goTo(watched, gateway, '/requests');
    await expect.poll(() => suggestionsOf('AI gateway')).toContain('search');
    await field('Duration from, ms').fill('soon');
    await page.getByRole('alert').getByText('whole number of milliseconds').waitFor();
    await expect.poll(() => rows('Requests').count()).toBe(5);
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('a request says which gateway it named, and leads to the others', async () => {
    await goTo(watched, gateway, '/requests?gateway=search');
    await rows('Requests').getByRole('link').first().click();
    const fact = page.locator('dl > div').filter({ hasText: 'AI gateway' });
    await fact.getByRole('link', { name: 'search' }).click();
    await page.waitForURL(/\/requests\?gateway=search/);
    await expect.poll(() => rows('Requests').count()).toBe(1);
  });

  test('keys by name, kind, status and account', async () => {
    await goTo(watched, gateway, '/keys');
    await field('Name').fill('search');
    await expect.poll(() => rows('Keys').count()).toBe(2);
    await field('Status').selectOption('revoked');
    await expect
      .poll(() => rows('Keys').allTextContents())
      .toEqual([expect.stringContaining('Old search')]);
    await field('Kind').selectOption('inference');
    await page.getByText('No key is like that').waitFor();
    await bar().getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(() => rows('Keys').count()).toBeGreaterThan(2);
    await goTo(watched, gateway, '/keys?account=acme&kind=inference&status=active');
    await expect.poll(() => rows('Keys').count()).toBe(1);
    expect(await field('Kind').inputValue()).toBe('inference');
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('a key is opened over the list as it was narrowed, and leads to its history', async () => {
    await page.getByRole('link', { name: 'Search app' }).click();
    const dialog = page.getByRole('dialog', { name: 'Search app' });
    await dialog.waitFor();
    expect([queryOf('status'), queryOf('kind'), queryOf('key')]).toEqual([
      'active',
      'inference',
      appKey,
    ]);
    await dialog.getByRole('link', { name: 'Its history' }).click();
    await page.waitForURL(new RegExp(`/audit\\?subject=${appKey}`));
    await expect.poll(() => rows('Audit log').count()).toBe(1);
    expect(await rows('Audit log').textContent()).toContain('key.create');
  });

  test('entries of the audit log by what was done and by whom', async () => {
    await goTo(watched, gateway, '/audit');
    await expect
      .poll(() => suggestionsOf('Action'))
      .toEqual(expect.arrayContaining(['key', 'key.create', 'key.revoke']));
    const who = `operator:${operator.name}`;
    expect(await suggestionsOf('Who')).toEqual(expect.arrayContaining(['operator', who]));
    await field('Action').fill('key');
    await expect.poll(() => rows('Audit log').count()).toBe(3);
    await field('Action').fill('key.revoke');
    await expect.poll(() => rows('Audit log').count()).toBe(1);
    await field('Who').fill(who);
    await page.getByText('No entry is like that').waitFor();
    await field('Action').fill('');
    await expect.poll(() => rows('Audit log').count()).toBeGreaterThan(0);
    expect([queryOf('action'), queryOf('actor')]).toEqual([null, who]);
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('entries by key, subject, account and time, as an address says them', async () => {
    const entry = { account: 'acme', subject: appKey, action: 'key.create' };
    await goTo(watched, gateway, `/audit?${new URLSearchParams(entry).toString()}`);
    await expect.poll(() => rows('Audit log').count()).toBe(1);
    expect(await field('About').inputValue()).toBe(appKey);
    await goTo(watched, gateway, '/audit?key=nobody');
    await page.getByText('No entry is like that').waitFor();
    await goTo(watched, gateway, '/audit?to=2020-01-01T00%3A00');
    await page.getByText('No entry is like that').waitFor();
    await goTo(watched, gateway, '/audit?account=acme&from=2020-01-01T00%3A00');
    await expect.poll(() => rows('Audit log').count()).toBe(4);
  });

  test('on a small screen they are folded up, and say how many are in force', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const path of ['/requests?form=messages&stream=true', '/audit?account=acme']) {
      await goTo(watched, gateway, path);
      const fold = bar().getByRole('button', { name: /^Filters \(\d\)$/ });
      expect(await fold.getAttribute('aria-expanded')).toBe('false');
      expect(await field('Account').isVisible()).toBe(false);
      await fold.click();
      await field('Account').waitFor();
      expect([path, await overflowOf(watched)]).toEqual([path, 0]);
      expect([path, await watched.inaccessible()]).toEqual([path, []]);
    }
    await goTo(watched, gateway, '/keys?status=active');
    expect(await field('Status').isVisible()).toBe(true);
    expect(await overflowOf(watched)).toBe(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('what is rare is looked for behind what one answer looks at', async () => {
    const nowMs = Date.now();
    const many = Array.from({ length: MANY }, (_, at) => ({
      ...made,
      requestId: `req_many_${String(at)}`,
      startedAtMs: nowMs + at,
      totalMs: 1,
    }));
    await insert(many);
    await goTo(watched, gateway, '/requests?form=workers-ai');
    await expect.poll(() => rows('Requests').count()).toBe(1);
    await goTo(watched, gateway, '/requests?form=workers-ai&stream=true');
    await page.getByText('No request is like that').waitFor();
  });

  test('all of that broke no rule of the page', () => {
    expect(watched.problems).toEqual([]);
  });
});
