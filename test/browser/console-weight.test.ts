import { brotliCompressSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askMessages } from '../support/ask-messages.ts';
import { openConsole, setUpConsole } from '../support/browser-console.ts';
import { openBrowserOn } from '../support/browser-set-up.ts';
import { noBrowserReason } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

const SCRIPT_BYTES_MAX = 250_000;

describe.skipIf(noBrowserReason !== undefined)('the first load of the console', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ browser, gateway, close } = await openBrowserOn(() => startTestGateway()));
  });
  afterAll(async () => {
    await close();
  });

  test('is at most 250 kB of compressed script, up to the first page with its charts', async () => {
    const watched = await openConsole(browser, gateway);
    const scripts = new Map<string, number>();
    watched.page.on('response', (response) => {
      if (!response.url().endsWith('.js')) return;
      void response.body().then((body) => {
        scripts.set(response.url(), brotliCompressSync(body).length);
      });
    });
    await askMessages(gateway);
    await setUpConsole(watched, gateway);
    await watched.page.reload({ waitUntil: 'networkidle' });
    await watched.page.locator('canvas').first().waitFor();
    const bytes = [...scripts.values()].reduce((sum, each) => sum + each, 0);
    process.stdout.write(
      `console: ${String(scripts.size)} scripts, ${(bytes / 1000).toFixed(0)} kB compressed\n`,
    );
    expect(scripts.size).toBeGreaterThan(1);
    expect(bytes).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
  });
});
