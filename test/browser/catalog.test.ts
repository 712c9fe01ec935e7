import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { overflowOf } from '../support/browser-console.ts';
import { openBrowserOn, windows } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason, watchPage } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

const sonnet46 = '/models/anthropic/claude-sonnet-4.6/';
const paths = [
  '/models/',
  '/models/?q=opus&feature=effort',
  sonnet46,
  `${sonnet46}messages/`,
  `${sonnet46}chat-completions/`,
  '/models/anthropic/claude-3-opus-20240229/',
  '/models/anthropic/nothing/',
];

/** Counts, in a page, what is shown of a selector and wider than its place. */
function cutOff(selector: string): string {
  return `[...document.querySelectorAll(${JSON.stringify(selector)})]
    .filter((one) => one.scrollWidth > one.clientWidth + 1).length`;
}

/** The catalog as people see it: with scripts, without them, wide, narrow, light, dark. */
describe.skipIf(noBrowserReason !== undefined)('the catalog in a browser', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ browser, gateway, close } = await openBrowserOn(() => startTestGateway()));
  });
  afterAll(async () => {
    await close();
  });

  async function open(path: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const watched = await watchPage(browser, [gateway.url], options);
    await watched.page.goto(`${gateway.url}${path}`);
    return watched;
  }

  for (const name of ['wide and light', 'narrow and dark'] as const) {
    test.each(paths)(`%s, ${name}`, async (path) => {
      const watched = await open(path, windows[name]);
      const { page, context, problems, inaccessible } = watched;
      expect(await page.locator('h1').count()).toBe(1);
      expect(await overflowOf(watched)).toBe(0);
      expect(await inaccessible()).toEqual([]);
      expect(problems).toEqual([]);
      await context.close();
    });
  }

  test('without scripts everything can be read and chosen', async () => {
    const { page, context, problems } = await open('/models/', { javaScriptEnabled: false });
    await page.getByRole('searchbox', { name: 'Search' }).fill('sonnet 4.6');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.locator('.model:visible').count()).toBe(1);
    await page.getByRole('link', { name: 'Claude Sonnet 4.6' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Claude Sonnet 4.6');
    const usage = page.locator('.tabs').first();
    expect(await usage.locator('pre:visible').textContent()).toContain('env.AI.run(');
    await usage.locator('label', { hasText: 'cURL' }).click();
    expect(await usage.locator('pre:visible').textContent()).toMatch(/^curl /);
    const raw = page.locator('.folded').filter({ hasText: 'Raw response' }).first();
    await raw.locator('summary').click();
    expect(await raw.locator('pre:visible').textContent()).toContain('"stop_reason": "end_turn"');
    await page.locator('summary', { hasText: 'messages[]' }).first().click();
    expect(await page.getByText('messages[].role').isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Copy page' }).count()).toBe(0);
    await page.getByRole('link', { name: 'View as Markdown' }).click();
    expect(new URL(page.url()).pathname).toBe(`${sonnet46}index.md`);
    expect(problems).toEqual([]);
    await context.close();
  });

  test('on paper a page is black on white, and nothing of it is cut off', async () => {
    const { page, context } = await open(`${sonnet46}messages/`, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const hidden of [
      '.site-header',
      '.page-actions',
      '.contents',
      '.forms',
      '.code > .copy',
    ]) {
      expect([hidden, await page.locator(hidden).first().isVisible()]).toEqual([hidden, false]);
    }
    const colours = await page.evaluate<{ color: string; backgroundColor: string }>(
      '(({ color, backgroundColor }) => ({ color, backgroundColor }))(getComputedStyle(document.body))',
    );
    expect(colours).toEqual({ color: 'rgb(23, 24, 31)', backgroundColor: 'rgb(255, 255, 255)' });
    // Only the language that is shown.
    expect(await page.locator('.tabs').first().locator('label:visible').allTextContents()).toEqual([
      'cURL',
    ]);
    await page.setViewportSize({ width: 600, height: 800 });
    const cut = await page.evaluate<number>(cutOff('pre, .table-scroll'));
    expect(cut).toBe(0);
    await context.close();
  });

  test('on a narrow screen names of parameters keep their line, and answers wrap', async () => {
    const { page, context } = await open(`${sonnet46}messages/`, windows['narrow and dark']);
    await page.evaluate(
      "for (const one of document.querySelectorAll('details')) one.setAttribute('open', '')",
    );
    const line = page.locator('.parameter-name', { hasText: 'messages[].role' }).first();
    const [whole, way] = [
      await line.boundingBox(),
      await line.locator('.parameter-way').boundingBox(),
    ];
    // The way stands on a line of its own, above the name.
    expect(whole?.height ?? 0).toBeGreaterThan((way?.height ?? Infinity) * 1.5);
    const wide = await page.evaluate<number>(cutOff('pre:has(> .language-markdown)'));
    expect(wide).toBe(0);
    await context.close();
  });

  test('with scripts the list narrows at once, and its address says how', async () => {
    const { page, context, problems } = await open('/models/');
    await page.getByRole('searchbox', { name: 'Search' }).fill('haiku');
    await page.getByRole('combobox', { name: 'Form' }).selectOption('workers-ai');
    expect(await page.locator('.model:visible h2').allInnerTexts()).toEqual(['Claude Haiku 4.5']);
    expect(new URL(page.url()).search).toBe('?q=haiku&form=workers-ai');
    await page.reload();
    expect(await page.locator('.model:visible').count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search' }).fill('nothing like it');
    expect(await page.getByText('No model is like that.').isVisible()).toBe(true);
    expect(problems).toEqual([]);
    await context.close();
  });

  test('a language that was chosen is chosen on the next page too', async () => {
    const { page, context, problems } = await open(sonnet46);
    await page.locator('.tabs').nth(1).locator('label', { hasText: 'cURL' }).click();
    const chosen = (): Promise<readonly string[]> =>
      page.evaluate(
        "[...document.querySelectorAll('.tabs > input:checked')].map(({ value }) => value)",
      );
    expect(new Set(await chosen())).toEqual(new Set(['curl']));
    await page.getByRole('link', { name: 'Messages', exact: true }).click();
    await page.waitForURL(`**${sonnet46}messages/`);
    expect(new Set(await chosen())).toEqual(new Set(['curl']));
    expect(problems).toEqual([]);
    await context.close();
  });

  test('buttons copy the id, the code and the page', async () => {
    const { page, context, problems } = await open(sonnet46, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const copied = (): Promise<unknown> => page.evaluate('navigator.clipboard.readText()');
    await page.getByRole('button', { name: 'Copy id' }).click();
    await expect.poll(copied).toBe('anthropic/claude-sonnet-4.6');
    await page.getByRole('button', { name: 'Copy page' }).click();
    await expect.poll(copied).toMatch(/^---\ntitle: Claude Sonnet 4\.6/);
    await page.getByRole('button', { name: 'Copy', exact: true }).first().click();
    await expect.poll(copied).toMatch(/^const response = await env\.AI\.run\(/);
    expect(problems).toEqual([]);
    await context.close();
  });
});
