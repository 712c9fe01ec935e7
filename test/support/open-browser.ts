import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { projectRoot } from './source-files.ts';

/** A Chromium of the machine; else the one that `npm test` installs beside the browser tests. */
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ownPackage = join(projectRoot, 'test/browser/package.json');
const ownInstall = join(projectRoot, 'test/browser/node_modules/@sparticuz/chromium');
const builtMap = join(projectRoot, 'dist/web/assets.json');

/** What is not there by then is not coming. */
const ACTION_MS = 10_000;

const launchArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why there can be no browser test here; undefined where there can. */
export const noBrowserReason: string | undefined = reasonOf();

function reasonOf(): string | undefined {
  const hasBrowser = existsSync(ownInstall) || systemBrowsers.some((path) => existsSync(path));
  if (!hasBrowser) return 'there is no Chromium, and none could be installed';
  if (!existsSync(builtMap)) return 'the console is not built: npm run build';
  return undefined;
}

if (noBrowserReason !== undefined) {
  if (process.env['CI'] === 'true') throw new Error(noBrowserReason);
  process.stdout.write(`skipped: tests in a browser, since ${noBrowserReason}\n`);
}

/** Starts a browser with no window. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await pathOfBrowser(),
    headless: true,
    args: launchArgs,
  });
}

async function pathOfBrowser(): Promise<string> {
  const path = systemBrowsers.find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  const loaded = createRequire(ownPackage)('@sparticuz/chromium') as {
    readonly default: { executablePath(): Promise<string> };
  };
  return loaded.default.executablePath();
}

/** A page that is looked at: what a browser holds against it is kept. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console, exceptions, broken rules of the CSP, and requests to anywhere else. */
  readonly problems: readonly string[];
  /** Faults of accessibility that are serious or worse, each with where it is. */
  readonly inaccessible: () => Promise<readonly string[]>;
}

/** Opens a page that may ask the given origins only. */
export async function watchPage(
  browser: Browser,
  origins: readonly string[],
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(ACTION_MS);
  const problems: string[] = [];
  page.on('console', (message) => {
    // That a request was refused is said here too; whether that is right is for the test to say.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    const isLocal = url.protocol === 'data:' || url.protocol === 'blob:';
    if (!isLocal && !origins.includes(url.origin)) problems.push(`external: ${request.url()}`);
  });
  return { page, context, problems, inaccessible: () => faultsOf(page) };
}

const axeScript = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const serious: ReadonlySet<string | null> = new Set(['serious', 'critical']);

interface AxeAnswer {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What a page moves or fades to, it is judged by once it is there; what never ends is left alone. */
const atRest = `Promise.all(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished.catch(() => undefined))).then(() => undefined)`;

async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(atRest);
  // Evaluated by the browser's own protocol, which no CSP holds back.
  await page.evaluate(readFileSync(axeScript, 'utf8'));
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeAnswer;
  return violations
    .filter(({ impact }) => serious.has(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} (${failureSummary})`),
    );
}
