import { describe, expect, test } from 'vitest';
import { FedSource } from '../../../test/support/fed-source.ts';
import { isRefusal, refusalText } from '../../messages/errors.ts';
import type { Operation, UpstreamAnswer, UpstreamRequest } from '../../messages/upstream.ts';
import { operations } from '../../messages/upstream.ts';
import { sourceOf } from '../../std/byte-stream.ts';
import { uncancelled } from '../../std/cancellation.ts';
import { ManualClock } from '../../std/manual-clock.ts';
import { Secret } from '../../std/secret.ts';
import { createLog } from '../../telemetry/log.ts';
import type { TransportFailure, TransportRequest, TransportResult } from '../transport.ts';
import type { AnthropicUpstreamOptions } from './anthropic-upstream.ts';
import { createAnthropicUpstream } from './anthropic-upstream.ts';

const CANARY = 'sk-canary-0123456789';

const asked: UpstreamRequest = {
  operation: 'messages.create',
  method: 'POST',
  path: '/v1/messages?beta=true',
  headers: ['content-type', 'application/json', 'anthropic-beta', 'a,b'],
  body: Buffer.from('{"model":"m"}'),
  stream: false,
  requestId: 'req_1',
  account: 'test',
};

function answer(
  headers: Readonly<Record<string, string | string[]>> = {},
  more: { readonly status?: number; readonly source?: FedSource } = {},
): TransportResult {
  const body = more.source ?? sourceOf(Buffer.from('{}'));
  return { kind: 'response', status: more.status ?? 200, headers, body };
}

interface Tried {
  readonly sent: TransportRequest[];
  readonly lines: string[];
  readonly said: Awaited<ReturnType<ReturnType<typeof createAnthropicUpstream>['send']>>;
}

/** One request against the other side's answer. */
async function ask(
  result: TransportResult,
  more: Partial<AnthropicUpstreamOptions> = {},
  request: UpstreamRequest = asked,
): Promise<Tried> {
  const sent: TransportRequest[] = [];
  const lines: string[] = [];
  const upstream = createAnthropicUpstream({
    name: 'up',
    basePath: '',
    transport: {
      send: (wire) => {
        sent.push(wire);
        return Promise.resolve(result);
      },
      close: () => Promise.resolve(),
    },
    credential: { auth: 'x-api-key', key: new Secret(CANARY) },
    sharesAccountResources: false,
    takesProviderKeys: false,
    userAgent: 'quatrain/test',
    log: createLog({
      clock: new ManualClock(),
      level: () => 'debug',
      write: (line) => lines.push(line),
    }),
    ...more,
  });
  return { said: await upstream.send(request, uncancelled), sent, lines };
}

function pairs(list: readonly string[]): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (let index = 0; index < list.length; index += 2) {
    entries.push([list[index] ?? '', list[index + 1] ?? '']);
  }
  return Object.fromEntries(entries);
}

function answered({ said }: Tried): UpstreamAnswer {
  if (isRefusal(said)) throw new Error(refusalText(said));
  return said;
}

describe('what the upstream is sent', () => {
  test('the body as it is, the path, the caller’s headers and our own', async () => {
    const { sent } = await ask(answer());
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method: 'POST', path: '/v1/messages?beta=true' });
    expect(sent[0]?.body).toBe(asked.body);
    expect(pairs(sent[0]?.headers ?? [])).toEqual({
      'user-agent': 'quatrain/test',
      'accept-encoding': 'identity',
      'x-api-key': CANARY,
      'content-type': 'application/json',
      'anthropic-beta': 'a,b',
    });
  });

  test('its trace and how long its caller waits, where these are known', async () => {
    const trace = ['traceparent', '00-a-b-01'];
    const { sent } = await ask(answer(), {}, { ...asked, trace, waitS: 12 });
    expect(pairs(sent[0]?.headers ?? [])).toMatchObject({
      traceparent: '00-a-b-01',
      'x-stainless-timeout': '12',
    });
    expect(sent[0]?.body).toBe(asked.body);
  });

  test.each<[string, AnthropicUpstreamOptions['credential'], object]>([
    ['x-api-key', { auth: 'x-api-key', key: new Secret(CANARY) }, { 'x-api-key': CANARY }],
    ['bearer', { auth: 'bearer', key: new Secret(CANARY) }, { authorization: `Bearer ${CANARY}` }],
    ['none', undefined, {}],
  ])('credential: %s', async (_name, credential, expected) => {
    const bare = credential === undefined ? { credential: undefined as never } : { credential };
    const { sent } = await ask(answer(), bare);
    const { 'x-api-key': key, authorization } = pairs(sent[0]?.headers ?? []);
    const shown = {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(authorization === undefined ? {} : { authorization }),
    };
    expect(shown).toEqual(expected);
  });

  const theirs = new Secret('sk-theirs');
  test.each<[string, UpstreamRequest['providerKey'], Partial<AnthropicUpstreamOptions>, object]>([
    ['as ours goes', { key: theirs }, { takesProviderKeys: true }, { 'x-api-key': 'sk-theirs' }],
    [
      'as it was sent',
      { key: theirs, auth: 'bearer' },
      { takesProviderKeys: true },
      { authorization: 'Bearer sk-theirs' },
    ],
    ['not at all where none is taken', { key: theirs }, {}, { 'x-api-key': CANARY }],
    ['ours where there is none', undefined, { takesProviderKeys: true }, { 'x-api-key': CANARY }],
  ])('a key of the caller’s own goes out %s', async (_name, providerKey, more, expected) => {
    const own = providerKey === undefined ? {} : { providerKey };
    const { sent } = await ask(answer(), more, { ...asked, ...own });
    const { 'x-api-key': key, authorization } = pairs(sent[0]?.headers ?? []);
    expect(JSON.parse(JSON.stringify({ 'x-api-key': key, authorization }))).toEqual(expected);
  });

  test.each([
    ['', '/v1/messages?beta=true'],
    ['/proxy/anthropic', '/proxy/anthropic/v1/messages?beta=true'],
  ])('base path %j', async (basePath, path) => {
    const { sent } = await ask(answer(), { basePath });
    expect(sent[0]?.path).toBe(path);
  });
});

describe('what comes back', () => {
  const passed = {
    'anthropic-organization-id': 'org',
    'anthropic-workspace-id': 'wrk',
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-output-tokens-reset': '2026-09-29T08:53:59Z',
    'anthropic-priority-input-tokens-limit': '1',
    'anthropic-fast-input-tokens-limit': '1',
    'cache-control': 'no-cache',
    'content-disposition': 'attachment',
    'content-type': 'application/json',
    'request-id': 'req_up',
    'retry-after': '3',
    'retry-after-ms': '2500',
    'x-should-retry': 'true',
  };
  const kept = {
    'set-cookie': ['a=b', 'c=d'],
    server: 'cloudflare',
    connection: 'keep-alive',
    'transfer-encoding': 'chunked',
    'content-length': '2',
    'strict-transport-security': 'max-age=1',
    'access-control-allow-origin': '*',
    'x-api-key': CANARY,
    'anthropic-internal-note': 'x',
    location: 'http://elsewhere/',
    'x-quatrain-request-id': 'forged',
  };

  test('only headers that mean something to a client', async () => {
    const { headers } = answered(await ask(answer({ ...passed, ...kept })));
    expect(pairs(headers)).toEqual(passed);
  });

  test.each<[string, boolean]>([
    ['text/event-stream', true],
    ['text/event-stream; charset=utf-8', true],
    ['application/json', false],
  ])('content-type %s: event stream %j', async (type, isEventStream) => {
    expect(answered(await ask(answer({ 'content-type': type }))).isEventStream).toBe(isEventStream);
  });

  test.each([200, 400, 401, 429, 500, 529])('status %i is passed on', async (status) => {
    expect(answered(await ask(answer({}, { status }))).status).toBe(status);
  });

  test.each(['gzip', 'br', 'gzip, identity'])(
    'a %s answer is refused and freed',
    async (coding) => {
      const source = new FedSource();
      const { said } = await ask(answer({ 'content-encoding': coding }, { source }));
      expect(said).toMatchObject({ kind: 'refusal', code: 'upstream_failed' });
      expect(source.cancelled).toBe(1);
    },
  );

  test('identity is no compression', async () => {
    expect(answered(await ask(answer({ 'content-encoding': 'identity' }))).status).toBe(200);
  });
});

describe('no answer', () => {
  const codes: Readonly<Record<TransportFailure['reason'], string>> = {
    'connect-failed': 'upstream_failed',
    'connect-timeout': 'upstream_timeout',
    'first-byte-timeout': 'upstream_timeout',
    'idle-timeout': 'upstream_timeout',
    cut: 'upstream_failed',
    malformed: 'upstream_failed',
    redirected: 'upstream_failed',
    'too-many-connections': 'overloaded',
    cancelled: 'upstream_failed',
  };

  test.each(Object.entries(codes) as [TransportFailure['reason'], string][])(
    '%s is %s; what the socket said is for the log only',
    async (reason, code) => {
      const detail = 'connect ECONNREFUSED 10.1.2.3:443';
      const { said, lines } = await ask({ kind: 'failure', failure: { reason, detail } });
      expect(said).toEqual({ kind: 'refusal', code });
      const logged = lines.map((line) => JSON.parse(line) as object);
      const wanted = { level: 'warn', event: 'upstream_failed', upstream: 'up', reason, detail };
      expect(logged).toMatchObject(reason === 'cancelled' ? [] : [wanted]);
    },
  );
});

describe('what belongs to the account', () => {
  const isAccounts = (operation: Operation): boolean => /^(?:batches|files)\./.test(operation);

  test.each(operations.map((operation) => [operation, isAccounts(operation)] as const))(
    '%s: refused unless shared: %j',
    async (operation, isRefused) => {
      const alone = await ask(answer(), {}, { ...asked, operation });
      expect(isRefusal(alone.said)).toBe(isRefused);
      expect(alone.sent).toHaveLength(isRefused ? 0 : 1);
      const said = isRefusal(alone.said) ? `${alone.said.code}: ${refusalText(alone.said)}` : '';
      expect(said).toMatch(
        isRefused ? /^permission_denied: .*upstreams\.up\.share_account_resources: true/ : /^$/,
      );
      const shared = await ask(answer(), { sharesAccountResources: true }, { ...asked, operation });
      expect(isRefusal(shared.said)).toBe(false);
    },
  );
});

test('the credential is in no log line and in no answer, whatever happens', async () => {
  const outcomes: readonly TransportResult[] = [
    answer(),
    answer({ 'content-encoding': 'gzip' }),
    answer({}, { status: 401 }),
    ...(['connect-failed', 'cut', 'too-many-connections'] as const).map(
      (reason): TransportResult => ({ kind: 'failure', failure: { reason, detail: 'socket' } }),
    ),
  ];
  for (const outcome of outcomes) {
    for (const operation of ['messages.create', 'files.list'] as const) {
      const { lines, said } = await ask(outcome, {}, { ...asked, operation });
      expect(lines.join('') + JSON.stringify(said)).not.toContain(CANARY);
    }
  }
});
