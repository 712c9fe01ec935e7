import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { wholeStream } from '../support/event-stream.ts';
import type { Run } from '../support/run-workers-ai.ts';
import { run } from '../support/run-workers-ai.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { makeSecondKey } from '../support/second-key.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Gateways that an account made and changes, in front of an upstream; Workers reference §3.5. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let secondKey: string;

const settings = {
  cache_invalidate_on_update: false,
  cache_ttl: 60,
  collect_logs: true,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
};

beforeAll(async () => {
  upstream = await startScriptedUpstream(answer);
  const keys = `    api_key: env:OWN_KEY\n    provider_keys: true\n`;
  const yaml = `upstreams:\n  scripted:\n    kind: anthropic\n    base_url: ${upstream.url}\n${keys}`;
  gateway = await startTestGateway(yaml, { OWN_KEY: 'sk-own' });
  secondKey = await makeSecondKey(gateway);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});
beforeEach(() => {
  upstream.script = answer;
  upstream.received.length = 0;
});

function answer(...[, response]: Parameters<ScriptedUpstream['script']>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(wholeStream);
}

async function manage(method: string, path: string, body: object, key?: string): Promise<void> {
  const url = `${gateway.url}/client/v4/accounts/any/ai-gateway/gateways${path}`;
  const headers = { authorization: `Bearer ${key ?? gateway.key}` };
  const { status, body: said } = await sendRaw(url, {
    method,
    headers,
    body: JSON.stringify(body),
  });
  expect([status, status === 200 ? '' : said.toString()]).toEqual([200, '']);
}

async function make(id: string, change: object = {}, key?: string): Promise<void> {
  await manage('POST', '', { ...settings, ...change, id }, key);
}

const cacheStatus = ({ headers }: RawAnswer): unknown => headers['cf-aig-cache-status'];

/** What the header says of each of some runs, one after another. */
async function statuses(runs: readonly Run[]): Promise<readonly unknown[]> {
  const said: unknown[] = [];
  for (const asked of runs) said.push(cacheStatus(await run(gateway, asked)));
  return said;
}

const through = (id: string, more: Run = {}): Run => ({ ...more, options: { gateway: { id } } });

describe('a gateway that an account made', () => {
  test('W-G03 the second of two equal runs makes no call', async () => {
    await make('shop');
    expect(await statuses([through('shop'), through('shop')])).toEqual(['MISS', 'HIT']);
    expect(upstream.received).toHaveLength(1);
  });

  test('another account has none of its answers, whatever it sends', async () => {
    await make('mine');
    await make('mine', {}, secondKey);
    const second = { headers: { authorization: `Bearer ${secondKey}` } };
    const named = { headers: { 'cf-aig-cache-key': 'k' } };
    const both = { headers: { ...second.headers, ...named.headers } };
    const runs = [{}, second, second, named, both, both].map((more) => through('mine', more));
    expect(await statuses(runs)).toEqual(['MISS', 'MISS', 'HIT', 'MISS', 'MISS', 'HIT']);
    expect(upstream.received).toHaveLength(4);
  });

  test('W-G08 another key for the provider, the same body', async () => {
    await make('keyed');
    for (const alias of ['default', 'team']) {
      const secret = `sk-stored-${alias}-key`;
      const path = '/keyed/provider_configs';
      await manage('POST', path, {
        alias,
        provider_slug: 'anthropic',
        secret,
        default_config: false,
      });
    }
    const team = through('keyed', { headers: { 'cf-aig-byok-alias': 'team' } });
    const runs = [through('keyed'), team, through('keyed'), team];
    expect(await statuses(runs)).toEqual(['MISS', 'MISS', 'HIT', 'HIT']);
    expect(upstream.received.map(({ headers }) => headers['x-api-key'])).toEqual([
      'sk-stored-default-key',
      'sk-stored-team-key',
    ]);
  });

  test.each([
    [false, ['MISS', 'HIT', 'HIT']],
    [true, ['MISS', 'HIT', 'MISS']],
  ])('a change of it empties its cache where it says so: %s', async (isEmptied, expected) => {
    const id = `changed-${String(isEmptied)}`;
    const change = { cache_invalidate_on_update: isEmptied };
    await make(id, change);
    const before = await statuses([through(id), through(id)]);
    await manage('PUT', `/${id}`, { ...settings, ...change, collect_logs: false });
    expect([...before, ...(await statuses([through(id)]))]).toEqual(expected);
  });

  test('turned off by a change, it gives no answers', async () => {
    await make('off');
    await statuses([through('off')]);
    await manage('PUT', '/off', { ...settings, cache_ttl: 0 });
    expect(await statuses([through('off')])).toEqual([undefined]);
    expect(upstream.received).toHaveLength(2);
  });
});

describe('what is not given again', () => {
  const failing: Readonly<Record<string, ScriptedUpstream['script']>> = {
    'an error': (_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end('{"type":"error","error":{"type":"invalid_request_error","message":"no"}}');
    },
    'a cut stream': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(wholeStream.slice(0, wholeStream.indexOf('event: message_delta')), () =>
        response.destroy(),
      );
    },
  };

  test.each(Object.entries(failing))('%s', async (name, script) => {
    const id = name.replace(' ', '-').replace(' ', '-');
    await make(id);
    upstream.script = script;
    expect((await run(gateway, through(id))).status).toBeGreaterThanOrEqual(400);
    upstream.script = answer;
    expect(await statuses([through(id), through(id)])).toEqual(['MISS', 'HIT']);
  });
});
