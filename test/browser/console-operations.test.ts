import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askMessages } from '../support/ask-messages.ts';
import { goTo, operator } from '../support/browser-console.ts';
import { openConsoleOn } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** An answer that nobody waits for the end of. */
const slowScenario = `  - name: slow
    match: { last_user_text: slowly }
    respond: { content: ${'word '.repeat(400).trim()} }
    pace: { tokens_per_second: 5 }
`;

/** What operators do about traffic, terms and the emulator, each through its page. */
describe.skipIf(noBrowserReason !== undefined)('an operator at work', () => {
  let gateway: TestGateway;
  let watched: WatchedPage;
  let page: Page;
  let close: () => Promise<void>;
  const folder = mkdtempSync(join(tmpdir(), 'quatrain-scenarios-'));
  const scenariosFile = join(folder, 'scenarios.yaml');

  const dialog = (name: string | RegExp): Locator => page.getByRole('dialog', { name });

  beforeAll(async () => {
    writeFileSync(
      scenariosFile,
      'scenarios:\n  - name: greeting\n    match: { last_user_text: Never }\n    respond: { content: Hello! }\n' +
        slowScenario,
    );
    const yaml = `
emulator: { scenarios_file: ${scenariosFile} }
routes:
  - name: main
    models: [claude-sonnet-*]
    targets: [{ upstream: emulator }]
`;
    const files = { [scenariosFile]: readFileSync(scenariosFile, 'utf8') };
    ({ gateway, watched, page, close } = await openConsoleOn(() =>
      startTestGateway(yaml, {}, files),
    ));
  });
  afterAll(async () => {
    await close();
    rmSync(folder, { recursive: true });
  });

  test('a drained upstream gets nothing until it is resumed; what it has goes on', async () => {
    const leaving = new AbortController();
    const running = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: gateway.headers,
      body: JSON.stringify({
        model: 'claude-opus-4-6',
        max_tokens: 1000,
        stream: true,
        messages: [{ role: 'user', content: 'slowly' }],
      }),
      signal: leaving.signal,
    });
    const reader = running.body?.getReader();
    await goTo(watched, gateway, '/upstreams');
    await page.getByRole('button', { name: 'Drain' }).click();
    await dialog('Drain emulator?').getByText('The one request it has now finishes.').waitFor();
    await dialog('Drain emulator?').getByRole('button', { name: 'Drain' }).click();
    await page.getByText('drained', { exact: true }).waitFor();
    expect((await askMessages(gateway)).status).toBe(503);
    expect((await reader?.read())?.done).toBe(false);
    leaving.abort();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('takes requests', { exact: true }).waitFor();
    expect((await askMessages(gateway)).status).toBe(200);
  });

  test('what would happen to a request is told by its stages', async () => {
    await goTo(watched, gateway, '/routes');
    await page.getByLabel('Model').fill('claude-sonnet-4-6');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('takes it').waitFor();
    const targets = page.getByRole('table', { name: 'Targets', exact: true });
    expect(await targets.getByRole('row').count()).toBe(2);
    expect(await targets.textContent()).toContain('emulator');
    await page.getByLabel('Model').fill('claude-sonet-4-6');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText(/like .*claude-sonnet-4-6/).waitFor();
    await page.getByLabel('Body').fill('{');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('This is no JSON object.').waitFor();
  });

  test('a plan is made, changed and removed; what is refused is said at its field', async () => {
    await goTo(watched, gateway, '/plans');
    await page.getByRole('button', { name: 'New plan' }).click();
    await dialog('New plan').getByLabel('Name').fill('Not A Name');
    await dialog('New plan').getByRole('button', { name: 'Save' }).click();
    const field = dialog('New plan').getByLabel('Name');
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await field.fill('reseller');
    await dialog('New plan').getByLabel('Markup in percent').fill('12.5');
    await dialog('New plan').getByRole('button', { name: 'Save' }).click();
    const row = page.getByRole('row').filter({ hasText: 'reseller' });
    await row.getByText('12.5 %').waitFor();
    await row.getByRole('button', { name: 'Edit' }).click();
    await dialog('Edit reseller').getByLabel('When money runs out').selectOption('stop');
    await dialog('Edit reseller').getByRole('button', { name: 'Save' }).click();
    await row.getByText('stops cleanly').waitFor();
    await row.getByRole('button', { name: 'Remove' }).click();
    await dialog(/Remove the plan/)
      .getByRole('button', { name: 'Remove' })
      .click();
    await expect.poll(() => row.count()).toBe(0);
  });

  test('a price is set ahead, and closed', async () => {
    await goTo(watched, gateway, '/prices');
    await page.getByRole('button', { name: 'Set a price' }).click();
    const form = dialog('Set a price');
    await form.getByLabel('Model').selectOption('claude-sonnet-4-6');
    await form.getByLabel('USD for a million').fill('2.5');
    await form.getByLabel('From').fill('2039-01-01T00:00');
    await form.getByLabel('Source').fill('a contract');
    await form.getByRole('button', { name: 'Set the price' }).click();
    const row = page.getByRole('row').filter({ hasText: 'a contract' });
    await row.getByText('$2.50').waitFor();
    await row.getByRole('button', { name: 'Close' }).click();
    await dialog('Close a price').getByLabel('End').fill('2040-01-01T00:00');
    await dialog('Close a price').getByRole('button', { name: 'Close the price' }).click();
    await expect.poll(() => row.getByRole('button', { name: 'Close' }).count()).toBe(0);
  });

  test('scenarios are checked, then saved; what is wrong has its line', async () => {
    await goTo(watched, gateway, '/scenarios');
    const text = page.getByRole('textbox', { name: 'Scenarios' });
    await text.fill('scenarios:\n  - name: greeting\n    respond: { contents: Hello! }\n');
    await page.getByRole('button', { name: 'Check' }).click();
    const problems = page.getByRole('table', { name: 'Problems' });
    await problems.waitFor();
    expect(await problems.textContent()).toContain('3:');
    await text.fill(
      'scenarios:\n  - name: parting\n    match: { last_user_text: Never }\n    respond: { content: Good bye! }\n',
    );
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The scenarios are saved.').waitFor();
    expect(readFileSync(scenariosFile, 'utf8')).toContain('parting');
  });

  test('a key is recorded to a cassette, which is played', async () => {
    await goTo(watched, gateway, '/keys');
    await page.getByRole('button', { name: 'New key' }).first().click();
    await dialog('New key').getByLabel('Name').fill('recorded');
    await dialog('New key').getByRole('button', { name: 'Make the key' }).click();
    const key = await page.getByRole('region', { name: 'key', exact: true }).textContent();
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('link', { name: 'recorded' }).click();
    await page.waitForURL(/key=/);
    const id = new URL(page.url()).searchParams.get('key') ?? '';
    await goTo(watched, gateway, '/cassettes');
    await page.getByLabel('Key to record').fill(id);
    await page.getByLabel('Cassette').fill('tape');
    await page.getByRole('button', { name: 'Record' }).click();
    const recording = page.getByRole('table', { name: 'Recordings' });
    await recording.getByText('tape').waitFor();
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { ...gateway.headers, 'x-api-key': key ?? '' },
      body: JSON.stringify({
        model: 'claude-haiku-4-5',
        max_tokens: 32,
        messages: [{ role: 'user', content: 'Record this' }],
      }),
    });
    expect(answer.status).toBe(200);
    await recording.getByRole('button', { name: 'Stop' }).click();
    await recording.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'tape' }).click();
    await dialog('tape').getByRole('button', { name: 'Play against the emulator' }).click();
    await dialog('tape').getByText('Answers have the form that was recorded.').waitFor();
  });

  test('a configuration is checked before anybody puts it in place', async () => {
    await goTo(watched, gateway, '/settings?tab=check');
    const text = page.getByLabel('Text of a quatrain.yaml');
    await text.fill('limits: { body_bytes_max: many }\n');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('would be refused').waitFor();
    await text.fill('log_level: debug\n');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('would be taken').waitFor();
    const changes = page.getByRole('table', { name: 'Changes' });
    expect(await changes.textContent()).toContain('log_level');
  });

  test('an operator is made and removed, and the log says by whom', async () => {
    await goTo(watched, gateway, '/settings?tab=operators');
    await page.getByRole('button', { name: 'New operator' }).click();
    await dialog('New operator').getByLabel('Name').fill('charles');
    await dialog('New operator').getByLabel('Password').fill('difference-engine-2');
    await dialog('New operator').getByRole('button', { name: 'Make the operator' }).click();
    const row = page.getByRole('row').filter({ hasText: 'charles' });
    await row.getByRole('button', { name: 'Remove' }).click();
    await dialog('Remove charles?').getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    await goTo(watched, gateway, '/audit');
    await page.getByRole('row').filter({ hasText: 'charles' }).first().waitFor();
    const entry = page.getByRole('row').filter({ hasText: 'charles' }).first();
    expect(await entry.textContent()).toContain(operator.name);
    await entry.getByRole('button', { name: /^Details/ }).click();
    await page.getByRole('heading', { name: 'Before' }).waitFor();
  });

  test('the chain of the log is sound', async () => {
    await goTo(watched, gateway, '/audit');
    await page.getByRole('button', { name: 'Check' }).first().click();
    await expect.poll(() => page.getByText('sound', { exact: true }).count()).toBe(1);
  });

  test('all of that broke no rule of the page', () => {
    expect(watched.problems).toEqual([]);
  });
});
