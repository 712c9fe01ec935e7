import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { overflowOf } from '../support/browser-console.ts';
import { openBrowserOn, windows } from '../support/browser-set-up.ts';
import { noBrowserReason, watchPage } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

const INDEX = '/models/reference/';
/** Small ones with everything in them; what axe has to say of the largest takes it half a minute. */
const pages = [INDEX, `${INDEX}files/`, `${INDEX}gateway-urls/`] as const;
const large = [`${INDEX}messages/`, `${INDEX}gateways/`, `${INDEX}accounts/`] as const;

describe.skipIf(noBrowserReason !== undefined)('the reference in a browser', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ browser, gateway, close } = await openBrowserOn(() => startTestGateway()));
  });
  afterAll(async () => {
    await close();
  });

  test.each(Object.entries(windows))(
    '%s: nothing is wrong, hidden or too wide',
    async (_name, options) => {
      for (const path of pages) {
        const watched = await watchPage(browser, [gateway.url], options);
        await watched.page.goto(`${gateway.url}${path}`);
        await watched.page.getByRole('heading', { level: 1 }).waitFor();
        expect([path, await watched.inaccessible()]).toEqual([path, []]);
        expect([path, await overflowOf(watched)]).toEqual([path, 0]);
        expect([path, watched.problems]).toEqual([path, []]);
        await watched.context.close();
      }
    },
  );

  test.each(large)('%s fits into every window', async (path) => {
    for (const options of Object.values(windows)) {
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
