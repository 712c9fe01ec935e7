import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebAssets } from '../../src/pages/web-assets.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway } from '../support/admin-client.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { StartedConsole } from '../support/start-console.ts';
import { startConsole } from '../support/start-console.ts';

/** What the admin listener serves to browsers: the console's page and its files. */

const script = Buffer.from('console.log("the console");'.repeat(20));
const files: Readonly<Record<string, NonNullable<ReturnType<WebAssets['find']>>>> = {
  '/assets/console-1a2b.js': {
    type: 'text/javascript; charset=utf-8',
    bytes: script,
    brotli: brotliCompressSync(script),
  },
  '/assets/dot-3c4d.svg': {
    type: 'image/svg+xml',
    bytes: Buffer.from('<svg/>'),
    brotli: undefined,
  },
};
const assets: WebAssets = {
  entry: () => ({ scripts: ['/assets/console-1a2b.js'], styles: ['/assets/console-9f.css'] }),
  find: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
};

let started: StartedConsole;

beforeAll(async () => {
  started = await startConsole({ assets });
});
afterAll(() => started.stop());

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> =>
  sendRaw(`${started.url}${path}`, { headers });

describe('the page of the console', () => {
  test.each(['/console/', '/console/requests/req_1', '/console/models/claude-sonnet-4.6?x=y'])(
    'is at %s',
    async (path) => {
      const { status, headers, body } = await get(path);
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      const page = body.toString();
      expect(page).toContain('<script type="module" src="/assets/console-1a2b.js"></script>');
      expect(page).toMatch(/<link rel="stylesheet" href="\/assets\/console-9f\.css" ?\/?>/);
      expect(page).toContain('<div id="root"></div>');
      expect(page).toContain('<noscript');
    },
  );

  test('runs nothing but our own files, and stands in no other page', async () => {
    const { headers, body } = await get('/console/');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
    expect(headers['set-cookie']).toBeUndefined();
    const page = body.toString();
    expect(page).not.toMatch(/<style|style=|onload=|https?:\/\//);
    expect(page).not.toMatch(/<script(?![^>]* src=)/);
  });

  test('says how to build it where it was not built', async () => {
    const unbuilt = await startConsole();
    try {
      const { status, body } = await sendRaw(`${unbuilt.url}/console/`);
      expect(status).toBe(503);
      expect(body.toString()).toContain('npm start');
    } finally {
      await unbuilt.stop();
    }
  });

  test.each(['/', '/console'])('%s leads there', async (path) => {
    const { status, headers } = await get(path);
    expect([status, headers['location']]).toEqual([302, '/console/']);
  });

  test.each(['POST', 'PUT', 'DELETE'])('takes no %s', async (method) => {
    const { status, headers } = await sendRaw(`${started.url}/console/`, { method, body: '' });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
  });
});

describe('a file of a page', () => {
  const at = '/assets/console-1a2b.js';

  test.each([
    ['br', true],
    ['gzip, deflate, br', true],
    ['br;q=0.5', true],
    ['gzip', false],
    ['br;q=0', false],
    ['', false],
  ])('to who takes %j', async (accepts, isBrotli) => {
    const headers = accepts === '' ? {} : { 'accept-encoding': accepts };
    const answer = await get(at, headers);
    const { bytes, brotli } = files[at] ?? {};
    expect(answer.status).toBe(200);
    expect(answer.headers['content-encoding']).toBe(isBrotli ? 'br' : undefined);
    expect(answer.body.equals(Buffer.from((isBrotli ? brotli : bytes) ?? ''))).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    });
  });

  test('without a smaller twin is one for everybody', async () => {
    const { headers, body } = await get('/assets/dot-3c4d.svg', { 'accept-encoding': 'br' });
    expect(body.toString()).toBe('<svg/>');
    expect([headers['content-encoding'], headers['vary']]).toEqual([undefined, undefined]);
  });

  test('is read, and nothing else', async () => {
    const head = await sendRaw(`${started.url}${at}`, { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers['content-length']).toBe(String(script.length));
    expect((await sendRaw(`${started.url}${at}`, { method: 'POST', body: '' })).status).toBe(405);
  });

  test.each([
    '/assets/',
    '/assets/nothing.js',
    '/assets/..%2fassets.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/constructor',
    '/assets/__proto__',
  ])('%s is none', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

describe('a running gateway', () => {
  let gateway: AdministeredGateway;
  beforeAll(async () => {
    gateway = await startAdministeredGateway();
  });
  afterAll(async () => {
    await gateway.stop();
  });

  test('has the pages of the catalog on both listeners, the same', async () => {
    const [own, open] = await Promise.all(
      [gateway.adminUrl, gateway.url].map((url) => sendRaw(`${url}/models/`)),
    );
    expect(own?.status).toBe(200);
    expect(own?.headers['content-type']).toBe(open?.headers['content-type']);
    expect(own?.body.equals(open?.body ?? Buffer.alloc(0))).toBe(true);
  });

  test('has no console on the public listener', async () => {
    for (const path of ['/console/', '/console', '/console/try/v1/messages']) {
      const { status, body } = await sendRaw(`${gateway.url}${path}`);
      expect(status).toBe(404);
      expect(body.toString()).not.toContain('<html');
    }
  });

  test('has none at all where it is switched off, and lets nobody sign in', async () => {
    const off = await startAdministeredGateway('console: { enabled: false }\n');
    try {
      expect((await sendRaw(`${off.adminUrl}/console/`)).status).toBe(404);
      expect((await off.ask('GET', '/admin/v1/session')).status).toBe(404);
      expect((await off.ask('GET', '/admin/v1/operators')).status).toBe(404);
      expect((await off.ask('GET', '/admin/v1/keys')).status).toBe(200);
      expect(off.gateway.parts.setupToken?.()).toBeUndefined();
    } finally {
      await off.stop();
    }
  });
});
