import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelsOf } from '../../src/catalog/profiles.ts';
import type { ModelsJson } from '../../src/pages/models-json.ts';
import { formsOf, pagePath } from '../../src/pages/page-forms.ts';
import { publicTags } from '../../src/pages/public-openapi-operation.ts';
import { factsOfHtml, factsOfMarkdown } from '../support/page-facts.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { elementsIn, exactText, findElements, readHtml } from '../support/read-html.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The catalog at `/models/` over the wire, without a key (issue 8). */

const HTML = 'text/html; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';
const sonnet46 = '/models/anthropic/claude-sonnet-4.6/';
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

const pages = modelsOf('launch').flatMap((model) =>
  formsOf(model).map((form) => pagePath(model, form)),
);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}${path}`, { headers });
}

async function textAt(path: string, type: string): Promise<string> {
  const { status, headers, body } = await get(path);
  expect([path, status, headers['content-type']]).toEqual([path, 200, type]);
  return body.toString();
}

test('every model has a page for each of its forms', () => {
  expect(pages).toContain(sonnet46);
  expect(pages).toContain(`${sonnet46}messages/`);
  expect(pages).toContain(`${sonnet46}chat-completions/`);
  // What the Workers AI form does not have is named as the Messages form does.
  expect(pages).toContain('/models/anthropic/claude-3-opus-20240229/');
  expect(new Set(pages).size).toBe(pages.length);
});

test.each(pages)('%s: the page and its twin hold the same facts', async (path) => {
  const [page, twin] = await Promise.all([textAt(path, HTML), textAt(`${path}index.md`, MARKDOWN)]);
  const facts = factsOfHtml(page);
  expect(facts.sections.map(([title]) => title)).toEqual(
    expect.arrayContaining(['Usage', 'Examples', 'Parameters', 'Pricing', 'Limits', 'Errors']),
  );
  expect(facts.sections.flatMap(([, said]) => said).length).toBeGreaterThan(80);
  expect(factsOfMarkdown(twin)).toEqual(facts);
});

test.each(pages)('%s: the files of its schemas are those that it shows', async (path) => {
  const page = readHtml(await textAt(path, HTML));
  const shown = findElements(page, '.folded').filter((element) =>
    exactText(element).includes('schema-'),
  );
  expect(shown).toHaveLength(2);
  for (const [at, file] of ['schema-input.json', 'schema-output.json'].entries()) {
    const inPage = exactText(findElements(shown[at] ?? page, 'pre')[0] ?? page);
    const text = await textAt(`${path}${file}`, 'application/json');
    expect(JSON.parse(inPage)).toEqual(JSON.parse(text));
  }
});

test('every link of every page leads somewhere, and every id stands once', async () => {
  const known = new Map<string, number>();
  for (const path of ['/models/', ...pages]) {
    const page = readHtml(await textAt(path, HTML));
    const elements = elementsIn(page);
    const ids = elements.flatMap(({ attributes: { id } }) => (id === undefined ? [] : [id]));
    expect(new Set(ids).size).toBe(ids.length);
    const links = elements.flatMap(({ attributes: { href } }) =>
      href === undefined ? [] : [href],
    );
    const inPage = links.filter((link) => link.startsWith('#')).map((link) => link.slice(1));
    expect(inPage.filter((id) => !ids.includes(id))).toEqual([]);
    const elsewhere = links
      .filter((link) => !/^(?:https:|data:|#)/.test(link))
      .map((link) => new URL(link, `http://gateway${path}`).pathname)
      // The reference is another part of the site.
      .filter((place) => !place.startsWith('/models/reference/'));
    for (const place of elsewhere) {
      if (!known.has(place)) known.set(place, (await get(place)).status);
    }
  }
  expect([...known].filter(([, status]) => status !== 200)).toEqual([]);
  expect(known.size).toBeGreaterThan(pages.length);
});

test('a page asks for nothing from elsewhere, and runs no script that stands in it', async () => {
  for (const path of ['/models/', sonnet46, '/models/nobody/nothing/']) {
    const { headers, body } = await get(path, browser);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['request-id']).toMatch(/^req_/);
    const elements = elementsIn(readHtml(body.toString()));
    expect(elements.filter(({ tag }) => tag === 'style')).toEqual([]);
    expect(elements.filter(({ attributes }) => 'style' in attributes)).toEqual([]);
    expect(
      elements
        .flatMap(({ attributes }) => Object.keys(attributes))
        .filter((name) => name.startsWith('on')),
    ).toEqual([]);
    for (const { attributes } of elements.filter(({ tag }) => tag === 'script')) {
      const isData = attributes['type'] === 'application/ld+json';
      expect(isData || attributes['src']?.startsWith('/assets/')).toBe(true);
    }
  }
});

test('programs are told where a page stands, and that it has a twin', async () => {
  const page = readHtml(await textAt(`${sonnet46}messages/`, HTML));
  const links = findElements(page, 'link').map(({ attributes: { rel, href } }) => [rel, href]);
  expect(links).toContainEqual(['canonical', `${sonnet46}messages/`]);
  expect(links).toContainEqual(['alternate', `${sonnet46}messages/index.md`]);
  const data = findElements(page, 'script').find(
    ({ attributes }) => attributes['type'] === 'application/ld+json',
  );
  expect(JSON.parse(exactText(data ?? page))).toMatchObject({
    '@type': 'BreadcrumbList',
    itemListElement: [
      { position: 1, item: { '@id': '/models/', name: 'Models' } },
      { position: 2, item: { '@id': `${sonnet46}messages/`, name: 'Claude Sonnet 4.6' } },
    ],
  });
});

test('what stands before the code says where the key goes, and where the gateway is', async () => {
  const text = await textAt(`${sonnet46}messages/index.md`, MARKDOWN);
  const usage = text.slice(text.indexOf('## Usage'), text.indexOf('```sh'));
  expect(usage).toContain('`QUATRAIN_API_KEY`');
  expect(usage).toContain(`The code asks \`${gateway.url}\`;`);
  expect(usage).toContain('`npm install @anthropic-ai/sdk`');
  expect(text).toContain(`\${QUATRAIN_BASE_URL:-${gateway.url}}/v1/messages`);
});

test('who asks for Markdown gets it where the page is', async () => {
  const asked = await get(sonnet46, { accept: 'text/markdown' });
  expect(asked.headers['content-type']).toBe(MARKDOWN);
  expect(asked.headers['vary']).toContain('accept');
  expect(asked.body.toString()).toBe(await textAt(`${sonnet46}index.md`, MARKDOWN));
  const list = await get('/models/', { accept: 'text/markdown' });
  expect(list.body.toString()).toBe(await textAt('/models/index.md', MARKDOWN));
});

test.each<[string, string | undefined, string]>([
  ['/models/anthropic/claude-sonnet-4-6/', undefined, sonnet46],
  ['/models/claude-sonnet-4-6/', undefined, sonnet46],
  [
    '/models/anthropic/claude-sonnet-4-6/messages/index.md',
    undefined,
    `${sonnet46}messages/index.md`,
  ],
  ['/models/claude-sonnet-4-6/schema-input.json', undefined, `${sonnet46}schema-input.json`],
  ['/models/anthropic/claude-sonnet-4.6/messages', undefined, `${sonnet46}messages/`],
  ['/models/anthropic/claude-sonnet-4.6/workers-ai/', undefined, sonnet46],
  ['/models/anthropic/claude-sonnet-4.6', browser.accept, sonnet46],
  ['/models', browser.accept, '/models/'],
  [
    '/models/claude-3-opus-20240229/messages/',
    undefined,
    '/models/anthropic/claude-3-opus-20240229/',
  ],
])('%s leads to the one place of its page', async (path, accept, place) => {
  const { status, headers } = await get(path, accept === undefined ? {} : { accept });
  expect([status, headers['location']]).toEqual([308, place]);
});

test('clients of Chat Completions still find their models there', async () => {
  const one = await get('/models/anthropic/claude-sonnet-4.6');
  expect(JSON.parse(one.body.toString())).toMatchObject({ id: 'anthropic/claude-sonnet-4.6' });
  const list = await get('/models', { accept: 'application/json' });
  expect(JSON.parse(list.body.toString())).toMatchObject({ object: 'list' });
});

test('a page that is not there says which ones are like it', async () => {
  const { status, headers, body } = await get('/models/anthropic/claude-sonet-4.6/', browser);
  expect([status, headers['content-type']]).toEqual([404, HTML]);
  const links = findElements(readHtml(body.toString()), 'a').map(
    ({ attributes: { href } }) => href,
  );
  expect(links).toContain(sonnet46);
  const hostile = await get('/models/anthropic/x.y:z/', browser);
  expect(hostile.status).toBe(404);
  const form = await get('/models/anthropic/claude-3-opus-20240229/workers-ai/', browser);
  expect(form.status).toBe(404);
});

test('whoever has a page is told that it still holds', async () => {
  for (const path of ['/models/', sonnet46, `${sonnet46}index.md`, '/models/models.json']) {
    const { headers } = await get(path);
    expect(headers['cache-control']).toBe('no-cache');
    const again = await get(path, { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  }
});

test('pages are read, and nothing else', async () => {
  const head = await sendRaw(`${gateway.url}${sonnet46}`, { method: 'HEAD' });
  expect([head.status, head.headers['content-type'], head.body.length]).toEqual([200, HTML, 0]);
  const post = await sendRaw(`${gateway.url}${sonnet46}`, { method: 'POST', body: '{}' });
  expect(post.status).toBeGreaterThanOrEqual(400);
});

test('the list is narrowed by its form alone', async () => {
  const shown = async (query: string): Promise<readonly string[]> =>
    findElements(readHtml(await textAt(`/models/?${query}`, HTML)), '.model')
      .filter(({ attributes }) => !('hidden' in attributes))
      .map((element) => exactText(findElements(element, 'h2')[0] ?? element).trim());
  expect((await shown('')).length).toBe(modelsOf('launch').length);
  expect(await shown('q=sonnet+4.6')).toEqual(['Claude Sonnet 4.6']);
  const chat = await shown('q=haiku&form=workers-ai&feature=structured-outputs');
  expect(chat).toEqual(['Claude Haiku 4.5']);
  expect(await shown('q=%3Cscript%3E')).toEqual([]);
});

test('the list for programs names every page and every schema', async () => {
  const { models } = JSON.parse(
    await textAt('/models/models.json', 'application/json'),
  ) as ModelsJson;
  const listed = models.flatMap(({ forms }) => forms);
  expect(listed.map(({ page }) => page).toSorted()).toEqual(pages.toSorted());
  for (const { page, input_schema, output_schema } of listed) {
    expect([input_schema, output_schema]).toEqual([
      `${page}schema-input.json`,
      `${page}schema-output.json`,
    ]);
  }
  const text = await textAt('/models/llms.txt', 'text/plain; charset=utf-8');
  const linked = [...text.matchAll(/\]\((\/[^)]+)\)/g)].map(([, path = '']) => path);
  const isReference = (path: string): boolean => path.startsWith('/models/reference/');
  expect(linked.filter((path) => path.endsWith('.md') && !isReference(path)).toSorted()).toEqual(
    pages.map((page) => `${page}index.md`).toSorted(),
  );
  expect(linked).toContain('/models/openapi.json');
  expect(linked.filter((path) => isReference(path)).length).toBe(publicTags.length + 1);
  for (const path of linked) expect([path, (await get(path)).status]).toEqual([path, 200]);
  expect(models.find(({ id }) => id === 'claude-sonnet-4-6')).toMatchObject({
    name: 'Claude Sonnet 4.6',
    author: { id: 'anthropic', name: 'Anthropic' },
    context_length: 200_000,
    max_output_tokens: 64_000,
    retired_at: null,
    aliases: expect.arrayContaining([
      'anthropic/claude-sonnet-4.6',
      'anthropic/claude-sonnet-4-6-20260218',
    ]) as unknown,
    prices: [
      {
        above_input_tokens: 0,
        usd_per_million: {
          input: 3,
          output: 15,
          cache_read: 0.3,
          cache_write_5m: 3.75,
          cache_write_1h: 6,
          web_search: 10_000,
        },
      },
      { above_input_tokens: 200_000 },
    ],
  });
});
