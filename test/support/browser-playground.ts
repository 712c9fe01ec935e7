import type { Locator, Page } from 'playwright-core';

/** The page of a model's playground on the public listener. */
export const playgroundPath = '/models/anthropic/claude-sonnet-4.6/playground/';

export function messageField(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Message' });
}

export function sendButton(page: Page): Locator {
  return page.getByRole('button', { name: 'Send', exact: true });
}

export async function sendMessage(page: Page, text: string): Promise<void> {
  await messageField(page).fill(text);
  await sendButton(page).click();
}

/** Waits until nothing is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await sendButton(page).waitFor({ timeout: 30_000 });
}

export function answersOn(page: Page): Locator {
  return page.getByRole('article', { name: 'Assistant turn' });
}

/** What a figure below an answer says. */
export function figureOn(page: Page, name: string): Locator {
  const row = page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) });
  return row.locator('dd');
}
