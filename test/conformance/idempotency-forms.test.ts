import { afterEach, describe, expect, test } from 'vitest';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { startEmulator } from '../../src/start-emulator.ts';
import { wholeStream } from '../support/event-stream.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import { makeSecondKey } from '../support/second-key.ts';
import { answersWith, asked, streams } from '../support/start-billed-gateway.ts';

/** Wallet reference §8 in every form, where nothing is paid for in advance. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0).toReversed()) await stop();
});

interface Started {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
  readonly post: (
    path: string,
    body: object,
    headers?: Headers,
    key?: string,
  ) => Promise<RawAnswer>;
}

type Headers = Readonly<Record<string, string>>;

const answers = answersWith({ input_tokens: 87, output_tokens: 24 });
const KEY = 'order-7';
const keyed = { 'idempotency-key': KEY };

/** Translated forms ask for a stream, whatever their callers do. */
const asAsked: Script = (asking, ...rest) => {
  const isStream = asking.body.toString().includes('"stream":true');
  (isStream ? streams(wholeStream) : answers)(asking, ...rest);
};

async function start(script: Script): Promise<Started> {
  const upstream = await startScriptedUpstream(script);
  const gateway = await startTestGateway(upstreamYaml(upstream.url));
  cleanUp.push(
    () => upstream.stop(),
    () => gateway.stop(),
  );
  const post: Started['post'] = (path, body, headers = gateway.headers, key = KEY) =>
    sendRaw(`${gateway.url}${path}`, {
      headers: { ...headers, 'idempotency-key': key },
      body: JSON.stringify(body),
    });
  return { gateway, upstream, post };
}

const bearer = (key: string): Headers => ({
  authorization: `Bearer ${key}`,
  'anthropic-version': '2023-06-01',
});
const ofGateway = (key: string): Headers => ({ 'cf-aig-authorization': `Bearer ${key}` });
const step = { provider: 'anthropic', endpoint: 'v1/messages', query: asked };

describe('a key in every form', () => {
  const forms: readonly (readonly [string, string, object, (key: string) => Headers])[] = [
    ['Messages', '/v1/messages', asked, bearer],
    ['Messages below its prefix', '/anthropic/v1/messages', asked, bearer],
    ['Chat Completions', '/v1/chat/completions', asked, bearer],
    ['Chat Completions, a stream', '/v1/chat/completions', { ...asked, stream: true }, bearer],
    [
      'the binding',
      '/run',
      { inputs: asked, options: {} },
      (key) => ({ ...bearer(key), 'cf-consn-model-id': 'anthropic/claude-sonnet-4.6' }),
    ],
    [
      'the API of an account',
      '/client/v4/accounts/acc/ai/run/anthropic/claude-sonnet-4.6',
      asked,
      bearer,
    ],
    ['an AI gateway', '/v1/acc/default/anthropic/v1/messages', asked, ofGateway],
    ['steps at an AI gateway', '/v1/acc/default', { steps: [step] }, ofGateway],
  ];

  test.each(forms)(
    '%s: the answer again, and a no to another body',
    async (form, path, body, by) => {
      const { gateway, upstream, post } = await start(asAsked);
      const sent = (change: object): object => {
        if (form !== 'steps at an AI gateway') return { ...body, ...change };
        return [{ ...step, query: { ...asked, ...change } }];
      };
      const headers = { ...by(gateway.key), 'content-type': 'application/json' };
      const first = await post(path, sent({}), headers);
      expect([first.status, first.status === 200 ? '' : first.body.toString()]).toEqual([200, '']);
      const again = await post(path, sent({}), headers);
      expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
      expect(again.body.equals(first.body)).toBe(true);
      expect(again.headers['content-type']).toBe(first.headers['content-type']);
      const other = await post(path, sent({ metadata: { user_id: 'u' } }), headers);
      expect([other.status, other.body.toString()]).toEqual([
        422,
        expect.stringContaining('Idempotency-Key'),
      ]);
      const wrong = await post(path, sent({}), headers, 'no key');
      expect([wrong.status, wrong.body.toString()]).toEqual([
        400,
        expect.stringContaining('Idempotency-Key'),
      ]);
      expect(upstream.received).toHaveLength(1);
      expect(upstream.received[0]?.headers['idempotency-key']).toBeUndefined();
    },
  );

  test('the same key in another form is another request', async () => {
    const { upstream, post } = await start(asAsked);
    const answers = [await post('/v1/messages', asked), await post('/v1/chat/completions', asked)];
    expect(answers.map(({ headers }) => headers['idempotent-replayed'])).toEqual([
      undefined,
      undefined,
    ]);
    expect(upstream.received).toHaveLength(2);
  });

  test('each answer through an AI gateway has a log of its own', async () => {
    const { gateway, post } = await start(asAsked);
    const path = '/v1/acc/default/anthropic/v1/messages';
    const headers = { ...ofGateway(gateway.key), 'content-type': 'application/json' };
    const [first, again] = [await post(path, asked, headers), await post(path, asked, headers)];
    expect(first.headers['cf-aig-event-id']).toBeTypeOf('string');
    expect(again.headers['cf-aig-event-id']).not.toBe(first.headers['cf-aig-event-id']);
  });
});

describe('who and what a key is for', () => {
  test('wallet I06 of another account it is another key', async () => {
    const { gateway, upstream, post } = await start(answers);
    const other = bearer(await makeSecondKey(gateway));
    const mine = await post('/v1/messages', asked);
    const theirs = await post('/v1/messages', { ...asked, max_tokens: 9 }, other);
    expect([mine.status, theirs.status]).toEqual([200, 200]);
    expect(theirs.headers['idempotent-replayed']).toBeUndefined();
    const again = await post('/v1/messages', { ...asked, max_tokens: 9 }, other);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(upstream.received).toHaveLength(2);
  });

  test('counting tokens is free, and asked as often as it is asked', async () => {
    const { upstream, post } = await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"input_tokens":9}');
    });
    const body = { ...asked, max_tokens: undefined };
    await post('/v1/messages/count_tokens', body);
    const again = await post('/v1/messages/count_tokens', body);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, undefined]);
    expect(upstream.received).toHaveLength(2);
  });

  test('a batch is made once', async () => {
    const gateway = await startTestGateway();
    cleanUp.push(() => gateway.stop());
    const make = (): Promise<RawAnswer> =>
      sendRaw(`${gateway.url}/v1/messages/batches`, {
        headers: { ...gateway.headers, ...keyed },
        body: JSON.stringify({ requests: [{ custom_id: 'one', params: asked }] }),
      });
    const [first, again] = [await make(), await make()];
    expect([first.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(again.body.equals(first.body)).toBe(true);
    const list = await sendRaw(`${gateway.url}/v1/messages/batches`, { headers: gateway.headers });
    expect((JSON.parse(list.body.toString()) as { data: unknown[] }).data).toHaveLength(1);
  });

  test('the log names what was given again', async () => {
    const { gateway, post } = await start(answers);
    await post('/v1/messages', asked);
    await post('/v1/messages', asked);
    const upstreams = (): readonly unknown[] =>
      readRequestLog(gateway.dataDir).map(({ upstream }) => upstream);
    await expect.poll(upstreams).toEqual(['scripted', 'idempotency']);
  });
});

describe('the emulator of a test suite', () => {
  test('wallet I08 gives an answer again for 24 hours, and then anew', async () => {
    await using emulator = await startEmulator();
    const post = (): Promise<RawAnswer> =>
      sendRaw(`${emulator.baseURL}/v1/messages`, {
        headers: { 'x-api-key': emulator.apiKey, 'anthropic-version': '2023-06-01', ...keyed },
        body: JSON.stringify(asked),
      });
    const first = await post();
    const hourMs = 3_600_000;
    emulator.clock.advance(23 * hourMs);
    const again = await post();
    expect([first.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(again.body.equals(first.body)).toBe(true);
    emulator.clock.advance(2 * hourMs);
    const anew = await post();
    expect([anew.status, anew.headers['idempotent-replayed']]).toEqual([200, undefined]);
    // What runs anew is the next answer from then on.
    expect((await post()).headers['idempotent-replayed']).toBe('true');
  });
});
