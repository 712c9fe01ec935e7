import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goTo, openConsole, operator, signIn } from '../support/browser-console.ts';
import { openConsoleOn } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

const laterPassword = 'the-note-g-of-the-sketch';

/** What an operator keeps while sessions, windows and the gateway come and go. */
describe.skipIf(noBrowserReason !== undefined)('work that goes on', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let watched: WatchedPage;
  let page: Page;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ browser, gateway, watched, page, close } = await openConsoleOn(() => startTestGateway()));
  });
  afterAll(async () => {
    // The last test has stopped the gateway, if it came so far.
    await close();
  });

  test('filters are in the address: a reload keeps them, and Back undoes them', async () => {
    await goTo(watched, gateway, '/requests');
    const status = page.getByLabel('Status');
    await status.selectOption('429');
    await page.waitForURL(/status=429/);
    await page.getByLabel('Account').fill('engines');
    await page.waitForURL(/account=engines/);
    await page.reload();
    await expect.poll(() => page.getByLabel('Account').inputValue()).toBe('engines');
    expect(await status.inputValue()).toBe('429');
    await page.goBack();
    await expect.poll(() => page.getByLabel('Account').inputValue()).toBe('');
    expect(await status.inputValue()).toBe('429');
    await page.goBack();
    await expect.poll(() => status.inputValue()).toBe('');
  });

  test('a dialog has the focus at its first field, and gives it back', async () => {
    await goTo(watched, gateway, '/keys');
    await page.getByRole('button', { name: 'New key' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'New key' });
    const kind = dialog.getByLabel('Kind');
    const focused = page.locator(':focus');
    await expect.poll(() => kind.and(focused).count()).toBe(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const opener = page.getByRole('button', { name: 'New key' }).first();
    await expect.poll(() => opener.and(focused).count()).toBe(1);
  });

  test('a session that ends at work asks for the password, and nothing typed is lost', async () => {
    const other = await openConsole(browser, gateway);
    await signIn(other);
    await goTo(watched, gateway, '/settings?tab=check');
    const text = page.getByLabel('Text of a quatrain.yaml');
    await text.fill('log_level: debug\n');
    await goTo(other, gateway, '/settings?tab=operators');
    await other.page.getByRole('button', { name: 'Change password' }).click();
    const change = other.page.getByRole('dialog', { name: `Password of ${operator.name}` });
    await change.getByLabel('Present password').fill(operator.password);
    await change.getByLabel('New password').fill(laterPassword);
    await change.getByRole('button', { name: 'Change it' }).click();
    await change.waitFor({ state: 'detached' });
    await other.context.close();

    await page.getByRole('button', { name: 'Check' }).click();
    const again = page.getByRole('dialog', { name: 'Your session is over' });
    await again.getByLabel('Password').fill(laterPassword);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.waitFor({ state: 'detached' });
    expect(await text.inputValue()).toBe('log_level: debug\n');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('would be taken').waitFor();
  });

  test('who signs out in one window is out in all of them', async () => {
    const second = await watched.context.newPage();
    await second.goto(`${gateway.adminUrl}/console/upstreams`);
    await second.getByRole('heading', { name: 'Upstreams', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await second.bringToFront();
    await second.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(new URL(second.url()).pathname).toBe('/console/upstreams');
    await second.close();
  });

  test('where the gateway is gone, the page says that it shows what was', async () => {
    await page.getByLabel('Name').fill(operator.name);
    await page.getByLabel('Password').fill(laterPassword);
    await page.getByRole('button', { name: 'Sign in' }).click();
    // The page that they were at before.
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await goTo(watched, gateway, '/upstreams');
    await gateway.stop();
    await page.getByText(/cannot be reached.*is from before/).waitFor();
    expect(await page.getByRole('heading', { name: 'emulator' }).count()).toBe(1);
    expect(await watched.inaccessible()).toEqual([]);
    expect(watched.problems).toEqual([]);
  });
});
