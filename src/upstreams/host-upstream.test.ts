import { describe, expect, test } from 'vitest';
import { FedSource } from '../../test/support/fed-source.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Operation, UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import { operations } from '../messages/upstream.ts';
import { collect, sourceOf } from '../std/byte-stream.ts';
import { uncancelled } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { Secret } from '../std/secret.ts';
import { createLog } from '../telemetry/log.ts';
import type { HostCredential } from './host-credential.ts';
import type { HostWays } from './host-upstream.ts';
import { createHostUpstream } from './host-upstream.ts';
import type { TransportRequest, TransportResult } from './transport.ts';

const asked: UpstreamRequest = {
  operation: 'messages.create',
  method: 'POST',
  path: '/v1/messages',
  headers: ['content-type', 'application/json'],
  body: Buffer.from('{"model":"m"}'),
  stream: false,
  requestId: 'req_1',
  account: 'test',
};

const ways: HostWays = {
  bodyBytesMax: 100,
  hidden: ['our-project'],
  passedHeaders: { 'x-host-id': 'x-upstream-request-id' },
  encode: ({ headers, body }) => ({ kind: 'call', path: '/ask', headers, body, edits: [] }),
  understand: (error) => error,
};

/** Tokens `t1`, `t2`, …: each is thrown away as often as `renewals` says. */
function tokens(renewals: number): HostCredential {
  let at = 1;
  return {
    kind: 'bearer',
    source: {
      token: () => Promise.resolve(new Secret(`t${String(at)}`)),
      throwAway: () => {
        at += 1;
        return at - 1 <= renewals;
      },
      close: () => Promise.resolve(),
    },
  };
}

const key: HostCredential = { kind: 'key', header: 'api-key', key: new Secret('canary-key') };
const model = { type: 'model', display_name: 'm', created_at: '2026-01-01T00:00:00Z' } as const;

interface Asking {
  readonly request?: Partial<UpstreamRequest>;
  readonly credential?: HostCredential;
  readonly ways?: Partial<HostWays>;
}

async function ask(
  results: readonly TransportResult[],
  { request = {}, credential = key, ways: other = {} }: Asking = {},
): Promise<{
  readonly said: UpstreamAnswer | Refusal;
  readonly sent: readonly TransportRequest[];
}> {
  const sent: TransportRequest[] = [];
  const upstream = createHostUpstream(
    {
      name: 'up',
      origin: 'https://host.internal',
      basePath: '/base',
      transport: {
        send: (wire) => {
          const result = results[sent.length];
          sent.push(wire);
          if (result === undefined) throw new Error('not expected');
          return Promise.resolve(result);
        },
        close: () => Promise.resolve(),
      },
      credential,
      listModels: () => [
        { ...model, id: 'a' },
        { ...model, id: 'b' },
      ],
      answerBytesMax: 1000,
      userAgent: 'quatrain/test',
      log: createLog({ clock: new ManualClock(), level: () => 'debug', write: () => {} }),
    },
    { ...ways, ...other },
  );
  return { said: await upstream.send({ ...asked, ...request }, uncancelled), sent };
}

function says(
  status: number,
  body: string | FedSource,
  headers: Readonly<Record<string, string>> = {},
): TransportResult {
  const source = typeof body === 'string' ? sourceOf(Buffer.from(body)) : body;
  return { kind: 'response', status, headers, body: source };
}

function answered(said: UpstreamAnswer | Refusal): UpstreamAnswer {
  if (isRefusal(said)) throw new Error(said.code);
  return said;
}

async function textOf(said: UpstreamAnswer | Refusal): Promise<string> {
  const collected = await collect(answered(said).body, 10_000, uncancelled);
  if (collected.kind !== 'bytes') throw new Error(collected.fault.detail);
  return Buffer.from(collected.bytes).toString();
}

const bearers = (sent: readonly TransportRequest[]): readonly string[] =>
  sent.map(({ headers }) => headers.find((value) => value.startsWith('Bearer ')) ?? '');

describe('a token that is not taken', () => {
  test('is changed once, and its answer freed', async () => {
    const source = new FedSource();
    const { said, sent } = await ask([says(401, source), says(200, '{}')], {
      credential: tokens(1),
    });
    expect([answered(said).status, source.cancelled]).toEqual([200, 1]);
    expect(bearers(sent)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  test('a second time is the answer', async () => {
    const { said, sent } = await ask([says(401, '{}'), says(401, '{"message":"no t2"}')], {
      credential: tokens(9),
    });
    expect([answered(said).status, sent.length]).toEqual([401, 2]);
  });

  test.each<[string, HostCredential]>([
    ['where there is no other', tokens(0)],
    ['where it is a key', key],
  ])('is the answer %s', async (_name, credential) => {
    const { said, sent } = await ask([says(401, '{}')], { credential });
    expect([answered(said).status, sent.length]).toEqual([401, 1]);
  });

  test('none at all is a refusal', async () => {
    const none = refusal('upstream_failed', 'none');
    const credential: HostCredential = {
      kind: 'bearer',
      source: {
        token: () => Promise.resolve(none),
        throwAway: () => false,
        close: () => Promise.resolve(),
      },
    };
    expect(await ask([], { credential })).toEqual({ said: none, sent: [] });
  });
});

test('what is sent: our own headers, the credential, the caller’s', async () => {
  const { sent } = await ask([says(200, '{}')]);
  expect(sent[0]).toMatchObject({ method: 'POST', path: '/base/ask', body: asked.body });
  expect(sent[0]?.headers).toEqual([
    'user-agent',
    'quatrain/test',
    'accept-encoding',
    'identity',
    'api-key',
    'canary-key',
    'content-type',
    'application/json',
  ]);
});

test('only headers that mean something come back, the host’s own under another name', async () => {
  const headers = {
    'content-type': 'application/json',
    'x-host-id': '7',
    server: 'x',
    'retry-after': '3',
  };
  const { said } = await ask([says(200, '{}', headers)]);
  expect(answered(said).headers).toEqual([
    'content-type',
    'application/json',
    'retry-after',
    '3',
    'x-upstream-request-id',
    '7',
  ]);
});

test('edits are named', async () => {
  const encode: HostWays['encode'] = ({ headers, body }) => ({
    kind: 'call',
    path: '/',
    headers,
    body,
    edits: ['one', 'two'],
  });
  const { said } = await ask([says(200, '{}')], { ways: { encode } });
  expect(answered(said).headers).toEqual(['x-quatrain-edits', 'one, two']);
});

test('errors say nothing of the host, the project and the key', async () => {
  const message = 'canary-key at https://host.internal for our-project';
  for (const body of [{ message }, { type: 'error', error: { type: 'api_error', message } }]) {
    const { said } = await ask([says(500, JSON.stringify(body))]);
    const text = await textOf(said);
    expect(JSON.parse(text)).toMatchObject({
      type: 'error',
      error: { type: 'api_error', message: '[redacted] at [redacted] for [redacted]' },
    });
  }
});

test('an error in a stream says nothing of them either', async () => {
  const content = 'event: ping\ndata: {"type":"ping","x":"our-project"}\n\n';
  const error = 'event: error\ndata: {"type":"error","error":{"message":"canary-key"}}\n\n';
  const headers = { 'content-type': 'text/event-stream' };
  const { said } = await ask([says(200, content + error, headers)]);
  expect(await textOf(said)).toBe(content + error.replace('canary-key', '[redacted]'));
});

test.each(['x'.repeat(200), 'y'.repeat(101)])(
  'a body that is too long is not sent',
  async (text) => {
    const { said, sent } = await ask([], { request: { body: Buffer.from(text) } });
    expect([said, sent]).toMatchObject([{ code: 'request_too_large' }, []]);
  },
);

describe('operations', () => {
  const own: readonly Operation[] = ['messages.create', 'messages.count_tokens'];
  const listed: readonly Operation[] = ['models.list', 'models.get'];
  const rest = operations.filter((operation) => ![...own, ...listed].includes(operation));

  test.each(rest)('%s is not served', async (operation) => {
    expect(await ask([], { request: { operation } })).toMatchObject({
      said: { code: 'not_found' },
      sent: [],
    });
  });

  test('models are those of the configuration', async () => {
    const list = await ask([], {
      request: { operation: 'models.list', method: 'GET', path: '/v1/models?limit=1' },
    });
    expect(JSON.parse(await textOf(list.said))).toEqual({
      data: [{ ...model, id: 'a' }],
      has_more: true,
      first_id: 'a',
      last_id: 'a',
    });
    const get = { operation: 'models.get', method: 'GET' } as const;
    const one = await ask([], { request: { ...get, path: '/v1/models/b' } });
    expect(JSON.parse(await textOf(one.said))).toEqual({ ...model, id: 'b' });
    const none = await ask([], { request: { ...get, path: '/v1/models/c' } });
    expect(none.said).toMatchObject({ code: 'not_found' });
  });
});

test('a one-piece answer that is too long is refused', async () => {
  const decode: HostWays['decode'] = (body) => ({ kind: 'decoded', body, isEventStream: false });
  const { said } = await ask([says(200, 'x'.repeat(1001))], { ways: { decode } });
  expect(said).toMatchObject({ kind: 'refusal', code: 'upstream_failed' });
});
