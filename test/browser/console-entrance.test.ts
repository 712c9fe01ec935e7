import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConsole, operator } from '../support/browser-console.ts';
import { openBrowserOn } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The way in: the set-up token, who is faster with it, and passwords that are not right. */
describe.skipIf(noBrowserReason !== undefined)('before the console', () => {
  let gateway: TestGateway;
  let first: WatchedPage;
  let second: WatchedPage;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const opened = await openBrowserOn(() => startTestGateway());
    ({ gateway, close } = opened);
    first = await openConsole(opened.browser, gateway);
    second = await openConsole(opened.browser, gateway);
  });
  afterAll(async () => {
    await close();
  });

  const token = (): string => gateway.gateway.parts.setupToken?.()?.reveal() ?? '';
  const make = async (page: Page, name: string, password: string): Promise<void> => {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Make the first operator' }).click();
  };

  test('what is refused is said at its field', async () => {
    const { page } = first;
    await page.goto(`${gateway.adminUrl}/console/settings?tab=operators#token=${token()}`);
    await make(page, operator.name, 'short');
    const invalid = page.locator('[aria-invalid=true]');
    await expect.poll(() => invalid.getAttribute('autocomplete')).toBe('new-password');
    await make(page, 'a da', operator.password);
    await expect.poll(() => invalid.getAttribute('autocomplete')).toBe('username');
  });

  test('who is set up is where they wanted to go, and the token is not in the address', async () => {
    const { page } = first;
    await second.page.goto(`${gateway.adminUrl}/console/#token=${token()}`);
    await second.page.getByRole('heading', { name: 'Set up the console' }).waitFor();
    await make(page, operator.name, operator.password);
    await page.getByRole('row').filter({ hasText: operator.name }).getByText('you').waitFor();
    expect(page.url()).toBe(`${gateway.adminUrl}/console/settings?tab=operators`);
  });

  test('who was slower signs in', async () => {
    const { page } = second;
    await make(page, 'eve', 'another-engine-altogether');
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await page.getByText('There is an operator already: sign in.').waitFor();
    expect(page.url()).not.toContain('token');
  });

  test('a present password that is not right is said at its field', async () => {
    const { page } = first;
    await page.getByRole('button', { name: 'Change password' }).click();
    const dialog = page.getByRole('dialog', { name: `Password of ${operator.name}` });
    await dialog.getByLabel('Present password').fill('not-this-one-at-all');
    await dialog.getByLabel('New password').fill('the-note-g-of-the-sketch');
    await dialog.getByRole('button', { name: 'Change it' }).click();
    const present = dialog.getByLabel('Present password');
    await expect.poll(() => present.getAttribute('aria-invalid')).toBe('true');
    await dialog.getByText('The password is not right.').first().waitFor();
    expect(await first.inaccessible()).toEqual([]);
    expect([...first.problems, ...second.problems]).toEqual([]);
  });
});
