import type { OutgoingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatErrorEnvelope } from '../../src/chat-form/chat-response.ts';
import { ended, started, stopped, textBlock, wireOf } from '../support/chat-answer.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What callers of the Chat Completions form are told of an upstream's no; chat reference §4.F. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, response) => response.end());
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

interface Asked {
  readonly more?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask({ more = {}, headers = {} }: Asked = {}): Promise<RawAnswer> {
  const messages = [{ role: 'user', content: 'hi' }];
  return sendRaw(`${gateway.url}/v1/chat/completions`, {
    headers: {
      authorization: `Bearer ${gateway.key}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ model: 'anthropic/claude-sonnet-4.6', messages, ...more }),
  });
}

function errorIn({ body }: RawAnswer): ChatErrorEnvelope['error'] {
  return (JSON.parse(body.toString()) as ChatErrorEnvelope).error;
}

function envelope(type: string, message: string): string {
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_up' });
}

function upstreamSays(status: number, body: string, headers: OutgoingHttpHeaders = {}): void {
  upstream.script = (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

function upstreamAnswers(headers: OutgoingHttpHeaders = {}): void {
  upstream.script = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    response.write(wireOf([started, ...textBlock(0, 'hello'), ended('end_turn'), stopped]));
    response.end();
  };
}

test.each([
  ['{"model":', 'not valid JSON'],
  ['[]', 'JSON object'],
  ['', 'not valid JSON'],
])(
  'F03 the body %j is refused in the envelope, before the upstream is asked',
  async (body, text) => {
    const asked = upstream.received.length;
    const answer = await sendRaw(`${gateway.url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${gateway.key}` },
      body,
    });
    expect(answer.status).toBe(400);
    expect(errorIn(answer)).toMatchObject({
      type: 'invalid_request_error',
      param: null,
      code: null,
    });
    expect(errorIn(answer).message).toContain(text);
    expect(upstream.received).toHaveLength(asked);
  },
);

describe('an upstream’s errors', () => {
  test('F06 what it says of the request is passed on, without where it stands and what opens it', async () => {
    const { host } = new URL(upstream.url);
    const text = `max_tokens: 99 > 64 at ${upstream.url}/v1/messages for sk-ant-api03-secretsecret`;
    upstreamSays(400, envelope('invalid_request_error', text));
    const answer = await ask({ more: { max_completion_tokens: 99 } });
    expect(answer.status).toBe(400);
    expect(errorIn(answer)).toEqual({
      message: 'max_tokens: 99 > 64 at [address] for [redacted]',
      type: 'invalid_request_error',
      param: 'max_completion_tokens',
      code: null,
    });
    const all = answer.body.toString() + JSON.stringify(answer.headers);
    expect(all).not.toContain(host);
    expect(all).not.toContain('secretsecret');
  });

  test('a prompt that is too long for the model has the code that clients know', async () => {
    upstreamSays(
      400,
      envelope('invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum'),
    );
    expect(errorIn(await ask())).toMatchObject({
      code: 'context_length_exceeded',
      param: 'messages',
    });
  });

  const ours: readonly (readonly [string, readonly [number, string], readonly [number, string]])[] =
    [
      [
        'F07 an account that it does not know',
        [401, 'authentication_error'],
        [502, 'upstream_auth'],
      ],
      ['F08 an account that does not pay', [402, 'billing_error'], [502, 'upstream_auth']],
      ['an account that may not', [403, 'permission_error'], [502, 'upstream_auth']],
      ['a model that it should have', [404, 'not_found_error'], [502, 'upstream_model']],
      ['F10 too much to do', [529, 'overloaded_error'], [503, 'overloaded']],
      ['an error of its own', [500, 'api_error'], [500, 'upstream_error']],
      ['its time-out', [504, 'timeout_error'], [504, 'timeout']],
    ];
  test.each(ours)('%s: %j is %j', async (_name, [status, type], [statusOut, code]) => {
    upstreamSays(status, envelope(type, 'Said.'));
    for (const stream of [false, true]) {
      const answer = await ask({ more: { stream } });
      expect(answer.status).toBe(statusOut);
      expect(errorIn(answer)).toMatchObject({ type: 'server_error', param: null, code });
      expect(answer.headers['content-type']).toBe('application/json');
      const isOwners = code === 'upstream_auth' || code === 'upstream_model';
      expect(answer.headers['x-should-retry']).toBe(String(!isOwners));
    }
  });

  test('F10 overload says when to try again', async () => {
    upstreamSays(529, envelope('overloaded_error', 'Overloaded'));
    expect((await ask()).headers['retry-after']).toBe('1');
  });

  test('a model that nobody knows: the upstream’s no is about the request', async () => {
    upstreamSays(404, envelope('not_found_error', 'model: some-model'));
    const answer = await ask({ more: { model: 'some-model' } });
    expect(answer.status).toBe(404);
    expect(errorIn(answer)).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  test('F09 its limits say when to try again', async () => {
    upstreamSays(429, envelope('rate_limit_error', 'Slow down'), { 'retry-after': '7' });
    const answer = await ask();
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('7');
    expect(errorIn(answer)).toEqual({
      message: 'Slow down',
      type: 'rate_limit_error',
      param: null,
      code: 'upstream_rate_limited',
    });
  });

  test('F11 a page of a proxy is not for callers', async () => {
    upstreamSays(502, '<html><body>Bad Gateway at 10.0.0.7</body></html>', {
      'content-type': 'text/html',
    });
    const answer = await ask();
    expect(answer.status).toBe(502);
    expect(errorIn(answer)).toMatchObject({ type: 'server_error', code: 'upstream_error' });
    expect(answer.body.toString()).not.toMatch(/html|10\.0\.0\.7/);
  });

  test('one that is not there', async () => {
    const gone = await startScriptedUpstream((_request, response) => response.end());
    await gone.stop();
    const alone = await startTestGateway(upstreamYaml(gone.url));
    try {
      const answer = await sendRaw(`${alone.url}/v1/chat/completions`, {
        headers: { authorization: `Bearer ${alone.key}` },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
      });
      expect(answer.status).toBe(502);
      expect(errorIn(answer)).toMatchObject({ type: 'server_error', code: 'upstream_unreachable' });
    } finally {
      await alone.stop();
    }
  });
});

describe('the head of replies', () => {
  test.each<[string, string | undefined]>([
    ['ok-1', 'ok-1'],
    ['bad id!', undefined],
  ])('F13 the caller’s id %s comes back as %s', async (own, echoed) => {
    upstreamAnswers();
    const { status, headers } = await ask({ headers: { 'x-client-request-id': own } });
    expect([status, headers['x-client-request-id']]).toEqual([200, echoed]);
  });

  test('F14 every reply has our id, under each name that clients read, once', async () => {
    upstreamAnswers({ 'request-id': 'req_up' });
    const answers = [
      await ask(),
      await ask({ more: { stream: true } }),
      await ask({ more: { messages: [] } }),
      await ask({ headers: { authorization: 'Bearer wrong' } }),
      await sendRaw(`${gateway.url}/v1/chat/completions`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 401, 405]);
    for (const { headers } of answers) {
      const id = headers['x-request-id'];
      expect(id).toMatch(/^req_\w{24}$/);
      expect([headers['request-id'], headers['x-inference-id']]).toEqual([id, id]);
    }
    expect(answers[0]?.headers['x-upstream-request-id']).toBe('req_up');
  });

  test('F17 pages in browsers may read what an answer cost, its ids and its limits', async () => {
    upstreamAnswers({
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-organization-id': 'org_up',
    });
    const { headers } = await ask();
    const exposed = String(headers['access-control-expose-headers']).split(', ');
    for (const name of ['x-request-id', 'x-inference-id', 'x-aimlapi-credits-used']) {
      expect(exposed).toContain(name);
    }
    expect(headers['x-ratelimit-limit-requests']).toBe('50');
    expect(exposed).toContain('x-ratelimit-remaining-requests');
    expect(Object.keys(headers).filter((name) => name.startsWith('anthropic-'))).toEqual([]);
  });
});

test('D18 what an answer cost, through the gateway: the list price with the markup', async () => {
  const counts = { input_tokens: 16, output_tokens: 264 };
  upstream.script = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const end = ended('end_turn', { usage: counts });
    response.write(wireOf([started, ...textBlock(0, 'hello'), end, stopped]));
    response.end();
  };
  const selling = await startTestGateway(
    upstreamYaml(upstream.url, 'chat_completions: { credits: { markup_percent: 30 } }\n'),
  );
  try {
    const send = (stream: boolean): Promise<RawAnswer> =>
      sendRaw(`${selling.url}/v1/chat/completions`, {
        headers: { authorization: `Bearer ${selling.key}` },
        body: JSON.stringify({
          model: 'anthropic/claude-sonnet-4.6',
          messages: [{ role: 'user', content: 'hi' }],
          stream,
        }),
      });
    const { body, headers } = await send(false);
    expect(headers['x-aimlapi-credits-used']).toBe('10421');
    expect(headers['x-aimlapi-usd-spent']).toBe('0.0052105');
    const meta = '"meta":{"usage":{"credits_used":10421,"usd_spent":0.0052105}}';
    expect(body.toString()).toContain(meta);
    const streamed = await send(true);
    expect(streamed.headers).not.toHaveProperty('x-aimlapi-credits-used');
    expect(streamed.body.toString()).toContain(meta);
  } finally {
    await selling.stop();
  }
});
