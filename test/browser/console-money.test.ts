import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeyAnswer, OverviewAnswer } from '../../src/admin/contract.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway, textIn } from '../support/admin-client.ts';
import { goTo } from '../support/browser-console.ts';
import { openConsoleOn, windows } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';

const MODEL = 'claude-sonnet-4-6';
const ENDS = '2027-01-01T00:00:59.500Z';
const asked = {
  model: MODEL,
  max_tokens: 32,
  messages: [{ role: 'user', content: 'What does it cost?' }],
};

/** What operators type about money and keys, and that all pages say the same of what was spent. */
describe.skipIf(noBrowserReason !== undefined)('money in the console', () => {
  let gateway: AdministeredGateway;
  let watched: WatchedPage;
  let page: Page;
  let close: () => Promise<void>;
  let keyId: string;

  beforeAll(async () => {
    ({ gateway, watched, page, close } = await openConsoleOn(() => startAdministeredGateway()));
    await gateway.order('/admin/v1/accounts', { id: 'acme', name: 'Acme', plan: 'prepaid' });
    await gateway.order('/admin/v1/wallets/acme/open');
    const made = await gateway.order('/admin/v1/keys', {
      name: 'Shop',
      account: 'acme',
      scopes: ['messages'],
      rate: { requests_per_minute: 1000 },
      expires_at: ENDS,
    });
    keyId = textIn(made, 'id');
    await gateway.order('/admin/v1/wallets/acme/top-ups', {
      amount_nano: '5000000001',
      reason: 'wire',
    });
    const key = textIn(made, 'key');
    const headers = { 'anthropic-version': '2023-06-01' };
    for (const more of [{}, { stream: true }, { max_tokens: 0 }]) {
      await gateway.ask('POST', '/v1/messages', { key, headers, body: { ...asked, ...more } });
    }
    await gateway.gateway.parts.walk.settling?.idle();
  });
  afterAll(async () => {
    await close();
  });

  const dialog = (name: string | RegExp): Locator => page.getByRole('dialog', { name });
  const submitOf = (name: string, button: string): Locator =>
    dialog(name).getByRole('button', { name: button });
  async function keyNow(): Promise<KeyAnswer> {
    const { json } = await gateway.ask('GET', `/admin/v1/keys/${keyId}`);
    return json as unknown as KeyAnswer;
  }

  test.each([
    ['1,50', 'An amount in USD is wanted'],
    ['-5', 'An amount in USD is wanted'],
    ['0', 'More than nothing is wanted'],
    ['10000000', 'At most $9,999,999.999999999 at once'],
  ])('an amount "%s" is not taken, and the form says why', async (amount, why) => {
    await goTo(watched, gateway, '/accounts/acme');
    await page.getByRole('button', { name: 'Top up' }).click();
    const form = dialog('Top up');
    await form.getByLabel('Reason').fill('wire');
    await form.getByLabel('Amount in USD').fill(amount);
    await form.getByText(why).waitFor();
    expect(await form.getByLabel('Amount in USD').getAttribute('aria-invalid')).toBe('true');
    expect(await submitOf('Top up', 'Top up').isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
  });

  test('what is refused is gone to in a long form, and keeps what was typed', async () => {
    await goTo(watched, gateway, '/keys');
    await page.getByRole('button', { name: 'New key' }).first().click();
    const form = dialog('New key');
    await form.getByLabel('Name').fill('Late');
    await form.getByLabel('Expires').fill('2020-01-01T00:00');
    await form.getByLabel('Requests at once').fill('3');
    await submitOf('New key', 'Make the key').click();
    await form.getByText('A moment to come is wanted.', { exact: true }).waitFor();
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement.type');
    await expect.poll(focused).toBe('datetime-local');
    expect(await form.getByLabel('Requests at once').inputValue()).toBe('3');
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
  });

  test('a key changes in what was changed of it, and in nothing else', async () => {
    await goTo(watched, gateway, '/keys');
    await page.getByRole('link', { name: 'Shop' }).click();
    await dialog('Shop').getByText('1,000 requests a minute').waitFor();
    await dialog('Shop').getByRole('button', { name: 'Edit' }).click();
    await dialog('Edit Shop').getByLabel('Name').fill('Web shop');
    await dialog('Edit Shop').getByRole('checkbox', { name: 'chat asks' }).check();
    await dialog('Edit Shop').getByRole('button', { name: 'Save' }).click();
    await dialog('Web shop').waitFor();
    expect(await keyNow()).toMatchObject({
      name: 'Web shop',
      scopes: ['messages', 'chat'],
      rate: { requests_per_minute: 1000 },
      expires_at: ENDS,
    });
  });

  test('the grace of a rotation is typed: an empty one ends no secret', async () => {
    await dialog('Web shop').getByRole('button', { name: 'Rotate' }).click();
    const form = dialog(/^Another secret/);
    await form.getByLabel('Grace in seconds').fill('');
    const rotate = form.getByRole('button', { name: 'Rotate' });
    expect(await rotate.isDisabled()).toBe(true);
    await form.getByLabel('Grace in seconds').fill('2592001');
    await form.getByText('A whole number from 0 to 2,592,000 is wanted.').waitFor();
    await form.getByLabel('Grace in seconds').fill('60');
    await rotate.click();
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await dialog('Web shop').getByText('Old secret ends').waitFor();
  });

  test('an address that names no key says so, whatever is written there', async () => {
    await page.goto(`${gateway.adminUrl}/console/keys?key=..%2Faccounts%2Facme`);
    await dialog('Key').getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('table', { name: 'Keys' }).waitFor();
    expect(new URL(page.url()).searchParams.get('key')).toBeNull();
  });

  test('a plan whose markup was cleared is not saved as one without', async () => {
    await gateway.order('/admin/v1/plans', {
      name: 'gold',
      is_prepaid: true,
      markup_basis_points: 1250,
    });
    await goTo(watched, gateway, '/plans');
    await page.getByRole('button', { name: 'Edit' }).click();
    const form = dialog('Edit gold');
    expect(await form.getByLabel('Markup in percent').inputValue()).toBe('12.5');
    const save = form.getByRole('button', { name: 'Save' });
    for (const text of ['', '12.345', '-1', '10001']) {
      await form.getByLabel('Markup in percent').fill(text);
      expect([text, await save.isDisabled()]).toEqual([text, true]);
    }
    await form.getByLabel('Markup in percent').fill('10000');
    expect(await save.isDisabled()).toBe(false);
    await page.keyboard.press('Escape');
  });

  test('overview, explorer, ledger and statement say the same, to the nano', async () => {
    const hourMs = 3_600_000;
    const from = new Date(Math.floor(Date.now() / hourMs) * hourMs - hourMs).toISOString();
    const to = new Date(Date.now() + hourMs).toISOString();
    const { json } = await gateway.ask('GET', `/admin/v1/overview?from=${from}&to=${to}`);
    const [figures] = (json as unknown as OverviewAnswer).data;
    const charged = BigInt(figures?.charged_nano ?? 0);
    expect(charged).toBeGreaterThan(0n);

    await goTo(watched, gateway, '/');
    const stat = page.locator('dl > div').filter({ hasText: 'Charged' }).locator('[title]');
    await expect.poll(async () => nanoOf(await stat.getAttribute('title'))).toBe(charged);

    await goTo(watched, gateway, '/requests?account=acme');
    const cells = page
      .getByRole('table', { name: 'Requests' })
      .locator('[role=cell]:nth-child(8) [title]');
    const all = await cells.all();
    const costs = await Promise.all(all.map((cell) => cell.getAttribute('title')));
    expect(costs).toHaveLength(figures?.requests ?? 0);
    expect(sum(costs.map((title) => nanoOf(title)))).toBe(charged);

    await goTo(watched, gateway, '/accounts/acme');
    const moved = await page
      .getByRole('table', { name: 'Ledger' })
      .locator('[role=cell]:nth-child(4)')
      .allTextContents();
    expect(sum(moved.map((text) => nanoOf(text)))).toBe(5_000_000_001n - charged);
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Statement as JSON' }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe('transactions-acme.json');
    const chunks: Buffer[] = [];
    for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
    const statement = JSON.parse(Buffer.concat(chunks).toString()) as {
      readonly totals: { readonly amount_nano: string };
    };
    expect(statement.totals.amount_nano).toBe(String(5_000_000_001n - charged));
  });

  test('figures fit a wide window, and lead to the requests of the same time', async () => {
    await page.setViewportSize(windows['wide and light'].viewport ?? { width: 1440, height: 900 });
    await goTo(watched, gateway, '/');
    const table = page.getByRole('region', { name: 'Figures by model, scrollable' });
    await table.waitFor();
    const beyond =
      await page.evaluate(`(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(
      document.querySelector('[aria-label="Figures by model, scrollable"]'),
    )`);
    expect(beyond).toBe(0);
    const count = await table.locator('[role=cell]:nth-child(3)').first().textContent();
    await table.getByRole('link', { name: MODEL }).click();
    await page.waitForURL(/\/requests\?model=claude-sonnet-4-6&from=2/);
    const rows = page
      .getByRole('table', { name: 'Requests' })
      .locator('[role=row]:has([role=cell])');
    await expect.poll(() => rows.count()).toBe(Number(count));
  });

  test('a page that cannot be fetched says so in its place, and is there once it can', async () => {
    await goTo(watched, gateway, '/');
    await watched.context.setOffline(true);
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('heading', { name: 'Not reachable', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Try again' }).last().click();
    expect(await page.getByRole('link', { name: 'Overview' }).isVisible()).toBe(true);
    await watched.context.setOffline(false);
    await page.getByRole('main').getByRole('alert').getByRole('button').click();
    await page.getByRole('heading', { name: 'Policies', level: 1 }).waitFor();
  });

  test('all of that broke no rule of the page', () => {
    // That a page could not be fetched is told to the console of the browser too.
    const others = watched.problems.filter((problem) => !problem.includes('PageNotFetched'));
    expect(others).toEqual([]);
  });
});

/** What an amount is in nano-USD, as a page has it to the nano. */
function nanoOf(text: string | null): bigint {
  const [, sign = '', whole = '', rest = ''] = /^([+−]?)\$([\d,]+)\.(\d+)$/.exec(text ?? '') ?? [];
  const size = BigInt(`${whole.replaceAll(',', '')}${rest.padEnd(9, '0')}`);
  return sign === '−' ? -size : size;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
