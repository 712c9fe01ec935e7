import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { opening } from '../support/event-stream.ts';
import { failureOf, openAiClient } from '../support/openai-client.ts';
import { becomesSo } from '../support/own-time.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What the official OpenAI client makes of refusals, of failures, and of streams that break. */

const hello = {
  model: 'anthropic/claude-sonnet-4.6',
  max_tokens: 256,
  messages: [{ role: 'user' as const, content: 'Hello, Claude' }],
};

const faults: Readonly<Record<string, string>> = {
  cut: '[{ kind: cut, at_event: 5 }]',
  reset: '[{ kind: reset, at_event: 5 }]',
  close: '[{ kind: close_without_message_stop, at_event: 5 }]',
  malformed: '[{ kind: malformed_event, at_event: 5 }]',
  error: '[{ kind: error_event, at_event: 5, error: { type: overloaded_error } }]',
};
/** What the client says of each: a connection that breaks, a stream without an end, an error in it. */
const ends: Readonly<Record<string, RegExp>> = {
  cut: /terminated|premature|socket|closed/i,
  reset: /terminated|premature|socket|reset/i,
  close: /missing finish_reason/,
  malformed: /JSON/,
  error: /Overloaded/,
};
const scenarios = [
  'scenarios:',
  ...Object.entries(faults).flatMap(([name, list]) => [
    `  - name: ${name}`,
    `    match: { header: { x-scenario: ${name} } }`,
    `    faults: ${list}`,
  ]),
  ...[
    'rate_limit_error',
    'api_error',
    'overloaded_error',
    'timeout_error',
    'authentication_error',
    'billing_error',
    'permission_error',
  ].flatMap((type) => [
    `  - name: ${type}`,
    `    match: { header: { x-scenario: ${type} } }`,
    `    error: { type: ${type}, message: Said so, retry_after_ms: 7000 }`,
  ]),
  '',
].join('\n');

let gateway: TestGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startTestGateway(
    'emulator: { scenarios_file: s.yaml }',
    {},
    { 's.yaml': scenarios },
  );
  client = openAiClient(gateway);
});
afterAll(() => gateway.stop());

const scenario = (name: string): OpenAI.RequestOptions => ({ headers: { 'x-scenario': name } });

type ErrorClass = abstract new (...args: never[]) => Error;

describe('refusals', () => {
  test.each<[string, object, ErrorClass, object]>([
    ['more than one choice', { n: 2 }, OpenAI.BadRequestError, { param: 'n' }],
    [
      'a temperature above 1',
      { temperature: 1.5 },
      OpenAI.BadRequestError,
      { param: 'temperature' },
    ],
    [
      'a picture of no kind',
      {
        messages: [
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: 'Hello' },
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,AAAA' } }],
          },
        ],
      },
      OpenAI.BadRequestError,
      { param: 'messages[2].content[0].image_url.url' },
    ],
    ['an unknown model', { model: 'nope' }, OpenAI.NotFoundError, { code: 'model_not_found' }],
    [
      'a last word of the assistant',
      { messages: [...hello.messages, { role: 'assistant', content: 'Sure' }] },
      OpenAI.BadRequestError,
      { param: 'messages' },
    ],
    [
      'a conversation that is too long',
      { messages: [{ role: 'user', content: 'so many words '.repeat(80_000) }] },
      OpenAI.BadRequestError,
      { param: 'messages', code: 'context_length_exceeded' },
    ],
    ['too many tokens', { max_tokens: 1_000_000 }, OpenAI.BadRequestError, { param: 'max_tokens' }],
  ])('%s', async (_name, change, kind, says) => {
    for (const stream of [false, true]) {
      const failure = await failureOf(
        client.chat.completions.create({ ...hello, ...change, stream } as typeof hello),
      );
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toMatchObject({ type: 'invalid_request_error', ...says });
      expect(failure.message).toMatch(/^4\d\d \S/);
      expect(failure.requestID).toBeTruthy();
    }
  });

  test('a wrong key', async () => {
    const stranger = openAiClient({ url: gateway.url, key: 'sk-wrong' });
    const failure = await failureOf(stranger.chat.completions.create(hello));
    expect(failure).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(failure.code).toBe('invalid_api_key');
  });
});

describe('failures of the upstream', () => {
  test.each<[string, ErrorClass, number, string]>([
    ['rate_limit_error', OpenAI.RateLimitError, 429, 'upstream_rate_limited'],
    ['api_error', OpenAI.InternalServerError, 500, 'upstream_error'],
    ['overloaded_error', OpenAI.InternalServerError, 503, 'overloaded'],
    ['timeout_error', OpenAI.InternalServerError, 504, 'timeout'],
    ['authentication_error', OpenAI.InternalServerError, 502, 'upstream_auth'],
    ['billing_error', OpenAI.InternalServerError, 502, 'upstream_auth'],
    ['permission_error', OpenAI.InternalServerError, 502, 'upstream_auth'],
  ])('%s', async (type, kind, status, code) => {
    for (const stream of [false, true]) {
      const failure = await failureOf(
        client.chat.completions.create({ ...hello, stream }, scenario(type)),
      );
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toMatchObject({ status, code });
      expect(failure.headers?.get('retry-after')).toBe('7');
    }
  });

  test.each(['rate_limit_error', 'overloaded_error'])(
    '%s is retried after the time that is told',
    async (error) => {
      const flaky = await startTestGateway(
        `emulator:\n  faults:\n    - { error: ${error}, times: 2, retry_after_ms: 20 }\n`,
      );
      try {
        expect(await failureOf(openAiClient(flaky).chat.completions.create(hello))).toBeInstanceOf(
          OpenAI.APIError,
        );
        const patient = openAiClient(flaky, { maxRetries: 1 });
        const { choices } = await patient.chat.completions.create(hello);
        expect(choices[0]?.finish_reason).toBe('stop');
      } finally {
        await flaky.stop();
      }
    },
  );
});

describe('streams that break', () => {
  test.each(Object.keys(faults))('%s: the words so far, and then an error', async (name) => {
    const stream = client.chat.completions.stream(hello, scenario(name));
    let text = '';
    stream.on('content', (delta) => {
      text += delta;
    });
    await expect(stream.finalChatCompletion()).rejects.toThrow(ends[name]);
    expect(text).not.toBe('');
  });

  test('an error in the middle has its code', async () => {
    const stream = client.chat.completions.stream(hello, scenario('error'));
    await expect(stream.finalChatCompletion()).rejects.toMatchObject({ code: 'overloaded' });
  });

  test('an upstream that ends too early is said to have', async () => {
    const upstream: ScriptedUpstream = await startScriptedUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(opening);
    });
    const front = await startTestGateway(upstreamYaml(upstream.url));
    try {
      const stream = openAiClient(front).chat.completions.stream(hello);
      let text = '';
      stream.on('content', (delta) => {
        text += delta;
      });
      await expect(stream.finalChatCompletion()).rejects.toMatchObject({
        code: 'upstream_stream_truncated',
      });
      expect(text).toBe('Hello, ');
    } finally {
      await front.stop();
      await upstream.stop();
    }
  });
});

describe('callers who do not wait', () => {
  test('abort ends the request on both sides, and is logged as that', async () => {
    const slow = await startTestGateway('emulator:\n  tokens_per_second: 2\n');
    try {
      const stream = openAiClient(slow).chat.completions.stream(hello);
      stream.on('content', () => {
        stream.abort();
      });
      await expect(stream.finalChatCompletion()).rejects.toThrow(OpenAI.APIUserAbortError);
      await expect
        .poll(() => readRequestLog(slow.dataDir).map(({ error_code: code }) => code))
        .toEqual(['client_gone']);
    } finally {
      await slow.stop();
    }
  });

  test('E22 the upstream is left within a second', async () => {
    let isGone = false;
    const upstream = await startScriptedUpstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening);
      response.on('close', () => {
        isGone = true;
      });
    });
    const front = await startTestGateway(upstreamYaml(upstream.url));
    try {
      const stream = openAiClient(front).chat.completions.stream(hello);
      stream.on('content', () => {
        stream.abort();
      });
      await expect(stream.finalChatCompletion()).rejects.toThrow(OpenAI.APIUserAbortError);
      expect(await becomesSo(() => isGone, 1000)).toBe(true);
    } finally {
      await front.stop();
      await upstream.stop();
    }
  });

  test('a client that runs out of time says so, and is gone', async () => {
    const slow = await startTestGateway('emulator: { first_token_ms: 20000 }');
    try {
      const hasty = openAiClient(slow, { timeout: 200 });
      await expect(hasty.chat.completions.create(hello)).rejects.toThrow(
        OpenAI.APIConnectionTimeoutError,
      );
      await expect
        .poll(() => readRequestLog(slow.dataDir).map(({ error_code: code }) => code))
        .toEqual(['client_gone']);
    } finally {
      await slow.stop();
    }
  });
});
