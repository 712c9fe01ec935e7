import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeGateway } from '../support/gateway-host.ts';
import type { OddWorkersAiRequest } from '../support/odd-workers-ai-requests.ts';
import { oddWorkersAiRequests } from '../support/odd-workers-ai-requests.ts';
import type { KeptIds } from '../support/workers-ai-places.ts';
import {
  keptPolicy,
  keptSecret,
  placesWith,
  shopSettings,
  wayElements,
} from '../support/workers-ai-places.ts';
import { problemOfError } from '../support/workers-ai-error-forms.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { sendOddBodies } from '../support/send-odd-bodies.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * 4,000 requests that no client should send, to every kind of route of the Workers AI form and of AI
 * Gateways: each gets an answer in time, never a 5xx, and errors in the form that is read there.
 * `FUZZ_SEED` repeats a run.
 */

const REQUESTS = 4000;
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

let gateway: TestGateway;
let ids: KeptIds;

beforeAll(async () => {
  gateway = await startTestGateway();
  for (const id of ['shop', 'kept']) await makeGateway(gateway, { ...shopSettings, id });
  await make('shop/routes', { name: 'way', elements: wayElements });
  const log = await sendRaw(`${gateway.url}/run`, {
    headers: { ...authorized(), 'cf-consn-model-id': 'anthropic/claude-sonnet-4.6' },
    body: JSON.stringify({
      inputs: { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 4 },
      options: { gateway: { id: 'shop' } },
    }),
  });
  ids = {
    log: String(log.headers['cf-aig-log-id']),
    route: await make('kept/routes', { name: 'way', elements: wayElements }),
    policy: await make('kept/policies', keptPolicy),
    key: await make('kept/provider_configs', keptSecret),
    apiKey: gateway.key,
  };
});
afterAll(() => gateway.stop());

function authorized(): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
}

/** Makes something of a gateway, and says its id. */
async function make(path: string, body: object): Promise<string> {
  const url = `${gateway.url}/client/v4/accounts/a/ai-gateway/gateways/${path}`;
  const made = await sendRaw(url, { headers: authorized(), body: JSON.stringify(body) });
  expect(made.status).toBe(200);
  return (JSON.parse(made.body.toString()) as { readonly result: { readonly id: string } }).result
    .id;
}

/** What is wrong with an answer; undefined where nothing is. */
function problemOf(
  sent: OddWorkersAiRequest,
  { status, headers, body }: RawAnswer,
): string | undefined {
  const text = body.toString();
  // A rule of the gateway's that blocks what nothing looks for is the one 5xx that a caller can order.
  const isScannerMissing = status === 503 && text.includes('7013');
  if (status >= 500 && !isScannerMissing) return `status ${String(status)}: ${text.slice(0, 200)}`;
  if (status < 400 || sent.method === 'HEAD' || sent.form === undefined) return undefined;
  const type = headers['content-type'];
  if (type !== 'application/json') return `an error of the type ${String(type)}`;
  return problemOfError(sent.form, text);
}

test(`${String(REQUESTS)} odd requests (seed ${String(seed)})`, async () => {
  process.stdout.write(`workers ai fuzz: FUZZ_SEED=${String(seed)}\n`);
  const requests = fc.sample(oddWorkersAiRequests(placesWith(ids)), { numRuns: REQUESTS, seed });
  const headers = { ...authorized(), 'anthropic-version': '2023-06-01' };
  const statuses = await sendOddBodies(requests, { gateway, headers, concurrent: 16, problemOf });
  // Both kinds have to be there: neither refusing all nor taking all would be a test.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(REQUESTS / 20);
  expect(statuses.get(400) ?? 0).toBeGreaterThan(REQUESTS / 20);
}, 120_000);
