import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway } from '../support/admin-client.ts';
import { askIn, bodyIn, formNames, sendTo } from '../support/every-form.ts';
import { messageM } from '../support/gateway-host.ts';
import { GuardedHost } from '../support/guarded-host.ts';
import { RawConnection, requestText } from '../support/raw-connection.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * What of a request is believed where nobody configured anything; reliability §3.10, numbers 10 to
 * 15. Each test has its number.
 */

let gateway: AdministeredGateway;
/** What would notice being called, were a request to say whom the gateway calls. */
let bystander: ScriptedUpstream;

beforeAll(async () => {
  gateway = await startAdministeredGateway();
  bystander = await startScriptedUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(messageM));
  });
});
afterAll(async () => {
  await gateway.stop();
  await bystander.stop();
});
beforeEach(() => {
  bystander.received.length = 0;
});

describe('whom the gateway calls', () => {
  test('secure default 10: is not for requests to say', async () => {
    const url = bystander.url;
    const { host } = new URL(url);
    const headers = {
      host,
      'x-forwarded-host': host,
      'x-upstream': url,
      'x-base-url': url,
      'x-portkey-custom-host': url,
      'cf-aig-custom-host': url,
      'anthropic-base-url': url,
    };
    const more = { base_url: url, api_base: url, endpoint: url, url };
    for (const name of formNames) {
      const asked = { key: gateway.key, text: 'Hi', headers };
      await askIn(name, gateway.url, { ...asked, more });
      expect((await askIn(name, gateway.url, asked)).status).toBe(200);
    }
    const steps = ['anthropic', 'custom-evil', url].map((provider) => ({
      provider,
      endpoint: `${url}/v1/messages`,
      headers: { host },
      query: messageM,
    }));
    const universal = { key: gateway.key, body: JSON.stringify(steps) };
    expect((await sendTo('several steps', gateway.url, universal)).status).toBeGreaterThan(399);
    const raw = new RawConnection(gateway.url).send(
      requestText({
        path: `${url}/v1/messages`,
        headers: { ...gateway.headers, connection: 'close' },
        body: bodyIn('messages', { key: '', text: 'Hi' }),
      }),
    );
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 [24]\d\d/);
    expect(bystander.received).toEqual([]);
  });

  test('secure default 11: no address in a request is called, private or not', async () => {
    const url = `${bystander.url}/picture.png`;
    const contents = [
      [{ type: 'image', source: { type: 'url', url } }],
      [{ type: 'document', source: { type: 'url', url } }],
      [{ type: 'image_url', image_url: { url } }],
      [{ type: 'file', file: { file_data: url } }],
    ].map((parts) => [...parts, { type: 'text', text: 'What is this?' }]);
    const statuses = new Set<number>();
    for (const name of formNames) {
      for (const content of contents) {
        const more = { messages: [{ role: 'user', content }] };
        const { status } = await askIn(name, gateway.url, { key: gateway.key, text: '', more });
        statuses.add(status);
      }
    }
    const tools = [{ type: 'web_fetch_20250910', name: 'web_fetch' }];
    const text = `Fetch ${url}`;
    await askIn('messages', gateway.url, { key: gateway.key, text, more: { tools } });
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([200, 400]);
    expect(bystander.received).toEqual([]);
  });

  test.each([301, 302, 303, 307, 308])(
    'secure default 12: a redirect (%i) of an upstream is not followed',
    async (status) => {
      const upstream = await startScriptedUpstream((_request, response) => {
        response.writeHead(status, { location: `${bystander.url}/v1/messages` }).end();
      });
      const yaml = upstreamYaml(upstream.url).replace('auth: none', 'api_key: env:OWN');
      const redirected = await startTestGateway(yaml, { OWN: 'sk-own' });
      try {
        for (const name of formNames) {
          const answer = await askIn(name, redirected.url, { key: redirected.key, text: 'Hi' });
          expect([name, answer.status, answer.headers.location]).toEqual([name, 502, undefined]);
        }
        expect(bystander.received).toEqual([]);
      } finally {
        await redirected.stop();
        await upstream.stop();
      }
    },
  );
});

describe('what is read of a request', () => {
  test('secure default 13: a compressed body is refused', async () => {
    for (const coding of ['gzip', 'br', 'zstd', 'deflate', 'identity, gzip']) {
      const headers = { 'content-encoding': coding };
      for (const name of formNames) {
        const asked = { key: gateway.key, text: 'Hi', headers };
        expect([name, (await askIn(name, gateway.url, asked)).status]).toEqual([name, 415]);
      }
      const order = { headers: { ...headers, 'idempotency-key': 'zip' }, body: { id: 'zip' } };
      expect((await gateway.ask('POST', '/admin/v1/accounts', order)).status).toBe(415);
    }
  });

  test('secure default 14: bodies, their depth, their keys and headers have bounds', async () => {
    const { key, url } = gateway;
    const deep = `${'['.repeat(129)}${']'.repeat(129)}`;
    const wide = `{${Array.from({ length: 100_001 }, (_, at) => `"k${String(at)}":0`).join()}}`;
    for (const name of formNames) {
      for (const [what, value] of Object.entries({ deep, wide })) {
        const body = bodyIn(name, { key, text: 'Hi' }).replace(/"Hi"/, value);
        const { status } = await sendTo(name, url, { key, body });
        expect([name, what, status]).toEqual([name, what, 400]);
      }
      const headers = { 'x-pad': 'x'.repeat(17_000) };
      expect((await askIn(name, url, { key, text: 'Hi', headers })).status).toBe(431);
    }
    const tooLong = new RawConnection(url).send(
      requestText({ headers: { ...gateway.headers, 'content-length': '33554433' } }),
    );
    await expect.poll(() => tooLong.text).toMatch(/^HTTP\/1\.1 413/);
    tooLong.close();
  });

  test('secure default 15: a member that stands twice is refused, however it is spelled', async () => {
    const { key, url } = gateway;
    for (const name of formNames) {
      const body = bodyIn(name, { key, text: 'Hi' });
      for (const twice of ['"max_tokens":1,', String.raw`"max_token\u0073":1,`]) {
        const doubled = body.replace('"max_tokens":64', `${twice}"max_tokens":64`);
        expect(doubled).not.toBe(body);
        const { status } = await sendTo(name, url, { key, body: doubled });
        expect([name, status]).toEqual([name, 400]);
      }
    }
    const order = { body: '{"id":"a","id":"b","name":"twice"}' };
    expect((await gateway.ask('POST', '/admin/v1/accounts', order)).status).toBe(400);
  });

  test('secure default 15: what is looked at by a rule is refused however deep it stands twice', async () => {
    const guarded = await GuardedHost.start({
      default: { guardrails: { prompt: { S9: 'BLOCK' }, response: {} } },
    });
    guarded.answers('hi');
    try {
      const { key, url } = guarded.host;
      for (const name of formNames.filter(
        (form) => form.includes('gateway') || form === 'compat',
      )) {
        const body = bodyIn(name, { key, text: 'Hi' });
        const doubled = body.replace('"content":', '"content":"nerve gas","content":');
        const { status } = await sendTo(name, url, { key, body: doubled });
        const asked = guarded.host.upstream.received.map((received) => received.body.toString());
        expect([name, status === 400 || status === 200]).toEqual([name, true]);
        expect(asked.filter((text) => text.includes('nerve gas'))).toEqual([]);
      }
    } finally {
      await guarded.stop();
    }
  });
});
