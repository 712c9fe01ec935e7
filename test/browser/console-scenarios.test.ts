import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { goTo, overflowOf } from '../support/browser-console.ts';
import { openConsoleOn, windows } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

function scenario(name: string): string {
  return `scenarios:\n  - name: ${name}\n    match: { last_user_text: Never }\n    respond: { content: Hello! }\n`;
}

const API = '/admin/v1/scenarios';

describe.skipIf(noBrowserReason !== undefined)('a draft of the scenarios', () => {
  let gateway: TestGateway;
  let watched: WatchedPage;
  let page: Page;
  let close: () => Promise<void>;
  const folder = mkdtempSync(join(tmpdir(), 'quatrain-drafts-'));
  const file = join(folder, 'scenarios.yaml');

  const text = (): Locator => page.getByRole('textbox', { name: 'Scenarios' });
  const bar = (): Locator => page.getByRole('region', { name: 'Changes that are not saved' });
  const button = (name: string): Locator => bar().getByRole('button', { name, exact: true });
  const stale = (): Locator => bar().getByText('The file was changed since you began.');
  const inFile = (): string => readFileSync(file, 'utf8');

  beforeAll(async () => {
    const long = 'a-name-that-is-longer-than-a-small-screen-is-wide-'.repeat(2);
    writeFileSync(file, scenario(long));
    ({ gateway, watched, page, close } = await openConsoleOn(() =>
      startTestGateway(`emulator: { scenarios_file: '${file}' }\n`, {}, { [file]: inFile() }),
    ));
  });
  afterAll(async () => {
    await close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    writeFileSync(file, scenario('first'));
    await goTo(watched, gateway, '/scenarios');
  });

  test('is kept when an editor changes the file, and gives way to it on purpose', async () => {
    await text().fill(scenario('mine'));
    writeFileSync(file, scenario('theirs'));
    await stale().waitFor();
    expect(await text().inputValue()).toBe(scenario('mine'));
    expect(await button('Save').isDisabled()).toBe(true);
    await bar().locator('summary').click();
    expect(await bar().getByRole('region', { name: 'The file as it is now' }).innerText()).toBe(
      scenario('theirs'),
    );
    await button('Load what is there now').click();
    expect(await text().inputValue()).toBe(scenario('theirs'));
    expect(await bar().count()).toBe(0);
    expect(inFile()).toBe(scenario('theirs'));
  });

  test('never takes the place of what it was not told about', async () => {
    await text().fill(scenario('mine'));
    // What the page reads of the file is slow from here on: it cannot know before it saves.
    const { promise: mayRead, resolve: readOn } = Promise.withResolvers<undefined>();
    const api = `${gateway.adminUrl}${API}`;
    await page.route(api, async (route) => {
      if (route.request().method() === 'GET') await mayRead;
      await route.continue();
    });
    await page.evaluate(
      `(async () => {
        const { csrf_token } = await (await fetch('/admin/v1/session')).json();
        const { etag } = await (await fetch('${API}?', { cache: 'no-store' })).json();
        const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf_token };
        const body = JSON.stringify({ text: ${JSON.stringify(scenario('theirs'))}, etag });
        await fetch('${API}', { method: 'PUT', headers, body });
      })()`,
    );
    expect(inFile()).toBe(scenario('theirs'));
    await button('Save').click();
    await bar().getByText('The file has changed meanwhile').waitFor();
    expect(inFile()).toBe(scenario('theirs'));
    readOn(undefined);
    await stale().waitFor();
    await bar().getByText('It was operator:ada').waitFor();
    await page.unroute(api);
    expect(await bar().getByRole('alert').count()).toBe(0);
    await button('Save over it').click();
    await bar().waitFor({ state: 'detached' });
    expect(inFile()).toBe(scenario('mine'));
    expect(await text().inputValue()).toBe(scenario('mine'));
  });

  test('that is the file again holds nobody up; another asks who leaves', async () => {
    const leave = page.getByRole('dialog', { name: 'Leave without saving?' });
    await text().fill(scenario('mine'));
    await page.getByRole('link', { name: 'Routes', exact: true }).click();
    await leave.getByRole('button', { name: 'Cancel' }).click();
    expect(await text().inputValue()).toBe(scenario('mine'));
    await text().fill(scenario('first'));
    expect(await bar().count()).toBe(0);
    await page.getByRole('link', { name: 'Routes', exact: true }).click();
    await page.getByRole('heading', { name: 'Routes', level: 1 }).waitFor();
  });

  test('is refused with its place, and what was found in it goes with the next letter', async () => {
    await text().fill(`${scenario('first')}  - name: second\n    respond: { contents: Hello! }\n`);
    await page.getByRole('heading', { name: 'What the file has' }).waitFor();
    await button('Save').click();
    await bar()
      .getByText(/^text: line 6,/)
      .waitFor();
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('has problems').waitFor();
    expect(await page.getByText('No scenarios.').count()).toBe(0);
    await page.getByRole('button', { name: /^6:\d+, show it/ }).click();
    expect(await page.evaluate('getSelection().toString()')).toMatch(/contents: Hello! }$/);
    await page.keyboard.press('End');
    await page.keyboard.type(' #');
    expect(await page.getByText('has problems').count()).toBe(0);
    expect(await page.getByRole('table', { name: 'Problems' }).count()).toBe(0);
    await button('Discard').click();
    await page.getByRole('heading', { name: 'What the text has' }).waitFor();
  });

  test.each(['narrow and dark', 'wide and light'] as const)(
    'can be read by all while it is in the way of another, %s',
    async (name) => {
      const { viewport, colorScheme } = windows[name];
      await page.setViewportSize(viewport ?? { width: 360, height: 740 });
      await page.emulateMedia({ colorScheme: colorScheme ?? null });
      await text().fill(scenario('mine'));
      writeFileSync(file, scenario('a-name-that-is-longer-than-a-small-screen-is-wide'.repeat(3)));
      await stale().waitFor();
      await bar().locator('summary').click();
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByText('would be taken').waitFor();
      await expect.poll(() => page.evaluate('document.getAnimations().length')).toBe(0);
      expect(await overflowOf(watched)).toBeLessThanOrEqual(0);
      expect(await watched.inaccessible()).toEqual([]);
      await button('Discard').click();
      expect(watched.problems).toEqual([]);
    },
  );
});
