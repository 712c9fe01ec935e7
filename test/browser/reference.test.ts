import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { overflowOf } from '../support/browser-console.ts';
import { noBrowserReason, openBrowser, watchPage } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

const INDEX = '/models/reference/';
/** Small ones with everything in them; what axe has to say of the largest takes it half a minute. */
const pages = [INDEX, `${INDEX}files/`, `${INDEX}gateway-urls/`] as const;
const large = [`${INDEX}messages/`, `${INDEX}gateways/`, `${INDEX}accounts/`] as const;

const windows = [
  ['wide and light', { viewport: { width: 1440, height: 900 }, colorScheme: 'light' }],
  ['wide and dark', { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' }],
  ['narrow and light', { viewport: { width: 360, height: 740 }, colorScheme: 'light' }],
  ['narrow and dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
] as const;

describe.skipIf(noBrowserReason !== undefined)('the reference in a browser', () => {
  let browser: Browser;
  let gateway: TestGateway;

  beforeAll(async () => {
    browser = await openBrowser();
    gateway = await startTestGateway();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  test.each(windows)('%s: nothing is wrong, hidden or too wide', async (_name, options) => {
    for (const path of pages) {
      const watched = await watchPage(browser, [gateway.url], options);
      await watched.page.goto(`${gateway.url}${path}`);
      await watched.page.getByRole('heading', { level: 1 }).waitFor();
      expect([path, await watched.inaccessible()]).toEqual([path, []]);
      expect([path, await overflowOf(watched)]).toEqual([path, 0]);
      expect([path, watched.problems]).toEqual([path, []]);
      await watched.context.close();
    }
  });

  test.each(large)('%s fits into every window', async (path) => {
    for (const [, options] of windows) {
      const watched = await watchPage(browser, [gateway.url], options);
      await watched.page.goto(`${gateway.url}${path}`);
      await watched.page.getByRole('heading', { level: 1 }).waitFor();
      expect([path, await overflowOf(watched)]).toEqual([path, 0]);
      expect([path, watched.problems]).toEqual([path, []]);
      await watched.context.close();
    }
  });

  test('without scripts an operation is found, read and opened', async () => {
    const watched = await watchPage(browser, [gateway.url], { javaScriptEnabled: false });
    const { page } = watched;
    await page.goto(`${gateway.url}/models/`);
    await page.getByRole('link', { name: 'API reference' }).click();
    await page.getByRole('link', { name: '/v1/messages', exact: true }).first().click();
    await page.waitForURL(`${gateway.url}${INDEX}messages/#createMessage`);
    await page.getByText('POST /v1/messages', { exact: true }).waitFor();
    await page.getByText('messages[]', { exact: true }).first().click();
    expect(await page.getByText('messages[].role').first().isVisible()).toBe(true);
    await watched.context.close();
  });
});
