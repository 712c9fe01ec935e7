import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { goTo, openConsole, operator, setUpConsole } from '../support/browser-console.ts';
import {
  answersOn,
  figureOn,
  messageField,
  playgroundPath,
  sendButton,
  sendMessage,
  settled,
} from '../support/browser-playground.ts';
import { openBrowserOn, windows } from '../support/browser-set-up.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason, watchPage } from '../support/open-browser.ts';
import { pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Somebody works in the playground: reads while it writes, uses the keyboard, comes back later. */

const paragraphs = Array.from({ length: 1000 }, (_, at) => `Paragraph ${String(at)}, with words.`);
const call = (city: string): object => ({ type: 'tool_use', name: 'get_weather', input: { city } });
const scenarios = stringify({
  scenarios: [
    {
      name: 'long',
      match: { last_user_text: { contains: 'long story' } },
      respond: { content: paragraphs.join('\n\n') },
      pace: { first_token_ms: 20, tokens_per_second: 150 },
    },
    {
      name: 'calls',
      match: { last_user_text: { contains: 'both cities' } },
      respond: { content: [call('Lisbon'), call('Porto')] },
    },
    {
      name: 'later',
      match: { last_user_text: { contains: 'too often' } },
      error: { type: 'rate_limit_error', retry_after_ms: 7000 },
    },
  ],
});
const tool = '[{"name": "get_weather", "input_schema": {"type": "object"}}]';

/** How far the end of the answer that arrives is below the window; the answer is longer than that. */
const belowWindow = `(() => {
  const { bottom = 0 } = document.querySelector('[aria-busy]')?.getBoundingClientRect() ?? {};
  return bottom - innerHeight;
})()`;
const message = 'textarea[placeholder^=Write]';
const focused = 'document.activeElement?.ariaLabel ?? document.activeElement?.tagName';

/** Lets something go over a place; the answer is whether the page took it upon itself. */
function dropped(place: string, data: string): string {
  return `(() => {
    const dataTransfer = new DataTransfer();
    ${data};
    const options = { bubbles: true, cancelable: true };
    const event = new DragEvent('drop', { ...options, dataTransfer });
    return !document.querySelector('${place}').dispatchEvent(event);
  })()`;
}

/** Pastes a picture, with words beside it or without. */
function pasted(words: string): string {
  return `(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', ${JSON.stringify(words)});
    clipboardData.items.add(new File([${pngBytes}], 'dot.png', { type: 'image/png' }));
    const event = new ClipboardEvent('paste', { bubbles: true, clipboardData });
    document.querySelector('${message}').dispatchEvent(event);
  })()`;
}

const pngBytes = `Uint8Array.from(atob('${pngOf(1, 1)}'), (letter) => letter.charCodeAt(0))`;

describe.skipIf(noBrowserReason !== undefined)('work in the playground', () => {
  let browser: Browser;
  let gateway: TestGateway;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const yaml = 'emulator: { scenarios_file: s.yaml }';
    const start = (): Promise<TestGateway> => startTestGateway(yaml, {}, { 's.yaml': scenarios });
    ({ browser, gateway, close } = await openBrowserOn(start));
  });
  afterAll(() => close());

  async function openPage(
    options: BrowserContextOptions = windows['wide and light'],
  ): Promise<WatchedPage> {
    const watched = await watchPage(browser, [gateway.url], options);
    await watched.page.goto(`${gateway.url}${playgroundPath}`);
    await watched.page.getByLabel('Key').fill(gateway.key);
    await watched.page.getByLabel('max_tokens').waitFor({ state: 'attached' });
    return watched;
  }

  test.each(['wide and light', 'narrow and dark'] as const)(
    'the page follows an answer, and not who scrolls up to read: %s',
    async (name) => {
      const { page, context, problems } = await openPage(windows[name]);
      const top = (): Promise<number> => page.evaluate<number>('scrollY');
      const fold = page.getByText('Parameters', { exact: true });
      if (name.startsWith('narrow')) await fold.click();
      await page.getByLabel('max_tokens').fill('8000');
      await sendMessage(page, 'Tell a long story.');
      // It has long been longer than the window, and its end is in sight.
      await expect.poll(top, { timeout: 20_000 }).toBeGreaterThan(1500);
      await expect.poll(() => page.evaluate<number>(belowWindow)).toBeLessThan(60);

      await page.mouse.move(200, 300);
      await page.mouse.wheel(0, -120);
      await expect.poll(() => page.evaluate<number>(belowWindow)).toBeGreaterThan(300);
      const left = await top();
      await expect.poll(() => page.evaluate<number>(belowWindow)).toBeGreaterThan(600);
      expect(await top()).toBe(left);

      await page.mouse.wheel(0, 100_000);
      await expect.poll(top).toBeGreaterThan(left + 1000);
      await expect.poll(() => page.evaluate<number>(belowWindow)).toBeLessThan(60);
      expect(problems).toEqual([]);
      await context.close();
    },
  );

  test('a short answer beside a long one does not hold the page back', async () => {
    const { page, context } = await openPage();
    await page.getByLabel('max_tokens').fill('8000');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('tab', { name: 'Right' }).click();
    await page.getByLabel('max_tokens').fill('300');
    await sendMessage(page, 'Tell a long story.');
    await expect
      .poll(() => page.evaluate<number>('scrollY'), { timeout: 20_000 })
      .toBeGreaterThan(2500);
    await context.close();
  });

  test('what is dropped anywhere is attached, and words are left to the field', async () => {
    const { page, context, problems } = await openPage();
    const file = `dataTransfer.items.add(new File([${pngBytes}], 'dropped.png'))`;
    const words = "dataTransfer.setData('text/plain', 'words')";
    expect(await page.evaluate(dropped('h1', file))).toBe(true);
    await page.getByRole('img', { name: 'dropped.png' }).waitFor();
    expect(await page.evaluate(dropped(message, words))).toBe(false);

    const pictures = page.getByRole('img', { name: 'dot.png' });
    await page.evaluate(pasted('A1\tB1'));
    await page.evaluate(pasted(''));
    await pictures.waitFor();
    expect(await pictures.count()).toBe(1);
    expect(problems).toEqual([]);
    await context.close();
  });

  test('the keyboard does all, and the focus is never lost', async () => {
    const { page, context, inaccessible } = await openPage();
    const { keyboard } = page;
    const focus = (): Promise<string> => page.evaluate<string>(focused);
    await messageField(page).fill('One');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await settled(page);
    await answersOn(page).waitFor();
    expect(await focus()).toBe('BUTTON');
    expect(await sendButton(page).isDisabled()).toBe(true);

    const turn = page.getByRole('article', { name: 'User turn' });
    await turn.getByRole('button', { name: 'Edit' }).focus();
    await keyboard.press('Enter');
    expect(await focus()).toBe('TEXTAREA');
    await keyboard.press('Escape');
    expect(await focus()).toBe('Edit');
    await keyboard.press('Enter');
    await keyboard.type(' and two');
    await keyboard.press('Control+Enter');
    await expect.poll(() => answersOn(page).textContent()).toContain('One and two');
    expect(await focus()).toBe('DIV');
    await turn.getByRole('button', { name: 'Remove' }).focus();
    await keyboard.press('Enter');
    expect(await focus()).toBe('DIV');
    expect(await inaccessible()).toEqual([]);

    await sendMessage(page, 'Tell a long story.');
    await page.getByRole('article', { name: 'Answer, arriving' }).waitFor();
    await messageField(page).focus();
    await keyboard.press('Escape');
    await page.getByText('Stopped.').waitFor();
    expect(await page.getByRole('status').allTextContents()).toContain('The answer was cut short.');
    await context.close();
  });

  test('what a stopped answer came to is not made up', async () => {
    const { page, context } = await openPage();
    await sendMessage(page, 'Tell a long story.');
    await expect.poll(() => figureOn(page, 'First token').textContent()).toMatch(/\d/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => figureOn(page, 'Cost, estimated').textContent()).toMatch(/^\$0\.0\d+$/);
    expect(await figureOn(page, 'Output').textContent()).toBe('–');
    expect(await figureOn(page, 'Tokens/s').textContent()).toBe('–');
    await context.close();
  });

  test('a refusal says when to ask again', async () => {
    const { page, context } = await openPage();
    await sendMessage(page, 'You ask too often.');
    const said = page.getByRole('alert').filter({ hasText: '429' });
    await said.waitFor();
    expect(await said.textContent()).toMatch(/rate_limit_error · retry after 7 s · req_/);
    await context.close();
  });

  test('each of several calls has its result, and says which one it is', async () => {
    const { page, context } = await openPage();
    await page.getByRole('textbox', { name: 'Tools' }).fill(tool);
    await sendMessage(page, 'The weather in both cities?');
    const results = page.getByRole('form', { name: 'Results of tools' });
    await results.getByLabel('Result of get_weather (1 of 2)').fill('20 degrees');
    await results.getByLabel('Result of get_weather (2 of 2)').fill('21 degrees');
    expect(await results.textContent()).toMatch(/Lisbon.*Porto/s);
    await results.getByRole('button', { name: 'Send the results' }).click();
    await expect.poll(() => answersOn(page).count()).toBe(2);
    await page.getByRole('tab', { name: 'Request' }).click();
    const body = await page.getByRole('region', { name: 'request body' }).textContent();
    expect(body).toMatch(/tool_result.*20 degrees.*tool_result.*21 degrees/s);
    await context.close();
  });

  test('a reload brings the conversation back, and not the key', async () => {
    const { page, context, problems } = await openPage();
    await page.getByLabel('Form', { exact: true }).selectOption('chat-completions');
    await sendMessage(page, 'Remember this.');
    await settled(page);
    await answersOn(page).waitFor();
    await messageField(page).fill('And then');
    await page.reload();
    await answersOn(page).waitFor();
    expect(await answersOn(page).textContent()).toContain('Remember this.');
    expect(await messageField(page).inputValue()).toBe('And then');
    const form = page.getByLabel('Form', { exact: true });
    expect(await form.inputValue()).toBe('chat-completions');
    expect(new URL(page.url()).searchParams.get('form')).toBe('chat-completions');
    expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe('');
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.goto(`${gateway.url}/models/anthropic/claude-opus-4.5/playground/`);
    await messageField(page).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    expect(problems).toEqual([]);
    await context.close();
  });

  test('code has the headers, and says what it does not have', async () => {
    const { page, context, problems } = await openPage();
    await page.getByLabel('stop_sequences').fill('END');
    await page.getByText('Request headers').click();
    await page.getByLabel('Headers').fill('x-own: of-mine');
    const big = Buffer.concat([Buffer.from(pngOf(1, 1), 'base64'), Buffer.alloc(1_000_000)]);
    const file = { name: 'big.png', mimeType: 'image/png', buffer: big };
    await page.getByLabel('Images or PDFs').setInputFiles(file);
    await page.getByRole('img', { name: 'big.png' }).waitFor();
    await sendMessage(page, 'What is this?');
    await answersOn(page).waitFor();
    await page.getByRole('tab', { name: 'Code' }).click();
    const code = page.getByRole('region', { name: 'cURL' });
    await expect.poll(() => code.textContent()).toContain("-H 'x-own: of-mine'");
    expect(await code.textContent()).toContain('BASE64 OF big.png');
    await page.getByText('Too large to stand here: put the base64 of big.png').waitFor();
    await page.getByLabel('Form', { exact: true }).nth(1).selectOption('workers-ai');
    await page.getByText('Not in this form, and not in the code: stop_sequences.').waitFor();
    await page.getByLabel('Form', { exact: true }).first().selectOption('workers-ai');
    await page.getByText('Not in this form, and not sent: stop_sequences.').waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  test('in the console, Back brings all of it back, until its operator signs out', async () => {
    const watched = await openConsole(browser, gateway, windows['wide and light']);
    const { page } = watched;
    await setUpConsole(watched, gateway);
    await goTo(watched, gateway, '/playground?model=claude-sonnet-4-6');
    await page.getByLabel('Form', { exact: true }).selectOption('chat-completions');
    await page.waitForURL('**/playground?model=claude-sonnet-4-6&form=chat-completions');
    await sendMessage(page, 'Remember this.');
    const link = page.getByRole('link', { name: /^req_/ });
    await link.click();
    await page.waitForURL('**/console/requests/req_*');
    await page.goBack();
    await expect.poll(() => answersOn(page).textContent()).toContain('Remember this.');
    expect(await figureOn(page, 'Stop reason').textContent()).toBe('stop');
    expect(await page.getByRole('tab', { name: /^Raw events \(\d+\)$/ }).count()).toBe(1);

    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Name').fill(operator.name);
    await page.getByLabel('Password').fill(operator.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Playground' }).click();
    await messageField(page).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    expect(watched.problems).toEqual([]);
    await watched.context.close();
  });
});
