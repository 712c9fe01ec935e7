import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestAnswer } from '../../src/admin/contract.ts';
import { exactUsdText } from '../../console/src/format/money.ts';
import { goTo, openConsole, overflowOf, setUpConsole, signIn } from '../support/browser-console.ts';
import {
  answersOn,
  figureOn,
  messageField,
  playgroundPath,
  sendButton,
  sendMessage,
  settled,
} from '../support/browser-playground.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason, openBrowser, watchPage } from '../support/open-browser.ts';
import { pdfOf, pngOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What is asked for slowly comes so that it can be seen to arrive, and be stopped; all else at once. */
const scenarios = `
scenarios:
  - name: slow
    match: { last_user_text: { contains: slowly } }
    pace: { first_token_ms: 60, tokens_per_second: 30 }
`;
const wide = { viewport: { width: 1440, height: 1000 } };

const picture = {
  name: 'dot.png',
  mimeType: 'image/png',
  buffer: Buffer.from(pngOf(1, 1), 'base64'),
};

const tool = `[{
  "name": "get_weather",
  "input_schema": {
    "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"]
  }
}]`;

describe.skipIf(noBrowserReason !== undefined)('the playground', () => {
  let browser: Browser;
  let gateway: TestGateway;
  /** Another upstream, to compare with. */
  let west: TestGateway;
  let watched: WatchedPage;

  beforeAll(async () => {
    browser = await openBrowser();
    west = await startTestGateway();
    const yaml = `
emulator: { scenarios_file: s.yaml }
default_upstream: emulator
upstreams:
  west: { kind: anthropic, base_url: "${west.url}", api_key: env:WEST_KEY }
routes:
  - name: tried
    when: { headers: { x-try: west } }
    targets: [{ upstream: west }]
`;
    const files = { 's.yaml': scenarios };
    gateway = await startTestGateway(yaml, { WEST_KEY: west.key }, files);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
    await west.stop();
  });

  describe('of a public page', () => {
    const problems: string[] = [];

    beforeEach(async () => {
      watched = await watchPage(browser, [gateway.url], wide);
      await watched.page.goto(`${gateway.url}${playgroundPath}`);
      await watched.page.getByLabel('Key').fill(gateway.key);
      await watched.page.getByLabel('max_tokens').waitFor();
    });
    afterEach(async () => {
      problems.push(...watched.problems);
      await watched.context.close();
    });

    test('shows an answer as it arrives, what it used, and every event', async () => {
      const { page } = watched;
      await sendMessage(page, 'Tell me slowly of lighthouses.');
      const arriving = page.getByRole('article', { name: 'Answer, arriving' });
      const length = async (): Promise<number> => (await arriving.textContent())?.length ?? 0;
      await expect.poll(length).toBeGreaterThan('AssistantArriving'.length + 10);
      const early = await length();
      await expect.poll(length).toBeGreaterThan(early);
      await settled(page);
      expect(await answersOn(page).textContent()).toContain('Tell me slowly of lighthouses.');
      for (const name of ['Input', 'Output', 'First token', 'Total', 'Tokens/s']) {
        expect(await figureOn(page, name).textContent()).toMatch(/\d/);
      }
      expect(await figureOn(page, 'Stop reason').textContent()).toBe('end_turn');
      await expect.poll(() => figureOn(page, 'Cost').textContent()).toMatch(/^\$0\.0\d+$/);
      expect(await watched.inaccessible()).toEqual([]);

      await page.getByRole('tab', { name: /^Raw events \(\d+\)$/ }).click();
      const rows = page.getByRole('region', { name: 'Events' }).getByRole('button');
      expect(await rows.first().textContent()).toMatch(/^\+\d+\.\d ms.*message_start/);
      const data = page.getByRole('region', { name: 'data of message_start' });
      expect(await data.textContent()).toContain('"type": "message_start"');
      expect(await watched.inaccessible()).toEqual([]);
      await page.getByRole('tab', { name: 'Request' }).click();
      const body = page.getByRole('region', { name: 'request body' });
      expect(await body.textContent()).toContain('"max_tokens": 1024');
    });

    test('keeps the key to itself', async () => {
      const { page } = watched;
      await sendMessage(page, 'Hello');
      await settled(page);
      const kept = await page.evaluate(
        'JSON.stringify([location.href, {...localStorage}, {...sessionStorage}, document.cookie])',
      );
      expect(kept).not.toContain(gateway.key);
      await page.reload();
      expect(await page.getByLabel('Key').inputValue()).toBe('');
      await messageField(page).fill('Hello');
      expect(await sendButton(page).isDisabled()).toBe(true);
    });

    test('stops an answer, and keeps what had come', async () => {
      const { page } = watched;
      await sendMessage(page, 'Tell me everything, slowly.');
      const arriving = page.getByRole('article', { name: 'Answer, arriving' });
      await expect
        .poll(async () => (await arriving.textContent())?.length ?? 0)
        .toBeGreaterThan('AssistantArriving'.length + 10);
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('Stopped.').waitFor();
      const kept = (await answersOn(page).textContent()) ?? '';
      expect(kept.length).toBeGreaterThan('Assistant'.length);
      await sendMessage(page, 'Go on.');
      await settled(page);
      expect(await answersOn(page).count()).toBe(2);
      expect(await answersOn(page).last().textContent()).toContain('Go on.');
    });

    test('sends an edited turn again', async () => {
      const { page } = watched;
      await sendMessage(page, 'The first wording');
      await settled(page);
      const turn = page.getByRole('article', { name: 'User turn' });
      await turn.getByRole('button', { name: 'Edit' }).click();
      await turn.getByLabel('Text').fill('The second wording');
      await turn.getByRole('button', { name: 'Save and send' }).click();
      await expect.poll(() => answersOn(page).count()).toBe(1);
      await settled(page);
      expect(await answersOn(page).textContent()).toContain('The second wording');
      expect(await page.getByText('The first wording').count()).toBe(0);
    });

    test.each(['messages', 'chat-completions', 'workers-ai'])(
      'thinks, calls a tool and goes on with its result, in the form %s',
      async (form) => {
        const { page } = watched;
        await page.getByLabel('Form', { exact: true }).selectOption(form);
        await page.getByLabel('max_tokens').fill('4096');
        const thinking = '{"type":"enabled","budget_tokens":1024}';
        if (form === 'workers-ai') {
          await page.getByText('More parameters').click();
          const others = page.getByLabel('Other parameters');
          await others.fill(`{"thinking":${thinking}}`);
        } else {
          await page.getByLabel('thinking', { exact: true }).fill(thinking);
        }
        await page.getByRole('textbox', { name: 'Tools' }).fill(tool);
        await sendMessage(page, 'How is the weather in Lisbon?');
        await page.getByRole('button', { name: 'Send the result' }).waitFor({ timeout: 30_000 });
        expect(await answersOn(page).textContent()).toMatch(/Thinking.*get_weather.*"city"/s);
        expect(await page.getByText('not signed').count()).toBe(0);
        await page.getByLabel('Result of get_weather').fill('21 degrees and sunny');
        await page.getByRole('button', { name: 'Send the result' }).click();
        await expect.poll(() => answersOn(page).count()).toBe(2);
        await settled(page);
        expect(await answersOn(page).last().textContent()).toContain('21 degrees and sunny');
        expect(await page.getByRole('alert').count()).toBe(0);
      },
    );

    test('attaches a picture, and compares two models in two forms', async () => {
      const { page } = watched;
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.getByRole('tab', { name: 'Right' }).click();
      await page.getByLabel('Form', { exact: true }).selectOption('chat-completions');
      await page.getByLabel('Images or PDFs').setInputFiles(picture);
      await page.getByRole('img', { name: 'dot.png' }).waitFor();
      await sendMessage(page, 'What is to be seen here?');
      await expect.poll(() => answersOn(page).count(), { timeout: 30_000 }).toBe(2);
      const panes = page.getByRole('region', { name: /^(?:Left|Right): / });
      const names = await panes.getByRole('heading', { level: 2 }).allTextContents();
      expect(new Set(names).size).toBe(2);
      for (const text of await answersOn(page).allTextContents()) expect(text).toContain('1 image');
      expect(await watched.inaccessible()).toEqual([]);
    });

    test('attaches a PDF, and takes it off again', async () => {
      const { page } = watched;
      const paper = { name: 'paper.pdf', mimeType: 'application/pdf' };
      const file = { ...paper, buffer: Buffer.from(pdfOf(1), 'base64') };
      await page.getByLabel('Images or PDFs').setInputFiles(file);
      await page.getByRole('button', { name: 'Remove paper.pdf' }).click();
      expect(await page.getByText('paper.pdf').count()).toBe(0);
      await page.getByLabel('Images or PDFs').setInputFiles(file);
      await sendMessage(page, 'What does it say?');
      await settled(page);
      expect(await answersOn(page).textContent()).toContain('1 document');
    });

    test('turns are added, moved and removed', async () => {
      const { page } = watched;
      const turns = page.getByRole('article');
      for (const [text, role] of [
        ['A question', 'user'],
        ['An answer', 'assistant'],
        ['Another question', 'user'],
      ] as const) {
        await page.getByRole('button', { name: 'Add turn' }).click();
        await turns.last().getByLabel('Role').selectOption(role);
        await turns.last().getByLabel('Text').fill(text);
        await turns.last().getByRole('button', { name: 'Save', exact: true }).click();
      }
      await turns.last().getByRole('button', { name: 'Move up' }).click();
      expect(await turns.allTextContents()).toEqual([
        'UserA question',
        'UserAnother question',
        'AssistantAn answer',
      ]);
      await turns.last().getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('button', { name: 'Send these turns' }).click();
      await settled(page);
      expect(await answersOn(page).textContent()).toContain('Another question');
    });

    test('refuses what is no picture', async () => {
      const { page } = watched;
      await page
        .getByLabel('Images or PDFs')
        .setInputFiles({ ...picture, buffer: Buffer.from('GIF? no') });
      expect(await page.getByRole('alert').textContent()).toContain('dot.png is no PNG');
    });

    test('shows the request as code for every client', async () => {
      const { page } = watched;
      await messageField(page).fill('Say "hi" to O’Neill');
      await page.getByRole('tab', { name: 'Code' }).click();
      const pane = page.getByRole('region', { name: 'Claude Sonnet 4.6 · Messages' });
      const client = pane.getByLabel('Client');
      const labels: string[] = [];
      for (const form of ['messages', 'chat-completions', 'workers-ai']) {
        await pane.getByLabel('Form').selectOption(form);
        await expect.poll(() => client.locator('option').count()).toBeGreaterThan(2);
        for (const label of await client.locator('option').allTextContents()) {
          await client.selectOption({ label });
          const code = page.getByRole('region', { name: label, exact: true });
          await expect.poll(() => code.textContent()).toMatch(/O’Neill|O\\u2019Neill/);
          labels.push(label);
        }
      }
      expect(labels.join(' ')).toMatch(/cURL.*TypeScript.*Python.*cURL.*env\.AI/);
      expect(await watched.inaccessible()).toEqual([]);
    });

    test('says what is wrong before it asks, and what the gateway says of it after', async () => {
      const { page } = watched;
      const tokens = page.getByLabel('max_tokens');
      await tokens.fill('0');
      await sendMessage(page, 'Hello');
      expect(await page.getByText('This cannot be sent.').count()).toBe(1);
      await tokens.fill('100');
      await page.getByLabel('Key').fill('qtn_not_a_key');
      await page.getByRole('button', { name: 'Send these turns' }).click();
      const said = page.getByRole('alert').filter({ hasText: '401' });
      await said.waitFor();
      expect(await said.textContent()).toMatch(/authentication_error.*req_/);
    });

    test('asks for answers in one piece too', async () => {
      const { page } = watched;
      await page.getByLabel('Stream the answer').uncheck();
      await sendMessage(page, 'In one piece, please.');
      await settled(page);
      expect(await answersOn(page).textContent()).toContain('In one piece, please.');
      expect(await page.getByRole('tab', { name: 'Raw events (1)' }).count()).toBe(1);
    });

    test('nothing of all this troubled the browser', () => {
      expect(problems).toEqual([]);
    });
  });

  test('without a script its page leads to the examples', async () => {
    const { page, context } = await watchPage(browser, [gateway.url], {
      javaScriptEnabled: false,
    });
    await page.goto(`${gateway.url}${playgroundPath}`);
    await page.getByRole('link', { name: 'the code examples of Claude Sonnet 4.6' }).click();
    expect(new URL(page.url()).hash).toBe('#usage');
    expect(await page.locator('#usage').count()).toBe(1);
    await context.close();
  });

  test('begins with the form of the page that leads to it', async () => {
    const { page, context, problems } = await watchPage(browser, [gateway.url], wide);
    await page.goto(`${gateway.url}/models/anthropic/claude-opus-4.5/chat-completions/`);
    await page.getByRole('link', { name: 'Try it' }).click();
    const form = page.getByLabel('Form', { exact: true });
    await expect.poll(() => form.inputValue()).toBe('chat-completions');
    const pane = page.getByRole('heading', { level: 2 });
    expect(await pane.textContent()).toBe('Claude Opus 4.5 · Chat Completions');
    expect(problems).toEqual([]);
    await context.close();
  });

  test.each([360, 1440])('fits a window of %d pixels, light and dark', async (width) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const options = { viewport: { width, height: 800 }, colorScheme };
      const narrow = await watchPage(browser, [gateway.url], options);
      await narrow.page.goto(`${gateway.url}${playgroundPath}`);
      await messageField(narrow.page).waitFor();
      expect(await overflowOf(narrow)).toBeLessThanOrEqual(0);
      expect(await narrow.inaccessible()).toEqual([]);
      expect(narrow.problems).toEqual([]);
      await narrow.context.close();
    }
  });

  test('of the console asks with the session, and shows the exact cost', async () => {
    const console = await openConsole(browser, gateway, wide);
    const { page } = console;
    await setUpConsole(console, gateway);
    await goTo(console, gateway, '/playground?model=claude-sonnet-4-6&form=chat-completions');
    expect(await page.getByLabel('Form', { exact: true }).inputValue()).toBe('chat-completions');
    await sendMessage(page, 'Hello from the console');
    await settled(page);
    expect(await answersOn(page).textContent()).toContain('Hello from the console');
    await expect.poll(() => figureOn(page, 'Upstream').textContent()).toBe('emulator');
    const link = page.getByRole('link', { name: /^req_/ });
    const id = (await link.textContent()) ?? '';
    const record = JSON.parse(
      await page.evaluate<string>(
        `fetch('/admin/v1/requests/${id}').then((reply) => reply.text())`,
      ),
    ) as RequestAnswer;
    expect(record).toMatchObject({ id, status: 'settled', form: 'chat-completions' });
    const cost = figureOn(page, 'Cost').locator('[title]');
    expect(await cost.getAttribute('title')).toBe(exactUsdText(record.cost_nano ?? '0'));
    expect(await console.inaccessible()).toEqual([]);
    await link.click();
    await page.waitForURL(`**/console/requests/${id}`);
    expect(console.problems).toEqual([]);
    await console.context.close();
  });

  test('of the console compares two upstreams, by a header that a route asks for', async () => {
    const console = await openConsole(browser, gateway, wide);
    const { page } = console;
    await signIn(console);
    await goTo(console, gateway, '/playground?model=claude-sonnet-4-6');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('tab', { name: 'Right' }).click();
    await page.getByLabel('Model').selectOption('claude-sonnet-4-6');
    await page.getByText('Request headers').click();
    await page.getByLabel('Headers').fill('x-try: west');
    await sendMessage(page, 'Who answers?');
    await settled(page);
    await expect
      .poll(() => figureOn(page, 'Upstream').allTextContents())
      .toEqual(['emulator', 'west']);
    expect(console.problems).toEqual([]);
    await console.context.close();
  });
});
