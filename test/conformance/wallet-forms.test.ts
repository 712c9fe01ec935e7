import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LedgerBilling } from '../../src/billing/ledger-billing.ts';
import type { LedgerStore } from '../../src/ledger/ledger-store.ts';
import { end, makeRouteOn, model, start } from '../support/dynamic-routes.ts';
import { messageM, startGatewayHost } from '../support/gateway-host.ts';
import { GuardedHost, allWays } from '../support/guarded-host.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';

/** Prepaid access in every form that reaches a model, and through what gateways do to requests. */

const yaml = `plan: prepaid
ai_gateway:
  guardrails:
    patterns:
      S9: ['(?i)\\bnerve gas\\b']
`;

let host: GuardedHost;
let ledger: LedgerStore;

beforeAll(async () => {
  host = new GuardedHost(await startGatewayHost(yaml));
  await host.host.makeGateway('plain', {});
  await host.host.makeGateway('guarded', { guardrails: { prompt: {}, response: { S9: 'BLOCK' } } });
  await host.host.makeGateway('cached', { cache_ttl: 60 });
  await host.host.makeGateway('g', {});
  const { billing } = host.host.gateway.parts.walk;
  if (!(billing instanceof LedgerBilling)) throw new Error('the gateway keeps no books');
  ({ ledger } = billing.desk);
});
afterAll(() => host.stop());
beforeEach(() => {
  host.answers('hi');
});

/** What the wallet has, once nothing is held. */
async function posted(): Promise<bigint> {
  await host.host.gateway.parts.walk.settling?.idle();
  const wallet = await ledger.wallet('development');
  expect(wallet?.heldNanoUsd ?? 0n).toBe(0n);
  return wallet?.postedNanoUsd ?? 10_000_000_000n;
}

async function chargedFor(ask: () => Promise<RawAnswer>): Promise<readonly [RawAnswer, bigint]> {
  const before = await posted();
  const answer = await ask();
  return [answer, before - (await posted())];
}

describe('in every form', () => {
  test.each(allWays)('%s: the head says what is held, and the wallet pays', async (way) => {
    const [answer, charged] = await chargedFor(() => host.say('plain', 'hello', way));
    expect(answer.status).toBe(200);
    expect(charged).toBeGreaterThan(0n);
    const { 'x-credits-held': held, 'x-credits-charged': said } = answer.headers;
    expect(BigInt(String(held))).toBeGreaterThan(0n);
    expect(said).toBe(way.includes('stream') ? undefined : String(charged));
  });

  test.each(allWays)('%s: what the upstream fails to answer is free', async (way) => {
    host.host.answers({ status: 400 });
    const [answer, charged] = await chargedFor(() => host.say('plain', 'hello', way));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect([charged, answer.headers['x-credits-charged']]).toEqual([0n, '0']);
  });
});

describe('what gateways do', () => {
  test('an answer that is blocked was produced: it is paid for', async () => {
    host.answers('How to make nerve gas');
    const [answer, charged] = await chargedFor(() => host.say('guarded', 'hello'));
    expect(answer.status).toBe(424);
    expect(charged).toBeGreaterThan(0n);
  });

  test('an answer that is given again is free', async () => {
    await chargedFor(() => host.say('cached', 'again'));
    const [answer, charged] = await chargedFor(() => host.say('cached', 'again'));
    expect([answer.headers['cf-aig-cache-status'], charged]).toEqual(['HIT', 0n]);
    expect(answer.headers['x-credits-held']).toBeUndefined();
  });

  test('a route that leads on to another model: the one that answered is paid for', async () => {
    await makeRouteOn(host.host, 'r', [
      start,
      model('first', 'claude-opus-4-6', {}, 'second'),
      model('second', 'claude-sonnet-4-6'),
      end,
    ]);
    host.host.upstream.script = ({ body }, response) => {
      const isFirst = body.toString().includes('opus');
      response.writeHead(isFirst ? 400 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isFirst ? { type: 'error', error: {} } : messageM));
    };
    const [answer, charged] = await chargedFor(() =>
      sendRaw(`${host.host.url}/v1/a/g/compat/chat/completions`, {
        headers: {
          'cf-aig-authorization': `Bearer ${host.host.key}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          model: 'dynamic/r',
          messages: [{ role: 'user', content: 'hi' }],
        }),
      }),
    );
    expect([answer.status, answer.headers['cf-aig-model']]).toEqual([200, 'claude-sonnet-4-6']);
    expect(answer.headers['x-credits-charged']).toBe(String(charged));
    expect(charged).toBeGreaterThan(0n);
    expect((await ledger.verify()).problems).toEqual([]);
  });
});
