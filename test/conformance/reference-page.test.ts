import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describePublicRoutes } from '../../src/describe-public-routes.ts';
import { publicTags } from '../../src/pages/public-openapi-operation.ts';
import { referenceOperations } from '../../src/pages/reference-operations.ts';
import { sectionsOfHtml, sectionsOfMarkdown } from '../support/page-facts.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { elementsIn, exactText, findElements, readHtml } from '../support/read-html.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The reference of all public routes at `/models/reference/`, over the wire and without a key. */

const HTML = 'text/html; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';
const INDEX = '/models/reference/';
const parts = publicTags.map((tag) => `${INDEX}${tag}/`);
const pages = [INDEX, ...parts];
const operations = referenceOperations(describePublicRoutes());

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

test.each(pages)('%s: the page and its twin hold the same facts', async (path) => {
  const [page, twin] = await Promise.all([textAt(path, HTML), textAt(`${path}index.md`, MARKDOWN)]);
  const sections = sectionsOfHtml(readHtml(page));
  expect(sections.flatMap(([, said]) => said).length).toBeGreaterThan(4);
  expect(sectionsOfMarkdown(twin)).toEqual(sections);
});

test('the index has every operation, each with a link to where it is told', async () => {
  const page = readHtml(await textAt(INDEX, HTML));
  const rows = findElements(page, 'tr').flatMap((row) => {
    const [method, path] = findElements(row, 'td').map((cell) => exactText(cell).trim());
    return method === undefined ? [] : [`${method} ${path ?? ''}`];
  });
  expect(new Set(rows)).toEqual(new Set(operations.map(({ method, path }) => `${method} ${path}`)));
});

test.each(publicTags)(
  '%s: every operation of it stands there, with all of its paths',
  async (tag) => {
    const page = readHtml(await textAt(`${INDEX}${tag}/`, HTML));
    const text = exactText(page);
    const ids = elementsIn(page).map(({ attributes }) => attributes['id']);
    const own = operations.filter((operation) => operation.tag === tag);
    expect(own.length).toBeGreaterThan(0);
    for (const { method, path, id, sameAs } of own) {
      expect(text).toContain(`${method} ${path}`);
      // Further paths stand with the operation itself.
      expect(ids).toContain(sameAs ?? id);
    }
  },
);

test('every link leads somewhere, and every id stands once', async () => {
  const ids = new Map<string, ReadonlySet<string>>();
  const links: (readonly [from: string, to: string])[] = [];
  for (const path of pages) {
    const elements = elementsIn(readHtml(await textAt(path, HTML)));
    const here = elements.flatMap(({ attributes: { id } }) => (id === undefined ? [] : [id]));
    expect(new Set(here).size).toBe(here.length);
    ids.set(path, new Set(here));
    for (const { attributes } of elements) {
      const { href } = attributes;
      if (href !== undefined && !href.startsWith('data:')) links.push([path, href]);
    }
  }
  expect(links.length).toBeGreaterThan(300);
  const lost = links.filter(([from, link]) => {
    const [path = '', id] = link.split('#');
    const page = ids.get(path === '' ? from : path);
    return page !== undefined && id !== undefined && !page.has(id);
  });
  expect(lost).toEqual([]);
  const paths = links.map(([, link]) => link.split('#')[0] ?? '');
  const others = new Set(paths.filter((path) => path.startsWith('/models/') && !ids.has(path)));
  expect(others.size).toBeGreaterThan(3);
  for (const path of others) expect([path, (await get(path)).status]).toEqual([path, 200]);
});

test('links within a twin lead to its headings, as Markdown names them', async () => {
  for (const path of pages) {
    const text = await textAt(`${path}index.md`, MARKDOWN);
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, id = '']) => id);
    const headings = new Set(
      [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      ),
    );
    expect(links.filter((id) => !headings.has(id))).toEqual([]);
  }
});

test('programs are told where a page of it stands', async () => {
  const page = readHtml(await textAt(`${INDEX}messages/`, HTML));
  const data = findElements(page, 'script').find(
    ({ attributes }) => attributes['type'] === 'application/ld+json',
  );
  expect(JSON.parse(exactText(data ?? page))).toMatchObject({
    '@type': 'BreadcrumbList',
    itemListElement: [
      { position: 1, item: { '@id': '/models/', name: 'Models' } },
      { position: 2, item: { '@id': INDEX, name: 'API reference' } },
      { position: 3, item: { '@id': `${INDEX}messages/`, name: 'Messages' } },
    ],
  });
});

test('commands ask the gateway where it is reached', async () => {
  const text = await textAt(`${INDEX}health/index.md`, MARKDOWN);
  expect(text).toContain(`\${QUATRAIN_BASE_URL:-${gateway.url}}/healthz`);
});

describe('over the wire', () => {
  test('the description is what is published', async () => {
    const text = await textAt('/models/openapi.json', 'application/json');
    expect(JSON.parse(text)).toEqual(describePublicRoutes());
  });

  test('who asks for Markdown gets it at the address of the page', async () => {
    const { headers, body } = await get(INDEX, { accept: 'text/markdown' });
    expect(headers['content-type']).toBe(MARKDOWN);
    expect(body.toString()).toBe(await textAt(`${INDEX}index.md`, MARKDOWN));
  });

  test.each(['/models/reference', '/models/reference/messages'])('%s goes on', async (path) => {
    const { status, headers } = await get(path);
    expect([status, headers['location']]).toEqual([308, `${path}/`]);
  });

  test('a part that there is not is a page that says so', async () => {
    for (const [path, type] of [
      [`${INDEX}nothing/`, HTML],
      [`${INDEX}nothing/index.md`, MARKDOWN],
      [`${INDEX}<b>`, HTML],
    ] as const) {
      const { status, headers, body } = await get(path);
      expect([status, headers['content-type']]).toEqual([404, type]);
      expect(body.toString()).not.toContain('<b>');
      // The way back is on it.
      expect(body.toString()).toContain(INDEX);
    }
  });

  test('who has a page already is not sent it again', async () => {
    const { headers } = await get(INDEX);
    const again = await get(INDEX, { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  test('pages have no script of their own, and say what may run', async () => {
    const { headers, body } = await get(`${INDEX}messages/`);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body.toString()).not.toMatch(
      /<script(?! type="application\/ld\+json")(?![^>]* src=)|<style| style=| on[a-z]+=/,
    );
  });

  test('the admin listener has the same', async () => {
    for (const path of [INDEX, '/models/openapi.json']) {
      const { status, body } = await sendRaw(`${gateway.adminUrl}${path}`);
      expect(status).toBe(200);
      expect(body.equals((await get(path)).body)).toBe(true);
    }
  });
});
