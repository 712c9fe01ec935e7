import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestAnswer } from '../../src/admin/contract.ts';
import { askMessages } from '../support/ask-messages.ts';
import { goTo, openConsole, operator, setUpConsole, signIn } from '../support/browser-console.ts';
import { openBrowserOn } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What an operator does on the first day, in order: each test goes on where the one before ended. */
describe.skipIf(noBrowserReason !== undefined)('the first day with the console', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let watched: WatchedPage;
  let close: () => Promise<void>;
  let key: string;
  let requestId: string;

  beforeAll(async () => {
    ({ browser, gateway, close } = await openBrowserOn(() => startTestGateway()));
    watched = await openConsole(browser, gateway);
  });
  afterAll(async () => {
    await close();
  });

  test('nobody gets in without the token', async () => {
    const { page } = watched;
    await page.getByLabel('Set-up token').fill('qtn_setup_made-up');
    await page.getByLabel('Name').fill(operator.name);
    await page.getByLabel('Password').fill(operator.password);
    await page.getByRole('button', { name: 'Make the first operator' }).click();
    expect(await page.getByRole('alert').first().textContent()).toContain('token');
    expect(await watched.inaccessible()).toEqual([]);
  });

  test('with it the first operator is made, and is signed in', async () => {
    await setUpConsole(watched, gateway);
    expect(await watched.page.getByText(operator.name, { exact: true }).count()).toBe(1);
  });

  test('an account is made, with a prepaid plan', async () => {
    const { page } = watched;
    await goTo(watched, gateway, '/accounts');
    await page.getByRole('button', { name: 'New account' }).first().click();
    await page.getByLabel('Name').fill('Analytical Engines');
    await page.getByLabel('Id', { exact: true }).fill('engines');
    await page.getByLabel('Plan').selectOption('prepaid');
    await page.getByRole('button', { name: 'Make the account' }).click();
    const title = page.getByRole('heading', { name: 'Analytical Engines', level: 1 });
    await expect.poll(() => title.count()).toBe(1);
  });

  test('its wallet is opened and topped up, once however often the button is pressed', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Open a wallet' }).click();
    await page.getByRole('button', { name: 'Top up' }).click();
    const dialog = page.getByRole('dialog', { name: 'Top up' });
    await dialog.getByLabel('Amount in USD').fill('25');
    await dialog.getByLabel('Reason').fill('first day');
    await dialog.getByRole('button', { name: 'Top up' }).dblclick();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => page.getByText('+$25.00').count()).toBe(1);
    expect(await page.getByRole('definition').filter({ hasText: '$25.00' }).count()).toBe(2);
  });

  test('a key is made, and shown once', async () => {
    const { page } = watched;
    await goTo(watched, gateway, '/keys?account=engines');
    await page.getByRole('button', { name: 'New key' }).first().click();
    await page.getByRole('dialog', { name: 'New key' }).getByLabel('Name').fill('first key');
    await page.getByRole('button', { name: 'Make the key' }).click();
    key = (await page.getByRole('region', { name: 'key', exact: true }).textContent()) ?? '';
    expect(key).toMatch(/^qtn_/);
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('link', { name: 'first key' }).waitFor();
    expect(await page.content()).not.toContain(key);
  });

  test('a request with the key is in the explorer, with what it cost', async () => {
    const { page } = watched;
    const response = await askMessages(
      { url: gateway.url, headers: { ...gateway.headers, 'x-api-key': key } },
      'Weave algebraical patterns',
    );
    expect(response.status).toBe(200);
    requestId = response.headers.get('request-id') ?? '';
    const own = await fetch(`${gateway.url}/v1/requests/${requestId}`, {
      headers: { 'x-api-key': key },
    });
    const { charged_nano: charged } = (await own.json()) as RequestAnswer;
    expect(Number(charged)).toBeGreaterThan(0);
    await goTo(watched, gateway, '/requests?account=engines');
    await page.getByRole('row').filter({ hasText: 'claude-sonnet-4-6' }).first().click();
    await page.waitForURL(`**/requests/${requestId}*`);
    await expect.poll(() => page.getByText(exactUsd(charged)).count()).toBeGreaterThan(0);
  });

  test('the ledger has the charge, and leads back to the request', async () => {
    const { page } = watched;
    await goTo(watched, gateway, '/accounts/engines');
    await page.getByRole('link', { name: requestId }).first().click();
    await expect.poll(() => page.url()).toContain(`/requests/${requestId}`);
  });

  test('whoever signs out is out, and gets in again with the password', async () => {
    const { page } = watched;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto(`${gateway.adminUrl}/console/keys`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto(`${gateway.adminUrl}/console/`);
    await signIn(watched);
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(1);
  });

  test('all of that broke no rule of the page', () => {
    expect(watched.problems).toEqual([]);
  });
});

/** To the nano, as the console writes it. */
function exactUsd(nano: string | null): string {
  const rest = String(BigInt(nano ?? 0))
    .padStart(9, '0')
    .slice(-9);
  return `.${rest.replace(/0{1,7}$/, '')}`;
}
