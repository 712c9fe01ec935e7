import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { readSeedPage, schemasIn } from '../support/seed-pages.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The catalog's pages over the wire, without a key; Workers reference §5.1, cases C01 to C03, C06. */

const folder = '/ai/models';
const sonnet46 = `${folder}/anthropic/claude-sonnet-4.6`;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway('cors: {origins: [https://app.example]}');
});
afterAll(() => gateway.stop());

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function get(path: string, asked: Asked = {}): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}${path}`, asked);
}

async function textOf(path: string, type: string): Promise<string> {
  const { status, headers, body } = await get(path);
  expect([status, headers['content-type']]).toEqual([200, type]);
  return body.toString();
}

test('W-C01 W-C02 W-C06 the page of Sonnet 4.6', async () => {
  const page = await textOf(`${sonnet46}/index.md`, 'text/markdown; charset=utf-8');
  expect(page).toContain('\nText Generation • Anthropic • Proxied\n');
  expect(page).toContain('| 200,000 tokens |');
  expect(page).toContain('| `max_tokens` | `number` | required | exclusiveMinimum: 0 |');
  expect(page.toLowerCase()).not.toContain('playground');
});

const seed = readSeedPage('000');

test.skipIf(seed === undefined)(
  'W-C03 the files of its schemas have those of seed 000',
  async () => {
    const { input, output } = schemasIn(seed ?? '');
    for (const [file, schema] of [
      ['schema-input.json', input],
      ['schema-output.json', output],
    ] as const) {
      expect(JSON.parse(await textOf(`${sonnet46}/${file}`, 'application/json'))).toEqual(schema);
    }
  },
);

test('every page of the list is there, and so is every file that it links to', async () => {
  const list = await textOf(`${folder}/llms.txt`, 'text/plain; charset=utf-8');
  const pages = linksIn(list);
  expect(pages.length).toBeGreaterThan(5);
  expect(pages).toContain('anthropic/claude-sonnet-4.6/index.md');
  expect(pages).toContain('anthropic/claude-sonnet-4/index.md');
  for (const path of pages) {
    const page = await textOf(`${folder}/${path}`, 'text/markdown; charset=utf-8');
    const files = linksIn(page).filter((link) => !link.includes('//'));
    expect(files).toEqual(['schema-input.json', 'schema-output.json']);
    const parent = path.slice(0, path.lastIndexOf('/'));
    for (const file of files) await textOf(`${folder}/${parent}/${file}`, 'application/json');
  }
});

function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
}

test('dashes for dots name the same model', async () => {
  const [one, other] = await Promise.all([
    get(`${sonnet46}/index.md`),
    get(`${folder}/anthropic/claude-sonnet-4-6/index.md`),
  ]);
  expect(other.body).toEqual(one.body);
});

describe('what is kept', () => {
  test.each([`${folder}/llms.txt`, `${sonnet46}/index.md`, `${sonnet46}/schema-input.json`])(
    '%s has not changed for who has it',
    async (path) => {
      const { headers } = await get(path);
      const tag = headers['etag'] ?? '';
      expect(headers['cache-control']).toBe('public, max-age=60');
      const again = await get(path, { headers: { 'if-none-match': `"other", W/${tag}` } });
      expect([again.status, again.body.length, again.headers['etag']]).toEqual([304, 0, tag]);
      const other = await get(path, { headers: { 'if-none-match': '"other"' } });
      expect(other.status).toBe(200);
    },
  );

  test('HEAD has the length and nothing else', async () => {
    const { headers, body } = await get(`${sonnet46}/index.md`);
    const head = await get(`${sonnet46}/index.md`, { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers['content-length']).toBe(String(body.length));
    expect(head.headers['etag']).toBe(headers['etag']);
  });
});

describe('what there is not', () => {
  test('a model, with those whose names are like it', async () => {
    const { status, body } = await get(`${folder}/anthropic/claude-sonnet-4.9/index.md`);
    expect(status).toBe(404);
    expect(body.toString()).toContain('anthropic/claude-sonnet-4.');
  });

  test.each(['', '/', '/index.html', '/schema.json'])('%j of a model', async (file) => {
    expect((await get(`${sonnet46}${file}`)).status).toBe(404);
  });

  test.each(['POST', 'PUT', 'DELETE'])('%s', async (method) => {
    const { status, headers } = await get(`${sonnet46}/index.md`, { method });
    expect([status, headers['allow']]).toEqual([405, 'GET']);
  });
});

test('a page of an allowed origin may ask', async () => {
  const { status, headers } = await get(`${sonnet46}/index.md`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
  });
  expect([status, headers['access-control-allow-methods']]).toEqual([204, 'GET']);
});
