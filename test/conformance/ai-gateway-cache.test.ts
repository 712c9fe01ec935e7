import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { eventsIn } from '../support/read-stream.ts';
import { SONNET, plainInputs, resultIn } from '../support/run-workers-ai.ts';
import type { ClockedGateway } from '../support/start-clocked-gateway.ts';
import { startClockedGateway } from '../support/start-clocked-gateway.ts';

/** Answers that a gateway gives again; Workers reference §3.5, cases G03 to G08. */

const MINUTE_MS = 60_000;

let gateway: ClockedGateway;

beforeEach(async () => {
  gateway = await startClockedGateway({
    gateways: {
      cached: { cacheTtlSeconds: 60 },
      'cached-too': { cacheTtlSeconds: 60 },
      plain: { cacheTtlSeconds: 0 },
    },
  });
});
afterEach(async () => {
  await gateway.stop();
});

interface Asking {
  /** Each credential is an account. */
  readonly key?: string;
  readonly id?: string;
  readonly change?: object;
  readonly options?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the binding sends for `env.AI.run` with a gateway. */
function run(asking: Asking = {}): Promise<RawAnswer> {
  const { key = 'one', id = 'cached', change = {}, options = {}, headers = {} } = asking;
  return sendRaw(`${gateway.url}/ai-gateway/run?version=3`, {
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'cf-consn-model-id': SONNET,
      ...headers,
    },
    body: JSON.stringify({
      inputs: { ...plainInputs, ...change },
      options: { gateway: { id, ...options } },
    }),
  });
}

/** The same over the account's API. */
function overRest(path: string, body: object): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/client/v4/accounts/a/ai${path}`, {
    headers: {
      authorization: 'Bearer one',
      'content-type': 'application/json',
      'cf-aig-gateway-id': 'cached',
    },
    body: JSON.stringify(body),
  });
}

/** What the header says of each of some requests, one after another. */
async function statuses(askings: readonly Asking[]): Promise<readonly (string | undefined)[]> {
  const said: (string | undefined)[] = [];
  for (const asking of askings) {
    const { status, headers } = await run(asking);
    expect(status).toBe(200);
    const header = headers['cf-aig-cache-status'];
    said.push(typeof header === 'string' ? header : undefined);
  }
  return said;
}

describe('what the header says, and how often the upstream is asked', () => {
  const key = { cacheKey: 'k' };
  const other = { max_tokens: 6 };

  test.each<[string, readonly Asking[], readonly (string | undefined)[], number]>([
    ['W-G03 the same request twice', [{}, {}], ['MISS', 'HIT'], 1],
    ['W-G03 another body', [{}, { change: other }], ['MISS', 'MISS'], 2],
    [
      'W-G03 a stream and one piece are the same answer',
      [{}, { change: { stream: true } }, {}],
      ['MISS', 'HIT', 'HIT'],
      1,
    ],
    [
      'W-G04 a time alone does not turn the cache on',
      [
        { id: 'plain', headers: { 'cf-aig-cache-ttl': '3600' } },
        { id: 'plain', headers: { 'cf-aig-cache-ttl': '3600' } },
      ],
      [undefined, undefined],
      2,
    ],
    [
      'W-G04 nor does the option of the binding',
      [
        { id: 'plain', options: { cacheTtl: 3600 } },
        { id: 'plain', options: { cacheTtl: 3600 } },
      ],
      [undefined, undefined],
      2,
    ],
    [
      'W-G05 a key of the caller’s, different bodies',
      [
        { id: 'plain', headers: { 'cf-aig-cache-key': 'k' } },
        { id: 'plain', headers: { 'cf-aig-cache-key': 'k' }, change: other },
      ],
      ['MISS', 'HIT'],
      1,
    ],
    [
      'W-G05 the same as an option',
      [
        { id: 'plain', options: key },
        { id: 'plain', options: key, change: other },
      ],
      ['MISS', 'HIT'],
      1,
    ],
    [
      'W-G06 skipped by header',
      [{}, { headers: { 'cf-aig-skip-cache': 'true' } }, {}],
      ['MISS', undefined, 'HIT'],
      2,
    ],
    [
      'W-G06 skipped by option',
      [{}, { options: { skipCache: true } }, { options: { skipCache: false } }],
      ['MISS', undefined, 'HIT'],
      2,
    ],
    [
      'W-G07 other metadata',
      [{ options: { metadata: { a: 1 } } }, { headers: { 'cf-aig-metadata': '{"a":2}' } }],
      ['MISS', 'HIT'],
      1,
    ],
    ['another gateway', [{}, { id: 'cached-too' }], ['MISS', 'MISS'], 2],
    ['another account', [{}, { key: 'two' }, { key: 'two' }], ['MISS', 'MISS', 'HIT'], 2],
    [
      'another account with the same key of its own',
      [{ options: key }, { key: 'two', options: key }],
      ['MISS', 'MISS'],
      2,
    ],
  ])('%s', async (_name, askings, expected, asked) => {
    expect(await statuses(askings)).toEqual(expected);
    expect(gateway.asked()).toBe(asked);
  });
});

test('W-G03 the answer is the same, in one piece and as a stream', async () => {
  const [first, second] = [await run(), await run()];
  expect(resultIn(second)).toEqual(resultIn(first));
  const streamed = await run({ change: { stream: true } });
  const again = await run({ change: { stream: true } });
  expect(streamed.headers['content-type']).toBe('text/event-stream');
  expect(again.body.toString()).toBe(streamed.body.toString());
  expect(eventsIn(again.body.toString()).at(-1)).toEqual({ type: 'message_stop' });
  expect(gateway.asked()).toBe(1);
});

test('W-G03 after the time of the gateway the upstream is asked again', async () => {
  await run();
  gateway.clock.advance(MINUTE_MS - 1);
  expect(await statuses([{}])).toEqual(['HIT']);
  gateway.clock.advance(1);
  expect(await statuses([{}])).toEqual(['MISS']);
  expect(gateway.asked()).toBe(2);
});

test('W-G05 the time of a key of the caller’s is 300 seconds', async () => {
  const asking = { id: 'plain', options: { cacheKey: 'k' } };
  await run(asking);
  gateway.clock.advance(5 * MINUTE_MS - 1);
  expect(await statuses([asking])).toEqual(['HIT']);
  gateway.clock.advance(1);
  expect(await statuses([asking])).toEqual(['MISS']);
});

const json = 'application/json';
const events = 'text/event-stream';
const asked = { ...plainInputs, model: SONNET };
const streamed = { ...asked, stream: true };

test.each<[string, string, object, string]>([
  ['a run', `/run/${SONNET}`, plainInputs, json],
  ['a stream of it', `/run/${SONNET}`, streamed, events],
  ['the Messages form', '/v1/messages', asked, json],
  ['a stream of it', '/v1/messages', streamed, events],
  ['Chat Completions', '/v1/chat/completions', asked, json],
  ['a stream of it', '/v1/chat/completions', streamed, events],
])('the same over the account’s API: %s', async (_name, path, body, type) => {
  const answers = [await overRest(path, body), await overRest(path, body)];
  const said = answers.map(({ status, headers }) => [status, headers['cf-aig-cache-status']]);
  expect(said).toEqual([
    [200, 'MISS'],
    [200, 'HIT'],
  ]);
  const [, hit] = answers;
  expect(hit?.headers['content-type']?.split(';')[0]).toBe(type);
  expect(hit?.body.toString()).toContain('wörld 🌍');
  expect(gateway.asked()).toBe(1);
});
