import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import type { WatchedPage } from './open-browser.ts';
import { watchPage } from './open-browser.ts';
import type { TestGateway } from './start-test-gateway.ts';

/** An operator that a test makes. */
export const operator = { name: 'ada', password: 'lovelace-and-her-engine' } as const;

/** Opens the console of a gateway in a window of its own. */
export async function openConsole(
  browser: Browser,
  gateway: TestGateway,
  options: Parameters<typeof watchPage>[2] = {},
): Promise<WatchedPage> {
  const watched = await watchPage(browser, [gateway.adminUrl], options);
  await watched.page.goto(`${gateway.adminUrl}/console/`);
  return watched;
}

/** Makes the first operator by the form, with the token that the gateway gave out. */
export async function setUpConsole({ page }: WatchedPage, gateway: TestGateway): Promise<void> {
  await page.getByLabel('Set-up token').fill(gateway.gateway.parts.setupToken?.()?.reveal() ?? '');
  await page.getByLabel('Name').fill(operator.name);
  await page.getByLabel('Password').fill(operator.password);
  await page.getByRole('button', { name: 'Make the first operator' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}

/** Signs in by the form. */
export async function signIn({ page }: WatchedPage): Promise<void> {
  await page.getByLabel('Name').fill(operator.name);
  await page.getByLabel('Password').fill(operator.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}

/** Goes to a page of the console, and waits until nothing on it is on its way. */
export async function goTo(
  { page }: WatchedPage,
  gateway: TestGateway,
  path: string,
): Promise<void> {
  await page.goto(`${gateway.adminUrl}/console${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count()).toBe(0);
}

/** How much wider than its window a page is. */
export function overflowOf({ page }: WatchedPage): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
