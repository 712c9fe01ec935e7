import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askMessages } from '../support/ask-messages.ts';
import { goTo, openConsole, overflowOf } from '../support/browser-console.ts';
import { openConsoleOn, windows } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
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

/** Axe is slow and judges what is there: once for each theme and once for each width it sees all of it. */
const depths = [
  ['wide and light', 'judged'],
  ['narrow and dark', 'judged'],
  ['wide and dark', 'measured'],
  ['narrow and light', 'measured'],
] as const;

const configuration = `
routes:
  - name: main
    models: ['claude-*']
    targets: [{ upstream: emulator }]
policies:
  - name: modest
    parameters: { limits: { max_tokens_max: 4096 } }
`;

describe.skipIf(noBrowserReason !== undefined)('pages of the console', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let close: () => Promise<void>;
  /** The session of who set the console up, for every window. */
  let signedIn: NonNullable<BrowserContextOptions['storageState']>;

  beforeAll(async () => {
    const first = await openConsoleOn(() => startTestGateway(configuration));
    ({ browser, gateway, close } = first);
    signedIn = await first.watched.context.storageState();
    await first.watched.context.close();
    for (const content of ['Hello', 'and goodbye', '']) {
      await askMessages(gateway, content);
    }
  });
  afterAll(async () => {
    await close();
  });

  describe.each(depths)('%s', (name, depth) => {
    let watched: WatchedPage;
    beforeAll(async () => {
      watched = await openConsole(browser, gateway, { ...windows[name], storageState: signedIn });
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

  test.each(['/', '/upstreams'])('%s is there in a browser without a language', async (path) => {
    const watched = await openConsole(browser, gateway, { storageState: signedIn });
    // As Chromium says it on a system whose locale is POSIX.
    await watched.page.addInitScript(
      "Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true })",
    );
    await goTo(watched, gateway, path);
    await watched.page.locator('canvas').first().waitFor();
    expect(watched.problems).toEqual([]);
    await watched.context.close();
  });
});
