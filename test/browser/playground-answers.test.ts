import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { goTo, openConsole, overflowOf, setUpConsole, signIn } from '../support/browser-console.ts';
import {
  answersOn,
  figureOn,
  playgroundPath,
  sendMessage,
  settled,
} from '../support/browser-playground.ts';
import type { WatchedPage } from '../support/open-browser.ts';
import { noBrowserReason, openBrowser, watchPage } from '../support/open-browser.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** How answers are shown, and who gives them. */

const code = `const answer: number = 42; // ${'a long line '.repeat(30)}`;
const columns = Array.from({ length: 14 }, (_, at) => `Column${String(at)}`);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const written = `# Report

Some **bold** words, \`inline\` code, [a page](https://docs.example/x) and [a trap](javascript:alert(1)).

<script>document.title = 'owned'</script> and <b>raw</b> markup.

![A cat](https://img.example/cat.png)

${row(columns)}
${row(columns.map(() => '---'))}
${row(columns.map((_, at) => String(at)))}

\`\`\`ts
${code}
\`\`\`

### Next

- [x] done
- open
`;
/** What takes readers of Markdown the longest. */
const hostile = ['[', '> ', '**a ', '<div>', '| '].map((piece) => piece.repeat(8000)).join('\n\n');

const pace = { first_token_ms: 40, tokens_per_second: 220 };
const scenarios = stringify({
  scenarios: [
    {
      name: 'slow',
      match: { last_user_text: { contains: 'slowly' } },
      respond: { content: written },
      // Long enough to be seen while it arrives, on a machine that is busy.
      pace: { first_token_ms: 40, tokens_per_second: 50 },
    },
    {
      name: 'markdown',
      match: { last_user_text: { contains: 'Markdown' } },
      respond: { content: written },
      pace,
    },
    {
      name: 'fast',
      match: { last_user_text: { contains: 'quickly' } },
      respond: { content: written.repeat(12) },
      pace: { first_token_ms: 40, tokens_per_second: 1200 },
    },
    {
      name: 'hostile',
      match: { last_user_text: { contains: 'hostile' } },
      respond: { content: hostile },
    },
  ],
});

interface Counts {
  /** While an answer arrived. */
  readonly frames: number;
  /** How often the text of an answer that arrives was another one. */
  readonly changes: number;
}

const countChanges = `(() => {
  const counts = { frames: 0, changes: 0 };
  window.counts = counts;
  const next = () => {
    if (document.querySelector('[aria-busy]') !== null) counts.frames += 1;
    requestAnimationFrame(next);
  };
  next();
  const place = '[aria-busy] [class*=markdown]';
  const isWithin = ({ target }) => (target.parentElement ?? target).closest(place) !== null;
  new MutationObserver((changed) => { if (changed.some(isWithin)) counts.changes += 1; })
    .observe(document.body, { subtree: true, childList: true, characterData: true });
})()`;

const wide = { viewport: { width: 1440, height: 1000 } };

/** How much of what has a name in an answer is to be seen only by scrolling it. */
function hiddenWidth(name: string): string {
  return `(() => {
    const box = document.querySelector('article [aria-label="${name}"]');
    return box.scrollWidth - box.clientWidth;
  })()`;
}

function look(page: Page, name: 'Markdown' | 'Text'): Locator {
  const group = page.getByRole('group', { name: 'Answers as' });
  return group.getByRole('button', { name, exact: true });
}

describe.skipIf(noBrowserReason !== undefined)('answers in the playground', () => {
  let browser: Browser;
  let gateway: TestGateway;
  /** Another upstream, to compare with. */
  let west: TestGateway;

  beforeAll(async () => {
    browser = await openBrowser();
    west = await startTestGateway();
    const yaml = `
emulator: { scenarios_file: s.yaml }
default_upstream: emulator
upstreams:
  west: { kind: anthropic, base_url: "${west.url}", api_key: env:WEST_KEY }
`;
    gateway = await startTestGateway(yaml, { WEST_KEY: west.key }, { 's.yaml': scenarios });
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
    await west.stop();
  });

  async function openPage(options: Parameters<typeof watchPage>[2] = wide): Promise<WatchedPage> {
    const watched = await watchPage(browser, [gateway.url], options);
    await watched.page.goto(`${gateway.url}${playgroundPath}`);
    await watched.page.getByLabel('Key').fill(gateway.key);
    await watched.page.getByLabel('max_tokens').waitFor({ state: 'attached' });
    return watched;
  }

  test('are read as Markdown while they arrive, and nothing in them is active', async () => {
    const watched = await openPage({ ...wide, permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = watched;
    const title = await page.title();
    await sendMessage(page, 'Some Markdown, slowly.');
    const arriving = page.getByRole('article', { name: 'Answer, arriving' });
    await arriving.getByRole('heading', { name: 'Report', level: 3 }).waitFor();
    await settled(page);

    const answer = answersOn(page);
    await answer.getByRole('cell', { name: '13', exact: true }).waitFor();
    expect(await answer.getByRole('heading').allTextContents()).toEqual(['Report', 'Next']);
    expect(await answer.getByRole('heading', { level: 4 }).textContent()).toBe('Next');
    expect(await answer.locator('strong').textContent()).toBe('bold');
    expect(await answer.getByRole('columnheader').count()).toBe(columns.length);
    const links = answer.getByRole('link');
    expect(await links.allTextContents()).toEqual(['a page', 'Image: A cat']);
    for (const link of await links.all()) {
      expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
      expect(await link.getAttribute('target')).toBe('_blank');
    }
    expect(await answer.locator('img, script, b').count()).toBe(0);
    expect(await answer.textContent()).toContain("<script>document.title = 'owned'</script>");
    expect(await page.title()).toBe(title);

    await answer.getByRole('button', { name: 'Copy code' }).click();
    await answer.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(code);
    expect(await watched.inaccessible()).toEqual([]);
    expect(watched.problems).toEqual([]);
    await watched.context.close();
  });

  test('are read anew once a frame at most, however fast they come', async () => {
    const { page, context, problems } = await openPage();
    await page.evaluate(countChanges);
    await page.getByLabel('max_tokens').fill('4096');
    await sendMessage(page, 'Go quickly.');
    await settled(page);
    const { frames, changes } = await page.evaluate<Counts>('window.counts');
    const tab = await page.getByRole('tab', { name: /^Raw events/ }).textContent();
    expect(Number(/\d+/.exec(tab ?? '')?.[0])).toBeGreaterThan(frames);
    expect(changes).toBeGreaterThan(1);
    expect(changes).toBeLessThanOrEqual(frames);
    expect(problems).toEqual([]);
    await context.close();
  });

  test('can be looked at as the text that they are, which the browser remembers', async () => {
    const watched = await openPage();
    const { page } = watched;
    await sendMessage(page, 'Some Markdown, please.');
    await settled(page);
    await look(page, 'Text').click();
    expect(await answersOn(page).textContent()).toContain('# Report\n\nSome **bold** words');
    expect(await answersOn(page).getByRole('heading').count()).toBe(0);
    await page.reload();
    await expect.poll(() => look(page, 'Text').getAttribute('aria-pressed')).toBe('true');
    await look(page, 'Markdown').click();
    await page.reload();
    await expect.poll(() => look(page, 'Markdown').getAttribute('aria-pressed')).toBe('true');
    expect(watched.problems).toEqual([]);
    await watched.context.close();
  });

  test.each(['light', 'dark'] as const)(
    'fit a narrow window: what is wide scrolls within, %s',
    async (colorScheme) => {
      const watched = await openPage({ viewport: { width: 360, height: 800 }, colorScheme });
      const { page } = watched;
      await sendMessage(page, 'Some Markdown, please.');
      await settled(page);
      await answersOn(page).getByRole('group', { name: 'Code: ts' }).waitFor();
      expect(await overflowOf(watched)).toBeLessThanOrEqual(0);
      for (const name of ['Table', 'Code: ts']) {
        const hidden = await page.evaluate<number>(hiddenWidth(name));
        expect(hidden).toBeGreaterThan(0);
      }
      expect(await watched.inaccessible()).toEqual([]);
      expect(watched.problems).toEqual([]);
      await watched.context.close();
    },
  );

  test('that are hard to read do not hold up the page', async () => {
    const watched = await openPage();
    const { page } = watched;
    await page.getByLabel('max_tokens').fill('32000');
    await sendMessage(page, 'Be hostile.');
    await settled(page);
    expect(((await answersOn(page).textContent()) ?? '').length).toBeGreaterThan(10_000);
    await look(page, 'Text').click();
    await look(page, 'Markdown').click();
    expect(await watched.inaccessible()).toEqual([]);
    expect(watched.problems).toEqual([]);
    await watched.context.close();
  });

  test('of two upstreams stand side by side in the console, each by choice', async () => {
    const watched = await openConsole(browser, gateway, wide);
    const { page } = watched;
    await setUpConsole(watched, gateway);
    await goTo(watched, gateway, '/playground?model=claude-sonnet-4-6');
    await page.getByRole('button', { name: 'Same model, two upstreams' }).click();
    await sendMessage(page, 'Who answers?');
    await expect.poll(() => answersOn(page).count(), { timeout: 30_000 }).toBe(2);
    await settled(page);
    const panes = page.getByRole('region', { name: /^(?:Left|Right): / });
    expect(await panes.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'Claude Sonnet 4.6 · Messages · emulator',
      'Claude Sonnet 4.6 · Messages · west',
    ]);
    await expect
      .poll(() => figureOn(page, 'Upstream').allTextContents())
      .toEqual(['emulator', 'west']);
    expect(await watched.inaccessible()).toEqual([]);
    await page.getByRole('tab', { name: 'Code' }).first().click();
    await page.getByText('Programs cannot choose emulator').waitFor();
    expect(watched.problems).toEqual([]);
    await watched.context.close();
  });

  test('come from nobody else where the chosen upstream is drained', async () => {
    const watched = await openConsole(browser, gateway, wide);
    const { page } = watched;
    await signIn(watched);
    await goTo(watched, gateway, '/playground?model=claude-sonnet-4-6');
    await page.getByLabel('Upstream').selectOption('west');
    gateway.gateway.parts.walk.health?.drains.drain('west');
    await sendMessage(page, 'Who answers?');
    const said = page.getByRole('alert').filter({ hasText: '503' });
    await said.waitFor();
    expect(await said.textContent()).toContain('The upstream "west" is drained');
    gateway.gateway.parts.walk.health?.drains.resume('west');
    await page.getByRole('button', { name: 'Send these turns' }).click();
    await settled(page);
    await expect.poll(() => figureOn(page, 'Upstream').allTextContents()).toEqual(['west']);
    expect(watched.problems).toEqual([]);
    await watched.context.close();
  });

  test('of a public page come from whom the routes say', async () => {
    const { page, context } = await openPage();
    expect(await page.getByLabel('Upstream').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'two upstreams' }).count()).toBe(0);
    await context.close();
  });
});
