import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goTo, openConsole, overflowOf } from '../support/browser-console.ts';
import { openConsoleOn, windows } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

const configuration = `
ai_gateway:
  guardrails: { patterns: { S9: ['(?i)nerve gas'] } }
  dlp_profiles: { cards: { name: Payment cards, entries: { any: { detector: credit-card } } } }
`;

const PAGE = '/gateways/development/search';

describe.skipIf(noBrowserReason !== undefined)('the settings of a gateway', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let watched: WatchedPage;
  let page: Page;
  let close: () => Promise<void>;

  const dialog = (name: string): Locator => page.getByRole('dialog', { name });
  const field = (label: string): Locator => page.getByLabel(label, { exact: true });
  const bar = (): Locator => page.getByRole('region', { name: 'Changes that are not saved' });
  const save = async (): Promise<void> => {
    await bar().getByRole('button', { name: 'Save' }).click();
  };
  const saved = async (): Promise<void> => {
    await bar().waitFor({ state: 'detached' });
  };
  const json = async (): Promise<Record<string, unknown>> => {
    await page.getByRole('tab', { name: 'JSON' }).click();
    return JSON.parse(await field('Settings').inputValue()) as Record<string, unknown>;
  };

  beforeAll(async () => {
    ({ browser, gateway, watched, page, close } = await openConsoleOn(() =>
      startTestGateway(configuration),
    ));
  });
  afterAll(async () => {
    await close();
  });

  test('begin with those that it was made with', async () => {
    await goTo(watched, gateway, '/gateways');
    await page.getByRole('button', { name: 'New gateway' }).first().click();
    await dialog('New gateway').getByLabel('Account').fill('development');
    await dialog('New gateway').getByLabel('Id', { exact: true }).fill('search');
    await dialog('New gateway').getByLabel('Cache answers for seconds').fill('60');
    await dialog('New gateway').getByRole('button', { name: 'Make the gateway' }).click();
    await page.getByRole('heading', { name: 'search', level: 1 }).waitFor();
    expect(await field('Time to live, in seconds').inputValue()).toBe('60');
    expect(await bar().count()).toBe(0);
  });

  test('are changed field by field; what is refused is said at its field', async () => {
    await field('Time to live, in seconds').fill('7200');
    await page.getByText('= 2 hours').waitFor();
    await field('Requests in an interval, at most').fill('10');
    expect(await bar().textContent()).toContain('Changed: cache_ttl, rate_limiting_limit');
    await save();
    const interval = field('Interval, in seconds');
    await expect.poll(() => interval.getAttribute('aria-invalid')).toBe('true');
    expect(await page.evaluate('document.activeElement.id')).toBe(
      await interval.getAttribute('id'),
    );
    await page.getByText('a limit needs an interval').first().waitFor();
    await interval.fill('30');
    await expect.poll(() => interval.getAttribute('aria-invalid')).toBeNull();
    await field('Technique').selectOption('sliding');
    await save();
    await saved();
    await page.reload();
    expect(await field('Interval, in seconds').inputValue()).toBe('30');
    expect(await field('Technique').inputValue()).toBe('sliding');
  });

  test('are the same as JSON, whichever is changed', async () => {
    await field('Attempts, at most').fill('3');
    const shown = await json();
    expect(shown).toMatchObject({ cache_ttl: 7200, retry_max_attempts: 3 });
    await field('Settings').fill(JSON.stringify({ ...shown, retry_delay: 250 }));
    await page.getByRole('tab', { name: 'Settings', exact: true }).click();
    expect(await field('Pause after an attempt, in milliseconds').inputValue()).toBe('250');
    await page.getByRole('tab', { name: 'JSON' }).click();
    await field('Settings').fill('{');
    expect(await bar().getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await page.getByRole('tab', { name: 'Settings', exact: true }).click();
    await page.getByText('The JSON is no object').first().waitFor();
    await bar().getByRole('button', { name: 'Discard' }).click();
    expect(await field('Attempts, at most').inputValue()).toBe('');
    expect(await bar().count()).toBe(0);
  });

  test('have rules about what is said, what it is and what it costs', async () => {
    await field('Requests: Indiscriminate weapons').selectOption('BLOCK');
    await field('Answers: Hate').selectOption('BLOCK');
    await page.getByText(/Nothing is configured to find S10:/).waitFor();
    await field('Answers: Hate').selectOption('FLAG');
    await page.getByRole('button', { name: 'Add a policy' }).click();
    const policy = page.getByRole('region', { name: 'Policy policy-1' });
    await policy.getByLabel('Payment cards (cards)').check();
    await policy.getByLabel('In answers').uncheck();
    await page.getByRole('button', { name: 'Add a rule' }).click();
    const rule = page.getByRole('region', { name: 'Rule rule-1' });
    await rule.getByLabel('Limit, in USD').fill('0');
    await rule.getByLabel('Models').fill('claude-sonnet-4-6\nclaude-haiku-4-5');
    await rule.getByLabel('Metadata').fill('plan = pro\nuser_id');
    await save();
    const limit = rule.getByLabel('Limit, in USD');
    await expect.poll(() => limit.getAttribute('aria-invalid')).toBe('true');
    await limit.fill('2.5');
    await save();
    await saved();
    expect(await json()).toMatchObject({
      guardrails: { prompt: { S9: 'BLOCK' }, response: { S10: 'FLAG' } },
      dlp: { enabled: true, policies: [{ check: ['REQUEST'], profiles: ['cards'] }] },
      spend_limits: {
        enabled: true,
        rules: [
          {
            limit: 2.5,
            window: 86_400,
            model: { mode: 'filter', values: ['claude-sonnet-4-6', 'claude-haiku-4-5'] },
            metadata: {
              plan: { mode: 'filter', values: ['pro'] },
              user_id: { mode: 'partition' },
            },
          },
        ],
      },
    });
  });

  test('that are not saved hold whoever leaves, and say so when others changed them', async () => {
    await goTo(watched, gateway, PAGE);
    await page.getByLabel('Authenticated gateway').check();
    await page.getByRole('link', { name: 'Routes', exact: true }).click();
    await dialog('Leave without saving?').getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByLabel('Authenticated gateway').isChecked()).toBe(true);
    await page.evaluate(
      `(async () => {
        const { csrf_token } = await (await fetch('/admin/v1/session')).json();
        const path = '/admin/v1${PAGE}';
        const { settings } = await (await fetch(path)).json();
        await fetch(path, {
          method: 'PUT',
          headers: { 'content-type': 'application/json', 'x-csrf-token': csrf_token },
          body: JSON.stringify({ ...settings, cache_ttl: 5 }),
        });
      })()`,
    );
    await page.getByText(/Somebody else changed this gateway/).waitFor();
    // What is taken back holds nobody up: then all is as the others made it.
    await page.getByLabel('Authenticated gateway').uncheck();
    expect(await bar().count()).toBe(0);
    expect(await field('Time to live, in seconds').inputValue()).toBe('5');
    await page.getByLabel('Authenticated gateway').check();
    await page.getByRole('link', { name: 'Routes', exact: true }).click();
    await dialog('Leave without saving?').getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('heading', { name: 'Routes', level: 1 }).waitFor();
    await goTo(watched, gateway, PAGE);
    expect(await field('Time to live, in seconds').inputValue()).toBe('5');
    expect(await page.getByLabel('Authenticated gateway').isChecked()).toBe(false);
  });

  /** The same page in another tab, which changes how long answers are kept. */
  const changeElsewhere = async (seconds: string): Promise<void> => {
    const storageState = await watched.context.storageState();
    const other = await openConsole(browser, gateway, { storageState });
    await goTo(other, gateway, PAGE);
    await other.page.getByLabel('Time to live, in seconds').fill(seconds);
    await other.page.getByRole('button', { name: 'Save', exact: true }).click();
    await other.page.getByText('The gateway was changed.').waitFor();
    expect(other.problems).toEqual([]);
    await other.context.close();
  };

  test('that others changed are not written over by who did not see it', async () => {
    await goTo(watched, gateway, PAGE);
    await page.getByLabel('Authenticated gateway').check();
    // What the page reads of the gateway is slow from here on: it cannot know before it saves.
    const { promise: mayRead, resolve: readOn } = Promise.withResolvers<undefined>();
    const api = `${gateway.adminUrl}/admin/v1${PAGE}`;
    await page.route(api, async (route) => {
      if (route.request().method() === 'GET') await mayRead;
      await route.continue();
    });
    await changeElsewhere('90');
    const answered = page.waitForResponse(
      (response) => response.url() === api && response.request().method() === 'PUT',
    );
    await save();
    expect((await answered).status()).toBe(409);
    await bar().getByText('has changed meanwhile').waitFor();
    readOn(undefined);
    await bar().getByText('since you began: cache_ttl. It was operator:ada').waitFor();
    await page.unroute(api);
    expect(await page.getByLabel('Authenticated gateway').isChecked()).toBe(true);
    expect(await bar().getByRole('alert').count()).toBe(0);
    expect(await bar().getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await bar().getByRole('button', { name: 'Load what is there now' }).click();
    expect(await bar().count()).toBe(0);
    expect(await field('Time to live, in seconds').inputValue()).toBe('90');
    expect(await page.getByLabel('Authenticated gateway').isChecked()).toBe(false);
  });

  test('that others changed are written over on purpose', async () => {
    await page.getByLabel('Authenticated gateway').check();
    await changeElsewhere('120');
    const over = bar().getByRole('button', { name: 'Save over it' });
    await over.waitFor();
    for (const [width, colorScheme] of [
      [360, 'dark'],
      [1280, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 740 });
      await page.emulateMedia({ colorScheme });
      expect(await overflowOf(watched)).toBe(0);
      expect(await watched.inaccessible()).toEqual([]);
    }
    await over.click();
    await saved();
    await page.reload();
    expect(await field('Time to live, in seconds').inputValue()).toBe('90');
    expect(await page.getByLabel('Authenticated gateway').isChecked()).toBe(true);
    await page.getByLabel('Authenticated gateway').uncheck();
    await save();
    await saved();
  });

  describe.each(['wide and light', 'narrow and dark'] as const)('%s', (name) => {
    test.each(['', '?tab=json', '?tab=parts'])('fit and can be read by all: %s', async (tab) => {
      const storageState = await watched.context.storageState();
      const other = await openConsole(browser, gateway, { ...windows[name], storageState });
      await goTo(other, gateway, `${PAGE}${tab}`);
      expect(await overflowOf(other)).toBe(0);
      expect(await other.inaccessible()).toEqual([]);
      expect(other.problems).toEqual([]);
      await other.context.close();
    });
  });

  test('that others changed meanwhile are not removed unseen', async () => {
    await goTo(watched, gateway, PAGE);
    const { promise: mayRead, resolve: readOn } = Promise.withResolvers<undefined>();
    const api = `${gateway.adminUrl}/admin/v1${PAGE}`;
    await page.route(api, async (route) => {
      if (route.request().method() === 'GET') await mayRead;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await changeElsewhere('240');
    const remove = dialog('Remove search?').getByRole('button', { name: 'Remove for ever' });
    await remove.click();
    await dialog('Remove search?').getByText('has changed meanwhile').waitFor();
    readOn(undefined);
    await dialog('Remove search?')
      .getByText('since you opened this: cache_ttl. It was operator:ada')
      .waitFor();
    await page.unroute(api);
    expect(await remove.isDisabled()).toBe(true);
    expect(await watched.inaccessible()).toEqual([]);
    await dialog('Remove search?').getByRole('button', { name: 'Cancel' }).click();
    expect(await field('Time to live, in seconds').inputValue()).toBe('240');
  });

  test('go with the gateway, saved or not', async () => {
    await goTo(watched, gateway, PAGE);
    await page.getByLabel('Authenticated gateway').check();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await dialog('Remove search?').getByRole('button', { name: 'Remove for ever' }).click();
    await expect.poll(() => page.getByText('There are no gateways').count()).toBe(1);
    expect(watched.problems).toEqual([]);
  });
});
