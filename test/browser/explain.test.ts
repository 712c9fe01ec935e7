import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway } from '../support/admin-client.ts';
import { goTo, overflowOf } from '../support/browser-console.ts';
import { openConsoleOn } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason } from '../support/open-browser.ts';

const yaml = `
ai_gateway:
  guardrails:
    patterns:
      S9: ['(?i)\\bnerve gas\\b']
`;
const settings = {
  cache_invalidate_on_update: false,
  cache_ttl: 300,
  collect_logs: false,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
  guardrails: { prompt: { S9: 'BLOCK' }, response: {} },
};
const model = 'anthropic/claude-sonnet-4.6';
const asked = { max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] };

/** What the page says of a request before anybody sends it, and after somebody did. */
describe.skipIf(noBrowserReason !== undefined)('what would happen to a request', () => {
  let close: () => Promise<void>;
  let gateway: AdministeredGateway;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    ({ gateway, watched, page, close } = await openConsoleOn(() => startAdministeredGateway(yaml)));
    await gateway.order('/admin/v1/accounts', { id: 'shop', name: 'shop' });
    await gateway.order('/admin/v1/gateways/shop/counter', settings);
  });
  afterAll(async () => {
    await close();
  });

  /** What stands beside a name in the answer. */
  const fact = (name: string): Promise<string | null> =>
    page
      .locator('dl > div')
      .filter({ has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
      .locator('dd')
      .textContent();
  const explain = async (verdict: RegExp): Promise<void> => {
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText(verdict).waitFor();
  };

  test('an idempotency key is new, then answered, then in the way of another request', async () => {
    await goTo(watched, gateway, '/routes');
    await page.getByLabel('Account').fill('shop');
    await page.getByLabel('Idempotency key').fill('order-7');
    await page.getByLabel('Body').fill(JSON.stringify(asked));
    await explain(/It goes to the upstream "emulator"/);
    expect(await fact('Idempotency key')).toMatch(/^new/);
    const key = await gateway.makeKey({ kind: 'inference', account: 'shop' });
    const sent = await gateway.ask('POST', '/v1/messages', {
      key,
      headers: { 'anthropic-version': '2023-06-01', 'idempotency-key': 'order-7' },
      body: { ...asked, model: 'claude-sonnet-4-6' },
    });
    expect(sent.status).toBe(200);
    await explain(/gets the answer of the request "req_\w+" again/);
    await page.getByText('given again', { exact: true }).waitFor();
    expect(await fact('Idempotency key')).toMatch(/^repeats/);
    expect(await fact('Cache')).toContain('the answer is given again');
    await page.getByLabel('Body').fill(JSON.stringify({ ...asked, max_tokens: 65 }));
    await explain(/It is refused with status 422/);
    expect(await fact('Idempotency key')).toMatch(/^conflicts/);
    await page.getByLabel('Idempotency key').fill('');
  });

  test('an upstream that is chosen is asked alone, or said not to be there', async () => {
    await page.getByLabel('Upstream').fill('emulator');
    await explain(/It goes to the upstream "emulator"/);
    expect(await fact('Chosen upstream')).toMatch(/^alone/);
    await page.getByLabel('Upstream').fill('elsewhere');
    await explain(/It is refused with status 400/);
    expect(await fact('Chosen upstream')).toMatch(/^upstream_not_found/);
    await page.getByLabel('Upstream').fill('');
  });

  test('of an AI gateway, what its cache has and what its guardrails block', async () => {
    await page.getByLabel('Form').selectOption('workers-ai');
    await page.getByLabel('Model').fill(model);
    await page.getByLabel('AI gateway').fill('counter');
    await page.getByLabel('Body').fill(JSON.stringify(asked));
    await explain(/It goes to the upstream "emulator"/);
    expect(await fact('Cache')).toMatch(/^missThere is no answer.*300 seconds/);
    expect(await fact('Guardrails')).toMatch(/^passes/);
    expect(await fact('Request rules')).toBe('S9 (blocks)');
    const key = await gateway.makeKey({ kind: 'inference', account: 'shop' });
    const sent = await gateway.ask('POST', `/client/v4/accounts/shop/ai/run/${model}`, {
      key: '',
      headers: { authorization: `Bearer ${key}`, 'cf-aig-gateway-id': 'counter' },
      body: asked,
    });
    expect([sent.status, sent.headers['cf-aig-cache-status']]).toEqual([200, 'MISS']);
    await explain(/answered from the cache of the AI gateway "counter"/);
    expect(await fact('Cache')).toMatch(/^hit/);
    await page.getByLabel('Cache', { exact: true }).selectOption('skip');
    await explain(/It goes to the upstream "emulator"/);
    expect(await fact('Cache')).toMatch(/^bypassed/);
    const hazard = { ...asked, messages: [{ role: 'user', content: 'How is nerve gas made?' }] };
    await page.getByLabel('Body').fill(JSON.stringify(hazard));
    await explain(/It is refused with status 422/);
    expect(await fact('Guardrails')).toMatch(/^blocked/);
    expect(await fact('Request rules')).toBe('S9 (blocks, found)');
  });

  describe('a question is in the address', () => {
    const at = (path: string): Promise<void> => goTo(watched, gateway, path);
    const verdict = (text: RegExp): Promise<void> => page.getByText(text).waitFor();
    const params = (): URLSearchParams => new URL(page.url()).searchParams;
    const value = (label: string): Promise<string> => page.getByLabel(label).inputValue();

    test('so that it is read anew, sent and gone back to', async () => {
      await at('/routes');
      await page.getByLabel('Account').fill('shop');
      await page.getByLabel('Headers').fill('x-team: red');
      await page.getByLabel('Body').fill(JSON.stringify(asked));
      await explain(/It goes to the upstream "emulator"/);
      await page.getByLabel('Upstream').fill('elsewhere');
      await explain(/It is refused with status 400/);
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Explain');
      await page.reload();
      await verdict(/It is refused with status 400/);
      expect(Object.fromEntries(params())).toEqual({
        account: 'shop',
        body: JSON.stringify(asked),
        form: 'messages',
        headers: 'x-team: red',
        model: 'claude-sonnet-4-6',
        upstream: 'elsewhere',
      });
      expect([await value('Account'), await value('Upstream')]).toEqual(['shop', 'elsewhere']);
      await page.goBack();
      await verdict(/It goes to the upstream "emulator"/);
      expect([await value('Body'), await value('Upstream')]).toEqual([JSON.stringify(asked), '']);
      await page.goForward();
      await verdict(/It is refused with status 400/);
      expect(await value('Upstream')).toBe('elsewhere');
      await page.getByRole('link', { name: 'Routes', exact: true }).click();
      await expect.poll(() => value('Upstream')).toBe('');
      expect(await page.getByText(/It is refused/).count()).toBe(0);
    });

    test('without its secrets, which are asked all the same, and the page says so', async () => {
      await at('/routes');
      await page
        .getByLabel('Headers')
        .fill('x-api-key: hunter2\nx-team: red\nx-pass-token: hunter2');
      const sent = page.waitForRequest(/routes\/explain/);
      await explain(/It goes to the upstream "emulator"/);
      expect((await sent).postDataJSON()).toMatchObject({ headers: { 'x-pass-token': 'hunter2' } });
      const said = 'may be a secret: the header x-api-key, the header x-pass-token.';
      await page.getByText(said).waitFor();
      expect(page.url()).not.toContain('hunter2');
      expect(params().get('headers')).toBe('x-team: red');
      expect(await value('Headers')).toContain('hunter2');
      await page.reload();
      await page.getByText('asked with more than its address has').waitFor();
      expect(await value('Headers')).toBe('x-team: red');
      await explain(/It goes to the upstream "emulator"/);
      expect(params().get('left_out')).toBeNull();
      expect(await page.getByText('more than its address has').count()).toBe(0);
    });

    test('without a body that makes it too long', async () => {
      await at('/routes');
      const long = { ...asked, messages: [{ role: 'user', content: 'Hi '.repeat(2000) }] };
      await page.getByLabel('Body').fill(JSON.stringify(long));
      await explain(/It goes to the upstream "emulator"/);
      await page.getByText('too long: the body.').waitFor();
      expect(params().get('body')).toBeNull();
      await page.reload();
      await page.getByText('more than its address has: the body.').waitFor();
    });

    test('and what cannot be asked is said at its field, whoever wrote it', async () => {
      await at('/routes?form=messages&body=%7B&headers=hm');
      await page.getByText('This is no JSON object.').waitFor();
      await page.getByText('Line 1 is no header').waitFor();
      await page.getByLabel('Body').fill('');
      await page.getByLabel('Headers').fill('');
      await page.getByLabel('Model').fill('claude-sonnet-4-6');
      await explain(/It goes to the upstream "emulator"/);
      await at('/routes?form=nonsense&model=x');
      await page.getByRole('alert').filter({ hasText: 'form' }).first().waitFor();
      expect(await value('Form')).toBe('nonsense');
    });
  });

  test.each(['light', 'dark'] as const)('it can be read by all, %s and narrow', async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    // Colours go over into each other, and are judged once they are there.
    await expect.poll(() => page.evaluate('document.getAnimations().length')).toBe(0);
    expect(await watched.inaccessible()).toEqual([]);
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await overflowOf(watched)).toBeLessThanOrEqual(0);
    expect(await watched.inaccessible()).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(watched.problems).toEqual([]);
  });
});
