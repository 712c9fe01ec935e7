import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentShape } from '../support/agent-shapes.ts';
import { chatShapes, digestOf, messagesShapes } from '../support/agent-shapes.ts';
import { chunk, engineStream, finish, usageChunk } from '../support/engine-chunks.ts';
import {
  blockStop,
  messageDelta,
  messageStart,
  messageStop,
  ping,
} from '../support/event-stream.ts';
import { sendRaw } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What coding agents send goes to an upstream of their form untouched, and back: lessons C.6, 40 to 44. */

/** What of their headers is for the upstream to read; everything else is between them and the gateway. */
const passed = [
  'accept',
  'anthropic-beta',
  'anthropic-version',
  'content-type',
  'x-stainless-timeout',
];
/** What the gateway says by itself. */
const own: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'host',
  'user-agent',
]);

const toolPieces = [String.raw`{"file_path":"/a","new`, String.raw`_string":"te`, 'a", x'];
/** A stream with all that agents ask for, and with what nobody has heard of. */
const agentStream = [
  messageStart,
  ping,
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"Edit","input":{},"caller":{"type":"direct"}} }\n\n',
  ...toolPieces.map(
    (piece) =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":${JSON.stringify(piece)}}}\n\n`,
  ),
  'event: x_progress\ndata: {"type":"x_progress","n":1.0,"of":1E2}\n\n',
  ': a comment\n\n',
  blockStop,
  messageDelta.replace(
    '"usage"',
    '"context_management":{"applied_edits":[{"type":"clear_thinking_20251015","cleared_thinking_turns":0,"cleared_input_tokens":0}]},"usage"',
  ),
  messageStop,
].join('');
const counted = '{ "input_tokens": 21869, "context_management":{"original_input_tokens":21869} }';
const whole =
  '{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"A title"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2,"iterations":[]},"x_later":1.0}';
const chatStream = engineStream([chunk({ content: 'a' }), finish('stop'), usageChunk]);
const chatWhole =
  '{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4},"x_later":1.0}';

function isStream({ body }: AgentShape): boolean {
  return /"stream"\s*:\s*true/.test(body);
}

/** Has the upstream answer in pieces that end anywhere. */
function answerWith(upstream: ScriptedUpstream, type: string, text: string): void {
  upstream.script = (_request, response) => {
    response.writeHead(200, { 'content-type': type, 'request-id': 'req_upstream' });
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 97) response.write(bytes.subarray(at, at + 97));
    response.end();
  };
}

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let chatGateway: TestGateway;
let emulated: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream(() => {});
  gateway = await startTestGateway(upstreamYaml(upstream.url));
  chatGateway = await startTestGateway(
    `upstreams:\n  engine:\n    kind: chat-completions\n    base_url: ${upstream.url}/v1\n    auth: none\n`,
  );
  emulated = await startTestGateway('emulator:\n  profile: ga-2026-08\n');
});
afterAll(async () => {
  await Promise.all([gateway.stop(), chatGateway.stop(), emulated.stop()]);
  await upstream.stop();
});

/** Without the content type and credential of the gateway's plain call. */
function send(
  to: TestGateway,
  { target, headers, body }: AgentShape,
  credential: Readonly<Record<string, string>> = { 'x-api-key': to.key },
): ReturnType<typeof sendRaw> {
  return sendRaw(to.url + target, { headers: { ...headers, ...credential }, body });
}

const credentials: readonly (readonly [string, (key: string) => Record<string, string>])[] = [
  ['a key', (key) => ({ 'x-api-key': key })],
  ['a bearer token', (key) => ({ authorization: `Bearer ${key}` })],
];

describe.each(credentials)('with %s', (_name, credentialOf) => {
  test.each(messagesShapes)('$name: bytes there and bytes back', async (shape) => {
    const isCount = shape.target.includes('count_tokens');
    const reply = isStream(shape) ? agentStream : isCount ? counted : whole;
    answerWith(upstream, isStream(shape) ? 'text/event-stream' : 'application/json', reply);
    const answer = await send(gateway, shape, credentialOf(gateway.key));
    const seen = upstream.received.at(-1);
    expect([answer.status, digestOf(answer.body)]).toEqual([200, digestOf(reply)]);
    expect([answer.headers['request-id'], answer.headers['x-quatrain-edits']]).toEqual([
      'req_upstream',
      undefined,
    ]);
    expect(seen?.url).toBe(shape.target);
    expect(digestOf(seen?.body ?? '')).toBe(digestOf(shape.body));
    const wanted = passed.filter((name) => name in shape.headers);
    for (const name of wanted) expect(seen?.headers[name]).toBe(shape.headers[name]);
    const names = Object.keys(seen?.headers ?? {}).filter((name) => !own.has(name));
    expect(names.toSorted()).toEqual(wanted);
    expect(JSON.stringify(seen?.headers)).not.toContain(gateway.key);
  });
});

test('whatever member or beta comes next, the bytes stay', async () => {
  const value = fc.json({ maxDepth: 3 });
  const places = messagesShapes.filter((shape) => isStream(shape));
  answerWith(upstream, 'text/event-stream', agentStream);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      fc.stringMatching(/^x_[a-z]{1,12}$/),
      value,
      fc.stringMatching(/^[a-z0-9._~ -]{1,40}(?:, ?[a-z0-9.-]{1,20}){0,5}$/),
      async (shape, name, json, betas) => {
        // In front of everything, so that the order of keys is looked at as well.
        const body = shape.body.replace('{', () => `{"${name}":${json},`);
        const headers = { ...shape.headers, 'anthropic-beta': betas.trim() };
        const answer = await send(gateway, { ...shape, headers, body });
        expect(answer.status).toBe(200);
        expect(upstream.received.at(-1)?.body.toString()).toBe(body);
        expect(upstream.received.at(-1)?.headers['anthropic-beta']).toBe(betas.trim());
      },
    ),
    { numRuns: 60 },
  );
});

describe('Chat Completions', () => {
  test.each(chatShapes)('$name: bytes there and bytes back, to an engine', async (shape) => {
    const reply = isStream(shape) ? chatStream : chatWhole;
    answerWith(upstream, isStream(shape) ? 'text/event-stream' : 'application/json', reply);
    const answer = await send(chatGateway, shape, { authorization: `Bearer ${chatGateway.key}` });
    expect([answer.status, answer.body.toString()]).toEqual([200, reply]);
    const seen = upstream.received.at(-1);
    expect([seen?.url, seen?.body.toString()]).toEqual(['/v1/chat/completions', shape.body]);
  });
});

describe('the emulator takes', () => {
  const today = [...messagesShapes, ...chatShapes].filter(({ isOfToday }) => isOfToday);

  test.each(today)('$name', async (shape) => {
    const answer = await send(emulated, shape);
    expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
    const isEvents = answer.headers['content-type']?.startsWith('text/event-stream') === true;
    expect(isEvents).toBe(isStream(shape));
  });
});

describe('probes are answered at once, without a body and without an upstream', () => {
  test.each([
    ['HEAD', '/', 404],
    ['HEAD', '/v1', 404],
    ['HEAD', '/v1/messages', 405],
    ['GET', '/', 404],
    ['GET', '/api/hello', 404],
    ['POST', '/api/event_logging/batch', 404],
  ])('%s %s', async (method, path, status) => {
    const before = upstream.received.length;
    const answer = await sendRaw(gateway.url + path, { method });
    expect(answer.status).toBe(status);
    const said = answer.body.toString();
    expect(said).toMatch(method === 'HEAD' ? /^$/ : /^\{"type":"error",/);
    // The connection stays: a probe is there to have it open.
    expect(answer.headers.connection).not.toBe('close');
    expect(upstream.received).toHaveLength(before);
  });

  test('HEAD of the models needs a key and says how long the list is', async () => {
    const version = { 'anthropic-version': '2023-06-01' };
    const models = `${emulated.url}/v1/models`;
    const stranger = await sendRaw(models, { method: 'HEAD', headers: version });
    expect(stranger.status).toBe(401);
    const { headers } = emulated;
    const answer = await sendRaw(models, { method: 'HEAD', headers });
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(100);
  });
});
