import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askMessages } from '../support/ask-messages.ts';
import { goTo } from '../support/browser-console.ts';
import { openConsoleOn } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What operators see of upstreams over time, and how they choose what is recorded. */
describe.skipIf(noBrowserReason !== undefined)('traffic in the console', () => {
  let gateway: TestGateway;
  let watched: WatchedPage;
  let page: Page;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ gateway, watched, page, close } = await openConsoleOn(() => startTestGateway()));
  });
  afterAll(async () => {
    await close();
  });

  test('an upstream that answered nothing has no chart', async () => {
    await goTo(watched, gateway, '/upstreams');
    await page.getByText('It answered no request in this time.').waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
  });

  test('an upstream has its latency over time as a chart, and its values as a table', async () => {
    const answer = await askMessages(gateway);
    expect(answer.status).toBe(200);
    await answer.text();
    const chart = page.getByRole('img', {
      name: 'How long requests took over time that emulator answered',
    });
    await goTo(watched, gateway, '/upstreams');
    await chart.waitFor();
    await page.getByText('Values', { exact: true }).click();
    const values = page.getByRole('region', { name: /that emulator answered: values/ });
    const heads = await values.getByRole('columnheader').allTextContents();
    expect(heads).toEqual(['Time', 'Total p50', 'Total p95', 'First token p50', 'First token p95']);
    expect(await values.getByRole('row').count()).toBe(1 + 24);
    expect(await values.getByRole('row').last().textContent()).toMatch(/ ms|[0-9] s/);
    await page.getByLabel('Time of the charts').selectOption('1h');
    await expect.poll(() => values.getByRole('row').count()).toBe(1 + 2);
    expect(new URL(page.url()).searchParams.get('range')).toBe('1h');
  });

  test('a key is chosen by its name, with the keyboard alone', async () => {
    for (const name of ['Nightly batch', 'Web shop']) {
      await goTo(watched, gateway, '/keys');
      await page.getByRole('button', { name: 'New key' }).first().click();
      const form = page.getByRole('dialog', { name: 'New key' });
      await form.getByLabel('Name').fill(name);
      await form.getByRole('button', { name: 'Make the key' }).click();
      await page.getByRole('button', { name: 'I have copied it' }).click();
    }
    await goTo(watched, gateway, '/cassettes');
    const key = page.getByLabel('Key to record');
    await key.click();
    const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
    await expect.poll(() => options.count()).toBeGreaterThanOrEqual(3);
    expect(await options.first().textContent()).toContain('The development key');
    expect(await watched.inaccessible()).toEqual([]);
    await key.pressSequentially('shop web');
    await expect.poll(() => options.count()).toBe(1);
    await key.press('ArrowDown');
    await key.press('Enter');
    await expect.poll(() => options.count()).toBe(0);
    const id = await key.inputValue();
    expect(id).not.toContain('shop');
    await page.getByLabel('Cassette').fill('shop');
    await page.getByRole('button', { name: 'Record' }).click();
    const row = page.getByRole('table', { name: 'Recordings' }).getByRole('row').last();
    await row.getByText('Web shop').waitFor();
    expect(await row.textContent()).toContain(id);
    await row.getByRole('button', { name: 'Stop' }).click();
  });

  test('the id of any key is taken; of none it is refused at its field', async () => {
    const key = page.getByLabel('Key to record');
    await key.fill('no-such-key');
    await page.getByText('No key is like that.').waitFor();
    await page.getByLabel('Cassette').fill('tape');
    await page.getByRole('button', { name: 'Record' }).click();
    await page.getByText('There is no key "no-such-key".').first().waitFor();
    await key.fill('development');
    await page.getByLabel('Cassette').fill('tape');
    await page.getByRole('button', { name: 'Record' }).click();
    await page.getByRole('table', { name: 'Recordings' }).getByText('tape').waitFor();
    expect(watched.problems).toEqual([]);
  });
});
