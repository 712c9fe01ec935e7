import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConsole, setUpConsole, signIn } from '../support/browser-console.ts';
import { noBrowserReason, openBrowser, watchPage } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** As a slow phone would: what takes long here is felt there. */
const CPU_SLOWDOWN = 4;
const LARGEST_PAINT_MS_MAX = 2500;
const LAYOUT_SHIFT_MAX = 0.1;
const BLOCKED_MS_MAX = 600;
const ELEMENTS_MAX = 3000;
const SETTLED_MS = 1500;

interface Vitals {
  readonly largestPaintMs: number;
  readonly layoutShift: number;
  readonly blockedMs: number;
  readonly elements: number;
}

/** Watches from the first moment of a page on; the browser's own entries, by its own definitions. */
const watching = `
  window.vitals = { largestPaintMs: 0, layoutShift: 0, blockedMs: 0 };
  const watch = (type, each) => new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  watch('largest-contentful-paint', (entry) => { vitals.largestPaintMs = entry.startTime; });
  watch('layout-shift', (entry) => { if (!entry.hadRecentInput) vitals.layoutShift += entry.value; });
  watch('longtask', (entry) => { vitals.blockedMs += Math.max(0, entry.duration - 50); });
`;

async function vitalsOf(page: Page, url: string): Promise<Vitals> {
  await page.addInitScript(watching);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.waitForTimeout(SETTLED_MS);
  return page.evaluate("({ ...window.vitals, elements: document.querySelectorAll('*').length })");
}

function expectGood(name: string, vitals: Vitals): void {
  const { largestPaintMs, layoutShift, blockedMs, elements } = vitals;
  process.stdout.write(
    `${name}: largest paint ${largestPaintMs.toFixed(0)} ms, shift ${layoutShift.toFixed(3)}, blocked ${blockedMs.toFixed(0)} ms, ${String(elements)} elements\n`,
  );
  expect(largestPaintMs).toBeGreaterThan(0);
  expect(largestPaintMs).toBeLessThanOrEqual(LARGEST_PAINT_MS_MAX);
  expect(layoutShift).toBeLessThanOrEqual(LAYOUT_SHIFT_MAX);
  expect(blockedMs).toBeLessThanOrEqual(BLOCKED_MS_MAX);
  expect(elements).toBeLessThanOrEqual(ELEMENTS_MAX);
}

describe.skipIf(noBrowserReason !== undefined)('pages on a slow machine', () => {
  let browser: Browser;
  let gateway: TestGateway;
  beforeAll(async () => {
    browser = await openBrowser();
    gateway = await startTestGateway();
    const first = await openConsole(browser, gateway);
    await setUpConsole(first, gateway);
    await first.context.close();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  test.each(['/models/', '/models/anthropic/claude-sonnet-4.6/'])(
    '%s of the catalog are there soon, stay where they are, and can be used',
    async (path) => {
      const { page, context } = await watchPage(browser, [gateway.url]);
      expectGood(path, await vitalsOf(page, `${gateway.url}${path}`));
      await context.close();
    },
  );

  test.each(['/', '/requests', '/keys', '/prices', '/settings'])(
    '%s of the console are there soon, stay where they are, and can be used',
    async (path) => {
      const watched = await openConsole(browser, gateway);
      await signIn(watched);
      expectGood(path, await vitalsOf(watched.page, `${gateway.adminUrl}/console${path}`));
      await watched.context.close();
    },
  );

  test.each(['/models/', '/models/anthropic/claude-sonnet-4.6/messages/'])(
    '%s says what search engines and readers ask for',
    async (path) => {
      const { page, context } = await watchPage(browser, [gateway.url]);
      await page.goto(`${gateway.url}${path}`);
      const head: unknown = await page.evaluate(`({
        lang: document.documentElement.lang,
        hasTitle: document.title.length > 5,
        hasDescription: (document.querySelector('meta[name=description]')?.content ?? '').length > 20,
        hasViewport: document.querySelector('meta[name=viewport]') !== null,
        titles: document.querySelectorAll('h1').length,
        hasMain: document.querySelector('main') !== null,
        namelessLinks: [...document.links].filter((link) => link.textContent.trim() === '' && !link.ariaLabel).length,
      })`);
      expect(head).toEqual({
        lang: 'en',
        hasTitle: true,
        hasDescription: true,
        hasViewport: true,
        titles: 1,
        hasMain: true,
        namelessLinks: 0,
      });
      await context.close();
    },
  );

  test('files are sent compressed and are kept for ever; pages are asked for anew', async () => {
    const page = await fetch(`${gateway.adminUrl}/console/`);
    const [path = ''] = /\/assets\/[\w.-]+\.js/.exec(await page.text()) ?? [];
    const script = await fetch(`${gateway.adminUrl}${path}`, {
      headers: { 'accept-encoding': 'br' },
    });
    expect(script.headers.get('content-encoding')).toBe('br');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(page.headers.get('cache-control')).toMatch(/no-(?:cache|store)/);
  });
});
