import { Anthropic } from '@anthropic-ai/sdk';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FigureAnswer, OverviewAnswer, RequestAnswer } from '../../src/admin/contract.ts';
import { administer } from '../support/admin-client.ts';
import { goTo, overflowOf } from '../support/browser-console.ts';
import { openConsoleOn } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

const MODEL = 'claude-sonnet-4-6';
const FALLING_BACK = 'claude-haiku-4-5';
const HOUR_MS = 3_600_000;

/** Nobody listens at the first target; batches are slow enough to be canceled. */
const yaml = `
request_log: { bodies: { enabled: true } }
emulator: { scenarios_file: scenarios.yaml }
batches: { concurrency: 1 }
upstreams:
  away: { kind: anthropic, base_url: 'http://127.0.0.1:1', api_key: 'env:AWAY' }
default_upstream: emulator
routes:
  - { name: away, models: ['claude-haiku-*'], targets: [{ upstream: away }], fallbacks: [{ upstream: emulator }] }
`;
const scenarios = `
scenarios:
  - name: slow
    match: { last_user_text: slowly }
    pace: { first_token_ms: 500 }
`;

/** What was asked and how it ended: each test goes on where the one before ended. */
describe.skipIf(noBrowserReason !== undefined)('what operators see of the traffic', () => {
  let gateway: TestGateway;
  let watched: WatchedPage;
  let page: Page;
  let close: () => Promise<void>;
  let client: Anthropic;
  const ids = { ok: '', streamed: '', refused: '', fellBack: '' };
  let streamedText = '';

  beforeAll(async () => {
    const files = { 'scenarios.yaml': scenarios };
    ({ gateway, watched, page, close } = await openConsoleOn(() =>
      startTestGateway(yaml, { AWAY: 'sk-away' }, files),
    ));
    client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
  });
  afterAll(async () => {
    await close();
  });

  const asked = (content: string, model = MODEL): Anthropic.MessageCreateParamsNonStreaming => ({
    model,
    max_tokens: 128,
    messages: [{ role: 'user', content }],
  });

  /** Asks the admin API as the page does. */
  async function api<Answer>(path: string): Promise<Answer> {
    const text = await page.evaluate(async (url) => (await fetch(url)).text(), path);
    return JSON.parse(text) as Answer;
  }

  async function total(): Promise<FigureAnswer | undefined> {
    const now = Date.now();
    const from = new Date(now - HOUR_MS).toISOString();
    const to = new Date(now + HOUR_MS).toISOString();
    const answer = await api<OverviewAnswer>(`/admin/v1/overview?from=${from}&to=${to}`);
    return answer.data[0];
  }

  const stat = (name: string): Locator =>
    page
      .locator('dl > div')
      .filter({ has: page.getByRole('term').getByText(name, { exact: true }) })
      .getByRole('definition')
      .first();
  /** Rows of a list, without its head. */
  const rows = (label: string): Locator =>
    page
      .getByRole('table', { name: label })
      .getByRole('row')
      .filter({ has: page.getByRole('cell') });

  test('a gateway that nobody asked anything says how to begin', async () => {
    await page.getByRole('heading', { name: 'Send the first request' }).waitFor();
    const code = page.getByRole('region', { name: 'first request', exact: true });
    expect(await code.textContent()).toContain(`curl ${gateway.url}/v1/messages`);
    expect(await page.getByRole('link', { name: 'Open the playground' }).count()).toBe(1);
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('the first request takes that away by itself', async () => {
    const answer = await client.messages.create(asked('Hello')).withResponse();
    ids.ok = answer.request_id ?? '';
    expect(ids.ok).toMatch(/^req_/);
    await expect.poll(() => page.getByRole('heading', { name: 'Now' }).count()).toBe(1);
  });

  test('the overview shows the numbers that the API says', async () => {
    const stream = client.messages.stream(asked('Tell me of gateways'));
    streamedText = await stream.finalText();
    ids.streamed = stream.request_id ?? '';
    const refusal: unknown = await client.messages
      .create(asked('Hello', 'no-such-model'))
      .catch((error: unknown) => error);
    if (!(refusal instanceof Anthropic.NotFoundError)) throw refusal;
    ids.refused = refusal.requestID ?? '';
    const fallen = await client.messages.create(asked('Hello', FALLING_BACK)).withResponse();
    ids.fellBack = fallen.request_id ?? '';
    await expect.poll(async () => (await total())?.requests).toBe(4);
    const figures = await total();
    await goTo(watched, gateway, '/?range=1h');
    const plain = (count: string | number | undefined): string =>
      Number(count).toLocaleString('en-US');
    await expect.poll(() => stat('Requests').textContent()).toBe('4');
    expect(figures?.failed).toBe(1);
    expect(await stat('Failure share').textContent()).toBe('25.0 %');
    expect(await stat('Input tokens').textContent()).toBe(plain(figures?.input_tokens));
    expect(await stat('Output tokens').textContent()).toBe(plain(figures?.output_tokens));
    expect(await stat('Cost').getByTitle(exactUsd(figures?.cost_nano)).count()).toBe(1);
    expect(await rows('Figures by model').count()).toBe(3);
    expect(await page.getByRole('link', { name: 'not_found' }).count()).toBe(1);
    const newest = page.getByRole('list', { name: 'Newest requests' });
    await expect.poll(() => newest.getByRole('listitem').count()).toBe(4);
  });

  test('time and breakdown stand in the address', async () => {
    await page.getByLabel('By', { exact: true }).selectOption('upstream');
    await page.getByLabel('Time', { exact: true }).selectOption('7d');
    await page.waitForURL(/range=7d/);
    expect(new URL(page.url()).searchParams.get('by')).toBe('upstream');
    await page.reload();
    await expect.poll(() => rows('Figures by upstream').count()).toBeGreaterThan(0);
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('a filter narrows the list, stands in the address and outlives a reload', async () => {
    await goTo(watched, gateway, '/requests');
    await expect.poll(() => rows('Requests').count()).toBe(4);
    await page.getByLabel('Status').selectOption('404');
    await expect.poll(() => rows('Requests').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('status')).toBe('404');
    await page.reload();
    await expect.poll(() => rows('Requests').count()).toBe(1);
    expect(await page.getByLabel('Status').inputValue()).toBe('404');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(() => rows('Requests').count()).toBe(4);
  });

  test('a cost narrows it, and what is no amount is said to be none', async () => {
    await page.getByLabel('Cost from, USD').fill('100');
    await page.getByText('No request is like that').waitFor();
    await page.getByLabel('Cost from, USD').fill('much');
    await page.getByRole('alert').getByText('an amount in USD').waitFor();
    await expect.poll(() => rows('Requests').count()).toBe(4);
  });

  test('the detail of a request shows the cost that its caller is told', async () => {
    const own = await fetch(`${gateway.url}/v1/requests/${ids.ok}`, { headers: gateway.headers });
    const { cost_nano: cost } = (await own.json()) as RequestAnswer;
    expect(Number(cost)).toBeGreaterThan(0);
    await goTo(watched, gateway, `/requests/${ids.ok}`);
    const sum = page.getByRole('row').filter({ hasText: 'Cost' }).getByRole('cell');
    expect(await sum.textContent()).toBe(exactUsd(cost));
    expect(await stat('Cost').getByTitle(exactUsd(cost)).count()).toBe(1);
    await page.getByText('the cost is counted, and no wallet pays').waitFor();
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('each attempt is shown with its phases', async () => {
    await goTo(watched, gateway, `/requests/${ids.fellBack}`);
    await page.getByRole('tab', { name: 'Attempts' }).click();
    await page.getByRole('heading', { name: '2 attempts' }).waitFor();
    await page.getByText('upstream_failed').waitFor();
    const phases = page.getByRole('list', { name: 'Phases at emulator' });
    expect(await phases.textContent()).toContain('Waiting for the head');
    expect(new URL(page.url()).searchParams.get('tab')).toBe('attempts');
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('what was asked is shown, without the key', async () => {
    await goTo(watched, gateway, `/requests/${ids.streamed}?tab=request`);
    const body = page.getByRole('region', { name: 'text of the request body' });
    expect(await body.textContent()).toContain('Tell me of gateways');
    expect(await page.content()).not.toContain(gateway.key);
  });

  test('a stream is replayed on its own timeline', async () => {
    await page.getByRole('tab', { name: 'Response' }).click();
    const said = page.getByRole('region', { name: 'What was said' });
    expect(await said.textContent()).toContain(streamedText);
    const place = page.getByRole('slider', { name: 'Position in the stream' });
    await place.press('Home');
    await page.getByText('Nothing was said so far.').waitFor();
    expect(await page.getByText(/· 0 of \d+ events/).count()).toBe(1);
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => said.textContent()).toContain(streamedText);
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect(await rows('Events of the stream').first().textContent()).toContain('message_start');
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('the books know nothing of what no wallet paid, and JSON has it all', async () => {
    await page.getByRole('tab', { name: 'Ledger' }).click();
    await page.getByText('The books know nothing of it').waitFor();
    await page.getByRole('tab', { name: 'JSON' }).click();
    expect(await page.getByRole('region', { name: 'exchange' }).textContent()).toContain(
      `"id": "${ids.streamed}"`,
    );
  });

  test('the ledger of what a wallet paid leads to the account', async () => {
    const admin = await administer(gateway);
    await admin.ask('POST', '/admin/v1/accounts', {
      body: { id: 'shop', name: 'Shop', plan: 'prepaid' },
    });
    await admin.ask('POST', '/admin/v1/wallets/shop/open', { body: {} });
    const money = { amount_nano: '5000000000', reason: 'for the test' };
    await admin.order('/admin/v1/wallets/shop/top-ups', money);
    const key = await admin.makeKey({ kind: 'inference', account: 'shop' });
    const shop = new Anthropic({ baseURL: gateway.url, apiKey: key, maxRetries: 0 });
    const { request_id: id } = await shop.messages.create(asked('Hello')).withResponse();
    await goTo(watched, gateway, `/requests/${id ?? ''}?tab=ledger`);
    const transfers = page.getByRole('region', { name: 'Transfers, scrollable' });
    await transfers.getByText('usage', { exact: true }).waitFor();
    await transfers.getByRole('link', { name: /^wallet:shop/ }).click();
    await page.waitForURL('**/accounts/shop');
    await page.getByRole('heading', { name: 'Shop', level: 1 }).waitFor();
    const links = page.getByRole('link', { name: id ?? '' });
    await expect.poll(() => links.count()).toBeGreaterThan(0);
  });

  test('a refused request says why it is not billed', async () => {
    await goTo(watched, gateway, `/requests/${ids.refused}`);
    await page.getByText('It costs: 0.').waitFor();
    expect(await page.getByRole('definition').filter({ hasText: 'not_found' }).count()).toBe(2);
  });

  test('one that is not there is said not to be', async () => {
    await goTo(watched, gateway, '/requests/req_made-up');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('There is no request');
  });

  test('a batch is shown with its progress', async () => {
    const { id } = await client.messages.batches.create({
      requests: ['one', 'two', 'three'].map((name) => ({
        custom_id: name,
        params: asked(`${name} of a batch`, name === 'three' ? 'no-such-model' : MODEL),
      })),
    });
    await goTo(watched, gateway, '/batches');
    const bar = page.getByRole('progressbar', { name: `Progress of ${id}` });
    await expect.poll(() => bar.first().getAttribute('aria-valuenow')).toBe('3');
    await page.getByRole('link', { name: id }).click();
    const dialog = page.getByRole('dialog', { name: 'Batch' });
    await dialog.getByRole('definition').getByText('Ended', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('batch')).toBe(id);
    expect(await dialog.getByRole('button', { name: 'Cancel the batch' }).count()).toBe(0);
    expect(await watched.inaccessible()).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a batch is canceled once that is confirmed', async () => {
    const { id } = await client.messages.batches.create({
      requests: Array.from({ length: 200 }, (_, at) => ({
        custom_id: `r${String(at)}`,
        params: asked('slowly'),
      })),
    });
    await page.goto(`${gateway.adminUrl}/console/batches?batch=${id}`);
    const dialog = page.getByRole('dialog', { name: 'Batch', exact: true });
    await dialog.getByRole('button', { name: 'Cancel the batch' }).click();
    const asking = page.getByRole('dialog', { name: 'Cancel this batch?' });
    await asking.getByRole('button', { name: 'Cancel the batch' }).click();
    await asking.waitFor({ state: 'detached' });
    await dialog.getByRole('definition').getByText('Ended', { exact: true }).waitFor();
    const batch = await client.messages.batches.retrieve(id);
    expect(batch.request_counts.canceled).toBeGreaterThan(0);
  });

  test('a narrow window has room for a request', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const tab of ['summary', 'attempts', 'request', 'response', 'ledger', 'raw']) {
      await goTo(watched, gateway, `/requests/${ids.streamed}?tab=${tab}`);
      expect([tab, await overflowOf(watched)]).toEqual([tab, 0]);
      expect([tab, await watched.inaccessible()]).toEqual([tab, []]);
    }
  });

  test('all of that broke no rule of the page', () => {
    expect(watched.problems).toEqual([]);
  });
});

/** To the nano, as the console writes it. */
function exactUsd(nano: string | null | undefined): string {
  const value = BigInt(nano ?? 0);
  const rest = String(value % 1_000_000_000n).padStart(9, '0');
  return `$${String(value / 1_000_000_000n)}.${rest.replace(/0{1,7}$/, '')}`;
}
