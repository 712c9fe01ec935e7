import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChatChunk } from '../../src/chat-form/chat-response.ts';
import type { JsonObject } from '../../src/std/json.ts';
import {
  blockStarted,
  blockStopped,
  callBlock,
  chunksIn,
  dataIn,
  ended,
  grown,
  started,
  stopped,
  textBlock,
  wireOf,
} from '../support/chat-answer.ts';
import { becomesSo } from '../support/own-time.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Streams of an upstream, as callers of the Chat Completions form get them; chat reference §4.E. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, response) => response.end());
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterEach(() => {
  upstream.script = (_request, response) => response.end();
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const MODEL = 'anthropic/claude-sonnet-4.6';
const prompt = [{ role: 'user' as const, content: 'hi' }];

function ask(more: object = {}): Promise<RawAnswer> {
  const body = JSON.stringify({ model: MODEL, messages: prompt, ...more });
  const headers = { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
  return sendRaw(`${gateway.url}/v1/chat/completions`, { headers, body });
}

async function stream(more: object = {}): Promise<RawAnswer & { readonly text: string }> {
  const answer = await ask({ stream: true, ...more });
  return { ...answer, text: answer.body.toString() };
}

const head = { 'content-type': 'text/event-stream' };

/** Answers with these bytes, in these reads. */
function says(...reads: readonly (string | Uint8Array)[]): Script {
  return (_request, response) => {
    response.writeHead(200, head);
    const next = (index: number): void => {
      const read = reads[index];
      if (read === undefined) response.end();
      else response.write(read, () => setImmediate(next, index + 1));
    };
    next(0);
  };
}

function around(events: readonly JsonObject[], stopReason = 'end_turn'): readonly JsonObject[] {
  return [started, ...events, ended(stopReason), stopped];
}

function contentOf(chunks: readonly ChatChunk[]): string {
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
}

const hello = wireOf(around(textBlock(0, 'Hello', ' wörld 🌍')));
const [open = {}, ...words] = textBlock(0, 'Hel', 'lo').slice(0, -1);
const middle = wireOf([started, open, ...words]);

describe('streams through the gateway', () => {
  test('the head of a stream', async () => {
    upstream.script = says(hello);
    const { status, headers } = await stream();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
  });

  test('E10 an error after text is said in the stream, and nothing after it', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    upstream.script = says(middle, wireOf([error, ended('end_turn'), stopped]));
    const { status, text } = await stream();
    expect(status).toBe(200);
    expect(JSON.parse(dataIn(text).at(-1) ?? '')).toMatchObject({
      error: { message: 'Overloaded', type: 'server_error', code: 'overloaded' },
    });
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"');
  });

  test.each<[string, Script]>([
    ['ends', says(middle)],
    [
      'is cut',
      (_request, response) => {
        response.writeHead(200, head);
        response.write(middle, () => response.destroy());
      },
    ],
  ])('E11 an upstream that %s in the middle is no success', async (_name, script) => {
    upstream.script = script;
    const { text } = await stream();
    const data = dataIn(text);
    expect(contentOf(data.slice(0, -1).map((line) => JSON.parse(line) as ChatChunk))).toBe('Hello');
    expect(JSON.parse(data.at(-1) ?? '')).toMatchObject({
      error: { type: 'server_error', code: 'upstream_stream_truncated' },
    });
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"');
  });

  test.each<[string, Script, number, string]>([
    [
      'an error event',
      says(wireOf([started, { type: 'error', error: { type: 'api_error', message: 'Broken' } }])),
      500,
      'upstream_error',
    ],
    ['its end', says(wireOf([started])), 502, 'upstream_stream_truncated'],
    ['what is no stream', says('event: message_stop\ndata: {}\n\n'), 502, 'upstream_error'],
  ])('E12 %s before any block is a status', async (_name, script, status, code) => {
    upstream.script = script;
    for (const isStream of [true, false]) {
      const answer = await ask({ stream: isStream });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(JSON.parse(answer.body.toString())).toMatchObject({
        error: { type: 'server_error', code, param: null },
      });
    }
  });

  test('E16 letters that are split between reads stay whole', async () => {
    const bytes = Buffer.from(hello);
    const at = bytes.indexOf('🌍') + 2;
    upstream.script = says(bytes.subarray(0, at), bytes.subarray(at));
    const { text } = await stream();
    expect(contentOf(chunksIn(text))).toBe('Hello wörld 🌍');
  });

  test.each([
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('E17 lines that end in %s, all events in one read', async (_name, lineEnd) => {
    upstream.script = says(hello.replaceAll('\n', lineEnd));
    const { text } = await stream();
    expect(contentOf(chunksIn(text))).toBe('Hello wörld 🌍');
  });

  test('E22 a caller who leaves takes the upstream’s answer with it', async () => {
    let hasLeft = false;
    upstream.script = (_request, response) => {
      response.writeHead(200, head);
      response.write(middle);
      response.on('close', () => {
        hasLeft = true;
      });
    };
    const leaving = new AbortController();
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, messages: prompt, stream: true }),
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    leaving.abort();
    expect(await becomesSo(() => hasLeft, 1000)).toBe(true);
  });

  test('E24 a last event without its blank line counts', async () => {
    upstream.script = says(hello.trimEnd());
    const { text } = await stream();
    expect(contentOf(chunksIn(text))).toBe('Hello wörld 🌍');
  });
});

const searched = [
  blockStarted(1, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
  grown(1, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
  blockStopped(1),
];
const thought = [
  blockStarted(0, { type: 'thinking', thinking: '', signature: '' }),
  grown(0, { type: 'thinking_delta', thinking: 'h' }),
  grown(0, { type: 'thinking_delta', thinking: 'm' }),
  grown(0, { type: 'signature_delta', signature: 'si' }),
  grown(0, { type: 'signature_delta', signature: 'g' }),
  blockStopped(0),
];
const refused = { type: 'refusal', explanation: 'No.' };
const streams: readonly (readonly [string, readonly JsonObject[]])[] = [
  ['texts', around(textBlock(0, 'a', 'b'))],
  [
    'a text and a call',
    around([...textBlock(0, 'a'), ...callBlock(1, 'f', '{"a', '":1}')], 'tool_use'),
  ],
  ['two calls', around([...callBlock(0, 'f'), ...callBlock(1, 'g', '', '{}')], 'tool_use')],
  ['thinking', around([...thought, ...textBlock(1, 'a')])],
  ['a server tool', around([...textBlock(0, 'a'), ...searched, ...textBlock(2, 'b')])],
  [
    'a refusal',
    [
      started,
      ...textBlock(0, 'a'),
      ended('refusal', { delta: { stop_reason: 'refusal', stop_details: refused } }),
      stopped,
    ],
  ],
  [
    'a prompt that is null at the end',
    [
      started,
      ...textBlock(0, 'a'),
      ended('end_turn', { usage: { input_tokens: null, output_tokens: 7 } }),
      stopped,
    ],
  ],
];

interface Said {
  readonly choices: readonly { readonly message: object; readonly finish_reason: string }[];
  readonly usage?: object | undefined;
}

/**
 * What an answer says. A null says nothing, and no more does a text before calls that is empty. The
 * helper keeps the last delta of a member that the form does not have, so these are left out.
 */
function said({ choices, usage }: Said): unknown {
  const extensions = new Set(['reasoning_content', 'thinking_blocks', 'parsed']);
  const isSaid = ([name, value]: [string, unknown]): boolean =>
    value !== null && value !== undefined && value !== '' && !extensions.has(name);
  return {
    usage,
    choices: choices.map(({ message, finish_reason }) => ({
      finish_reason,
      message: Object.fromEntries(Object.entries(message).filter(isSaid)),
    })),
  };
}

describe('the official client', () => {
  test.each(streams)(
    'E19 %s: its helper folds the stream to the answer in one piece',
    async (_name, events) => {
      upstream.script = says(wireOf(events));
      const client = new OpenAI({
        apiKey: gateway.key,
        baseURL: `${gateway.url}/v1`,
        maxRetries: 0,
      });
      const asked = { model: MODEL, messages: prompt };
      const streamed = await client.chat.completions
        .stream({ ...asked, stream_options: { include_usage: true } })
        .finalChatCompletion();
      const whole = await client.chat.completions.create(asked);
      expect(said(streamed)).toEqual(said(whole));
    },
  );

  test('E10 its stream throws where ours says that it failed', async () => {
    upstream.script = says(middle);
    const client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    const asked = { model: MODEL, messages: prompt, stream: true } as const;
    const heard: string[] = [];
    const listen = async (): Promise<void> => {
      for await (const chunk of await client.chat.completions.create(asked)) {
        heard.push(chunk.choices[0]?.delta.content ?? '');
      }
    };
    await expect(listen()).rejects.toThrow(/ended its answer/);
    expect(heard.join('')).toBe('Hello');
  });
});

describe('answers in one piece through the gateway', () => {
  test('a call that was cut by the limit is left out', async () => {
    const events = [
      started,
      ...textBlock(0, 'a'),
      ...callBlock(1, 'f', '', '{"a":1,"b":"x').slice(0, -1),
      ended('max_tokens'),
      stopped,
    ];
    upstream.script = says(wireOf(events));
    const { choices } = JSON.parse((await ask()).body.toString()) as {
      readonly choices: readonly JsonObject[];
    };
    expect(choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { role: 'assistant', content: 'a', refusal: null },
    });
    expect(choices[0]?.['message']).not.toHaveProperty('tool_calls');
  });

  test('an upstream that answers in one piece is streamed all the same', async () => {
    const message = {
      ...(started['message'] as JsonObject),
      content: [{ type: 'text', text: 'Hello' }, { type: 'block_of_next_year' }],
      stop_reason: 'end_turn',
    };
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(message));
    };
    const { text, headers } = await stream({ stream_options: { include_usage: true } });
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(contentOf(chunksIn(text))).toBe('Hello');
    expect(chunksIn(text).at(-1)).toMatchObject({ usage: { prompt_tokens: 10 } });
  });
});
