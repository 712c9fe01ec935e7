import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goTo, openConsole, overflowOf, setUpConsole } from '../support/browser-console.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason, openBrowser } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Every page that the navigation has, by the name that it has there. */
const pages = [
  ['/', 'Overview'],
  ['/requests', 'Requests'],
  ['/batches', 'Batches'],
  ['/keys', 'Keys'],
  ['/accounts', 'Accounts'],
  ['/accounts/engines', 'engines'],
  ['/plans', 'Plans'],
  ['/prices', 'Prices'],
  ['/upstreams', 'Upstreams'],
  ['/routes', 'Routes'],
  ['/gateways', 'Gateways'],
  ['/policies', 'Policies'],
  ['/playground', 'Playground'],
  ['/scenarios', 'Scenarios'],
  ['/cassettes', 'Cassettes'],
  ['/audit', 'Audit log'],
  ['/settings', 'Settings'],
] as const;

const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };

/** Axe is slow and judges what is there: once for each theme and once for each width it sees all of it. */
const windows = [
  ['wide and light', { viewport: wide, colorScheme: 'light' }, 'judged'],
  ['narrow and dark', { viewport: narrow, colorScheme: 'dark' }, 'judged'],
  ['wide and dark', { viewport: wide, colorScheme: 'dark' }, 'measured'],
  ['narrow and light', { viewport: narrow, colorScheme: 'light' }, 'measured'],
] as const;

describe.skipIf(noBrowserReason !== undefined)('pages of the console', () => {
  let browser: Browser;
  let gateway: TestGateway;
  /** The session of who set the console up, for every window. */
  let signedIn: NonNullable<BrowserContextOptions['storageState']>;

  beforeAll(async () => {
    browser = await openBrowser();
    gateway = await startTestGateway(`
routes:
  - name: main
    models: ['claude-*']
    targets: [{ upstream: emulator }]
policies:
  - name: modest
    parameters: { limits: { max_tokens_max: 4096 } }
`);
    const first = await openConsole(browser, gateway);
    await setUpConsole(first, gateway);
    signedIn = await first.context.storageState();
    await first.context.close();
    for (const content of ['Hello', 'and goodbye', '']) {
      await fetch(`${gateway.url}/v1/messages`, {
        method: 'POST',
        headers: gateway.headers,
        body: JSON.stringify({
          model: 'claude-sonnet-4-6',
          max_tokens: 64,
          messages: [{ role: 'user', content }],
        }),
      });
    }
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  describe.each(windows)('%s', (_name, options, depth) => {
    let watched: WatchedPage;
    beforeAll(async () => {
      watched = await openConsole(browser, gateway, { ...options, storageState: signedIn });
    });
    afterAll(async () => {
      await watched.context.close();
    });

    test.each(pages)('%s is %s, and fits', async (path, title) => {
      await goTo(watched, gateway, path);
      await watched.page.getByRole('heading', { name: title, level: 1 }).waitFor();
      expect(await watched.page.title()).toBe(`${title} · Quatrain`);
      expect(await overflowOf(watched)).toBe(0);
      const faults = depth === 'judged' ? await watched.inaccessible() : [];
      expect(faults).toEqual([]);
      expect(watched.problems).toEqual([]);
    });
  });

  test('an address that is no page says so, and leads back', async () => {
    const watched = await openConsole(browser, gateway, { storageState: signedIn });
    await goTo(watched, gateway, '/nowhere');
    await watched.page.getByRole('link', { name: 'To the overview' }).click();
    await watched.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(watched.problems).toEqual([]);
    await watched.context.close();
  });
});
