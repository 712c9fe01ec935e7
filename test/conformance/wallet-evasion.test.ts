import { request as openRequest } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { eventText } from '../../src/messages/events.ts';
import { closing, messageStart, opening, textDelta } from '../support/event-stream.ts';
import { makeGateway } from '../support/gateway-host.ts';
import { sendRaw } from '../support/post.ts';
import type { Script } from '../support/scripted-upstream.ts';
import type { SellingGateway, SellingOptions } from '../support/start-selling-gateway.ts';
import { startSellingGateway } from '../support/start-selling-gateway.ts';
import { answersWith, asked, streams } from '../support/start-billed-gateway.ts';

/** What somebody would try who wants answers without paying for them, and what comes of it. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function start(script: Script, options: SellingOptions = {}): Promise<SellingGateway> {
  const selling = await startSellingGateway(script, options);
  cleanUp.push(() => selling.stop());
  return selling;
}

const ONE_USD = 1_000_000_000n;
const OUTPUT = 15_000n;
const fine = answersWith({ input_tokens: 87, output_tokens: 24 });

/** Reads a stream until it has said so much, then hangs up. */
function leaveAfter(
  url: string,
  headers: Readonly<Record<string, string>>,
  { body, hears }: { readonly body: object; readonly hears: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const request = openRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      response.setEncoding('utf8');
      response.on('error', () => {});
      response.on('data', (chunk: string) => {
        text += chunk;
        if (!text.includes(hears)) return;
        request.destroy();
        resolve();
      });
      response.on('end', () => {
        reject(new Error(`it ended: ${text.slice(0, 500)}`));
      });
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

describe('leaving early', () => {
  test('an answer that was looked at before it went out is paid for, however little of it is read', async () => {
    const scanner = `ai_gateway:\n  guardrails:\n    patterns:\n      S9: ['nerve gas']\n`;
    // More than a socket takes at once: its end waits for a reader who never comes to it.
    const long = opening + textDelta('word '.repeat(1000)).repeat(1000) + closing;
    const selling = await start(streams(long), { yaml: scanner });
    const customer = await selling.sellTo('acme');
    const { url } = selling.gateway;
    await makeGateway(
      { url, key: customer.key },
      { id: 'looked-at', guardrails: { prompt: {}, response: { S9: 'FLAG' } } },
    );
    const headers = {
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      'cf-aig-authorization': `Bearer ${customer.key}`,
    };
    const body = { ...asked, stream: true };
    await leaveAfter(`${url}/v1/a/looked-at/anthropic/v1/messages`, headers, {
      body,
      hears: 'word word',
    });
    // As the upstream reported it: 11 in, 3 read from the cache, 42 out.
    const paid = ONE_USD - (await customer.balance())[0];
    expect(paid).toBe(11n * 3000n + 3n * 300n + 42n * OUTPUT);
  });
});

test('S06 who leaves before an answer says what it used pays for thinking that was not shown', async () => {
  const thinking = { type: 'thinking', thinking: '', signature: '' };
  const seal = { type: 'signature_delta', signature: 'A'.repeat(400 + 7 * 1000) };
  const said = [
    messageStart,
    eventText({ type: 'content_block_start', index: 0, content_block: thinking } as never),
    eventText({ type: 'content_block_delta', index: 0, delta: seal } as never),
    eventText({ type: 'content_block_stop', index: 0 }),
    textDelta('That is all.').replace('"index":0', '"index":1'),
  ];
  const selling = await start((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(said.join(''));
  });
  const customer = await selling.sellTo('acme');
  const budget = { thinking: { type: 'enabled', budget_tokens: 3000 }, max_tokens: 4000 };
  const body = { ...asked, ...budget, stream: true };
  const left = { body, hears: 'That is all.' };
  await leaveAfter(`${selling.gateway.url}/v1/messages`, customer.headers, left);
  const paid = ONE_USD - (await customer.balance())[0];
  const input = 11n * 3000n + 3n * 300n;
  // The thousand tokens that its seal carries, and a few that were written.
  expect(paid - input).toBeGreaterThanOrEqual(1001n * OUTPUT);
  expect(paid - input).toBeLessThanOrEqual(1010n * OUTPUT);
});

describe('what is not counted here', () => {
  const budget = { budget: { limit_nano: '1000000', period: 'none' } };
  test.each<[string, string, object]>([
    ['completions of the old kind', '/v1/complete', { model: 'claude-sonnet-4-6', prompt: 'Hi' }],
    [
      'a batch that the upstream keeps',
      '/v1/messages/batches',
      { requests: [{ custom_id: 'a', params: asked }] },
    ],
  ])('%s: a key with a budget cannot have it', async (_name, path, body) => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { plan: 'standard', key: budget });
    const answer = await sendRaw(`${selling.gateway.url}${path}`, {
      headers: customer.headers,
      body: JSON.stringify(body),
    });
    expect([answer.status, selling.upstream.received.length]).toEqual([403, 0]);
  });

  test('a key for some models cannot have others in a batch that the upstream keeps', async () => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', {
      plan: 'standard',
      key: { models: ['claude-haiku-4-5'] },
    });
    const answer = await sendRaw(`${selling.gateway.url}/v1/messages/batches`, {
      headers: customer.headers,
      body: JSON.stringify({ requests: [{ custom_id: 'a', params: asked }] }),
    });
    expect([answer.status, selling.upstream.received.length]).toEqual([403, 0]);
  });
});

describe('a body that says two things', () => {
  const plain = JSON.stringify(asked).slice(1, -1);
  const tool = `{"type":"web_search_20250305","name":"web_search","max_uses":1,"max_uses":90}`;
  const bodies: readonly [string, string][] = [
    ['max_uses', `{${plain},"tools":[${tool}]}`],
    ['budget_tokens', `{${plain},"thinking":{"budget_tokens":1024,"budget_t\\u006fkens":9000}}`],
    ['content', `{${plain.replace('"content":', '"content":"","content":')}}`],
  ];
  const buyers = [
    ['who pays in advance', 400, {}],
    [
      'a key with a budget',
      400,
      { plan: 'standard', key: { budget: { limit_nano: '900000000', period: 'none' } } },
    ],
    ['who pays later', 200, { plan: 'standard' }],
  ] as const;

  test.each(buyers)('%s: %i', async (_name, status, terms) => {
    const selling = await start(fine);
    const { headers } = await selling.sellTo('acme', terms);
    for (const [key, body] of bodies) {
      const answer = await sendRaw(`${selling.gateway.url}/v1/messages`, { headers, body });
      expect([key, answer.status]).toEqual([key, status]);
      expect(answer.body.includes(`duplicate key \\"${key}\\"`)).toBe(status === 400);
    }
    expect(selling.upstream.received.length).toBe(status === 400 ? 0 : bodies.length);
    expect(await selling.ledger.openHolds({ limit: 1 })).toEqual([]);
  });
});

describe('figures out of all proportion', () => {
  test.each<[string, object]>([
    ['two to the 53rd', { max_uses: Number.MAX_SAFE_INTEGER }],
    ['ten to the 300th', { max_uses: 1e300 }],
    ['less than nothing', { max_uses: -5 }],
  ])('uses of a tool: %s', async (_name, uses) => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme');
    const tool = { type: 'web_search_20250305', name: 'web_search', ...uses };
    const tools = [tool, { ...tool, name: 'again' }];
    const answer = await customer.post({ tools });
    expect(selling.gateway.logLines.join('\n')).not.toMatch(/"fault"|hold_failed/);
    expect([200, 402]).toContain(answer.status);
    expect(await customer.wallet()).toMatchObject({ status: 'open', heldNanoUsd: 0n });
  });
});

describe('requests that a limit does not see', () => {
  type Ask = (url: string, key: string) => Promise<{ readonly status: number }>;
  const ask =
    (path: string, body?: string): Ask =>
    (url, key) => {
      const bearer = `Bearer ${key}`;
      const proofs = { authorization: bearer, 'cf-aig-authorization': bearer };
      const headers = { 'content-type': 'application/json', ...proofs };
      return sendRaw(`${url}${path}`, { headers, ...(body === undefined ? {} : { body }) });
    };

  test.each<[string, number, Ask]>([
    ['a body that is no JSON', 400, ask('/v1/messages', '{')],
    ['a body that is none of the form', 400, ask('/v1/chat/completions', '{"messages":7}')],
    ['steps that cannot be read', 400, ask('/v1/a/default', '[')],
    ['a question about gateways', 200, ask('/client/v4/accounts/a/ai-gateway/gateways')],
    ['a question to the catalog', 200, ask('/client/v4/accounts/a/ai/models/search')],
    ['a question about the key itself', 200, ask('/v1/key')],
    ['a question about use', 200, ask('/v1/usage?from=2026-11-01&to=2026-11-02')],
  ])('%s counts as one', async (_name, usual, asks) => {
    const selling = await start(fine);
    const customer = await selling.sellTo('acme', { key: { rate: { requests_per_minute: 3 } } });
    const statuses: number[] = [];
    for (let time = 0; time < 4; time += 1) {
      statuses.push((await asks(selling.gateway.url, customer.key)).status);
    }
    expect(statuses).toEqual([usual, usual, usual, 429]);
    expect((await customer.post()).status).toBe(429);
  });
});

describe('limits of a key that leaves its streams', () => {
  test('what came by counts, not the one token that a stream begins with', async () => {
    const words = textDelta('word '.repeat(400)).repeat(5);
    const selling = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening + words);
    });
    const customer = await selling.sellTo('acme', {
      plan: 'standard',
      key: { rate: { output_tokens_per_minute: 2000 } },
    });
    const left = { body: { ...asked, stream: true }, hears: 'word word' };
    await leaveAfter(`${selling.gateway.url}/v1/messages`, customer.headers, left);
    const remaining = async (): Promise<number> => {
      selling.upstream.script = fine;
      const { headers } = await customer.post({ max_tokens: 1 });
      return Number(headers['anthropic-ratelimit-output-tokens-remaining']);
    };
    // Some of 2,000 drains each second; of 2,500 that came by nothing is left for a while.
    await expect.poll(remaining).toBeLessThan(500);
  });

  test('its cost is known, about', async () => {
    const selling = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening + textDelta('word '.repeat(400)));
    });
    const customer = await selling.sellTo('acme', { plan: 'standard' });
    const left = { body: { ...asked, stream: true }, hears: 'word word' };
    await leaveAfter(`${selling.gateway.url}/v1/messages`, customer.headers, left);
    const row = async (): Promise<unknown> => {
      const { json } = await selling.gateway.ask('GET', '/admin/v1/requests');
      return (json['data'] as readonly Record<string, unknown>[])[0];
    };
    await expect.poll(row).toMatchObject({ usage_source: 'estimated', charged_nano: '0' });
    const { cost_nano: cost } = (await row()) as { readonly cost_nano: string };
    // 11 in, 3 read from the cache, and about 500 out.
    expect(Number(cost)).toBeGreaterThan(400 * 15_000);
    expect(Number(cost)).toBeLessThan(600 * 15_000);
  });
});
