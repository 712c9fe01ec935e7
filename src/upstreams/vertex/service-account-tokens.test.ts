import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TokenServer } from '../../../test/support/vertex-server.ts';
import { makeServiceAccount, startTokenServer } from '../../../test/support/vertex-server.ts';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal } from '../../messages/errors.ts';
import { sourceOf } from '../../std/byte-stream.ts';
import { ManualClock } from '../../std/manual-clock.ts';
import type { Secret } from '../../std/secret.ts';
import { createLog } from '../../telemetry/log.ts';
import type { Transport, TransportRequest, TransportResult } from '../transport.ts';
import { readServiceAccount } from './read-service-account.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

const account = makeServiceAccount();
const clock = new ManualClock();
let host: TokenServer;
let lines: string[];
let sent: TransportRequest[];
let tokens: ServiceAccountTokens;

beforeAll(async () => {
  host = await startTokenServer(account, () => clock.wallMs());
});
afterAll(() => host.stop());

/** What the host answers goes through a transport of the test's own, in memory. */
let answer: (request: TransportRequest) => TransportResult;
const transport: Transport = {
  send: (request) => {
    sent.push(request);
    return Promise.resolve(answer(request));
  },
  close: () => Promise.resolve(),
};

function says(body: object | string, status = 200): TransportResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'response', status, headers: {}, body: sourceOf(Buffer.from(text)) };
}

beforeEach(() => {
  lines = [];
  sent = [];
  let made = 0;
  answer = () => {
    made += 1;
    return says({ access_token: `canary-${String(made)}`, expires_in: 3600 });
  };
  const read = readServiceAccount(account.keyFile(host.url));
  if (read.kind === 'bad') throw new Error(read.message);
  tokens = new ServiceAccountTokens({
    name: 'up',
    account: read,
    transport,
    clock,
    userAgent: 'quatrain/test',
    log: createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) }),
  });
});
afterEach(() => tokens.close());

const textOf = (token: Secret | Refusal): string =>
  isRefusal(token) ? token.code : token.reveal();
const next = async (): Promise<string> => textOf(await tokens.token());

test('one is asked for at a time, whoever waits', async () => {
  const all = await Promise.all(Array.from({ length: 50 }, () => next()));
  expect(new Set(all)).toEqual(new Set(['canary-1']));
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ method: 'POST', path: '/token' });
  expect(sent[0]?.headers).toContain('application/x-www-form-urlencoded');
});

test('one is used until five minutes before its end', async () => {
  await next();
  clock.advance(3_300_000 - 1);
  expect(await next()).toBe('canary-1');
  clock.advance(1);
  expect(await next()).toBe('canary-2');
});

test.each([
  [400, 200_000],
  [900, 600_000],
])('one that lives for %i seconds is used for %i ms', async (seconds, goodMs) => {
  answer = () => says({ access_token: `t${String(sent.length)}`, expires_in: seconds });
  await next();
  clock.advance(goodMs - 1);
  expect(await next()).toBe('t1');
  clock.advance(1);
  expect(await next()).toBe('t2');
});

test('one that a host refuses is thrown away once', async () => {
  const first = await tokens.token();
  if (isRefusal(first)) throw new Error(first.code);
  // It has just been made: the host's no is about something else.
  expect([tokens.throwAway(first), await next()]).toEqual([false, 'canary-1']);
  clock.advance(60_000);
  expect([tokens.throwAway(first), await next()]).toEqual([true, 'canary-2']);
  // Others who were refused with it find the new one.
  expect([tokens.throwAway(first), await next()]).toEqual([true, 'canary-2']);
});

const failures: readonly [string, () => TransportResult, RegExp][] = [
  [
    'no',
    () => says({ error: 'invalid_grant', error_description: 'canary' }, 400),
    /400: invalid_grant/,
  ],
  ['an error that is no word', () => says({ error: 'canary Bearer x' }, 401), /answered 401"/],
  ['no JSON', () => says('<html>canary'), /no access_token/],
  ['no token', () => says({ expires_in: 3600 }), /no access_token/],
  ['a token of two lines', () => says({ access_token: 'canary\r\nx: y' }), /no access_token/],
  ['an answer without end', () => says('canary'.repeat(100_000)), /broke off/],
  [
    'nothing',
    () => ({ kind: 'failure', failure: { reason: 'connect-failed', detail: 'refused' } }),
    /did not answer/,
  ],
];

test.each(failures)('the host says %s: no request, and no secret in the log', async (...row) => {
  const [, said, reason] = row;
  answer = said;
  expect(await next()).toBe('upstream_failed');
  expect(lines.join('\n')).toMatch(reason);
  expect(lines.join('\n')).toContain('token_failed');
  expect(lines.join('\n')).not.toContain('canary');
  // Nobody asks again for a second.
  clock.advance(999);
  expect([await next(), sent.length]).toEqual(['upstream_failed', 1]);
  clock.advance(1);
  answer = () => says({ access_token: 'fine', expires_in: 3600 });
  expect(await next()).toBe('fine');
});

test('the private key is in nothing that is sent or logged', async () => {
  await next();
  const shown = sent
    .map(({ body, headers }) => Buffer.from(body).toString() + headers.join())
    .join();
  expect(shown + lines.join()).not.toContain(account.privatePem.slice(100, 150));
});
