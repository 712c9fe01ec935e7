import { readFileSync, statSync, writeFileSync } from 'node:fs';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import {
  cassetteOf,
  hello,
  model,
  post,
  recordedExchanges,
  recordings,
  weather,
} from '../support/record-trip.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Recording on one gateway, playing on another, over real sockets. */

const running: (TestGateway | ScriptedUpstream)[] = [];
afterEach(async () => {
  for (const started of running.splice(0)) await started.stop();
});

async function gatewayWith(
  ...given: Parameters<typeof startTestGateway>
): Promise<TestGateway & { readonly client: Anthropic }> {
  const gateway = await startTestGateway(...given);
  running.push(gateway);
  const client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
  return { ...gateway, client };
}

function replayYaml(cassette: string, more = ''): string {
  return `upstreams:\n  tape:\n    kind: replay\n    cassette: ${cassette}\n${more}`;
}

describe('recording', () => {
  test('an exchange is recorded as what it was, and nobody else may read it', async () => {
    const gateway = await gatewayWith(recordings);
    const message = await gateway.client.messages.create(hello);
    const streamed = await gateway.client.messages.stream(weather).finalMessage();
    const refused = await post(gateway, { ...hello, max_tokens: 0 });
    const path = cassetteOf(gateway, 'trip');
    const [whole, stream, wrong] = await recordedExchanges(path, 3);

    expect(whole).toMatchObject({
      operation: 'messages.create',
      model,
      upstream: 'emulator',
      request: { method: 'POST', path: '/v1/messages', body: hello },
      response: { status: 200, body: message, ended: { how: 'complete' } },
      usage: { input_tokens: message.usage.input_tokens },
    });
    expect(stream).toMatchObject({
      request: { body: { ...weather, stream: true } },
      response: { status: 200, ended: { how: 'complete' } },
      usage: { output_tokens: streamed.usage.output_tokens },
    });
    expect(refused.status).toBe(400);
    expect(wrong).toMatchObject({
      response: { refused: { code: 'invalid_request' }, ended: { how: 'complete' } },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('who is not recorded leaves no trace, and a reload switches recording on', async () => {
    const gateway = await gatewayWith();
    await gateway.client.messages.create(hello);
    const { config } = gateway.gateway;
    gateway.gateway.reload({ ...config, recordings: [{ key: 'development', cassette: 'late' }] });
    await gateway.client.messages.create(weather);
    const exchanges = await recordedExchanges(cassetteOf(gateway, 'late'), 1);
    expect(exchanges[0]?.request.body).toEqual(weather);
  });

  test('what is too large is dropped and counted, and the caller has its answer', async () => {
    const gateway = await gatewayWith(`${recordings}limits: { recording_bytes_max: 1024 }\n`);
    const long = { ...hello, messages: [{ role: 'user' as const, content: 'x'.repeat(2000) }] };
    const message = await gateway.client.messages.create(long);
    expect(message.content).not.toEqual([]);
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toContain('quatrain_recordings_dropped_total 1');
    expect(gateway.logLines.join('')).toContain('recording_dropped');
  });

  test('secrets never reach the disk, wherever they stand', async () => {
    const canary = (kind: string): string => `canary${kind}0123456789abcdef`;
    const planted = {
      apiKey: `sk-ant-api03-${canary('A')}`,
      own: `qtn_live_${canary('B')}`,
      bearer: canary('C'),
      named: canary('D'),
      url: canary('E'),
      mine: 'Kundennummer 4711-0815',
    };
    const gateway = await gatewayWith(
      `${recordings}redact: { patterns: ['Kundennummer [0-9-]+'] }\n`,
    );
    const body = {
      ...hello,
      system: `Use ${planted.apiKey}, or Authorization: Bearer ${planted.bearer}.`,
      metadata: { user_id: planted.own },
      messages: [
        { role: 'user', content: `${planted.apiKey} ${planted.mine} ${planted.own}` },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'toolu_1', name: 'login', input: { password: planted.named } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: `https://me:${planted.url}@db.example/ {"api_key": "${planted.named}"}`,
            },
            { type: 'text', text: `Say ${planted.apiKey} and ${planted.own} again.` },
          ],
        },
      ],
      tools: [{ name: 'login', input_schema: { type: 'object' } }],
    };
    const whole = await post(gateway, body);
    const stream = await post(gateway, { ...body, stream: true });
    expect([whole.status, stream.status]).toEqual([200, 200]);
    const path = cassetteOf(gateway, 'trip');
    await recordedExchanges(path, 2);
    const file = readFileSync(path, 'utf8');
    for (const secret of [...Object.values(planted), gateway.key]) {
      expect(file).not.toContain(secret);
    }
    expect(file).toContain('[redacted credential]');
  });
});

describe('replay', () => {
  test.each([
    ['recorded', 80],
    ['instant', 0],
  ])('%s: the same bytes, streamed or not', async (timing, leastMs) => {
    const recorder = await gatewayWith(
      `${recordings}emulator: { first_token_ms: 20, tokens_per_second: 400 }\n`,
    );
    const asked = [hello, weather].flatMap((body) => [body, { ...body, stream: true, top_k: 3 }]);
    const before = [];
    for (const body of asked) before.push(await post(recorder, body));
    const counted = await post(recorder, countOf(hello), '/v1/messages/count_tokens');
    const wrong = await post(recorder, { ...hello, max_tokens: -1 });
    const path = cassetteOf(recorder, 'trip');
    await recordedExchanges(path, 6);

    const player = await gatewayWith(replayYaml(path, `    timing: ${timing}\n`));
    const startedMs = performance.now();
    const after = [];
    for (const body of asked) after.push(await post(player, body));
    const tookMs = performance.now() - startedMs;
    expect(after).toEqual(before);
    expect(await post(player, countOf(hello), '/v1/messages/count_tokens')).toEqual(counted);
    const wrongAgain = await post(player, { ...hello, max_tokens: -1 });
    expect(wrongAgain.status).toBe(400);
    expect(withoutIds(wrongAgain.body)).toBe(withoutIds(wrong.body));
    expect(tookMs).toBeGreaterThan(leastMs);
  });

  test('a recorded stream answers a request without one, and the other way round', async () => {
    const recorder = await gatewayWith(recordings);
    const streamed = await recorder.client.messages.stream(weather).finalMessage();
    const whole = await recorder.client.messages.create(hello);
    const path = cassetteOf(recorder, 'trip');
    await recordedExchanges(path, 2);
    const player = await gatewayWith(replayYaml(path));
    expect(await player.client.messages.create(weather)).toMatchObject({
      content: streamed.content,
      stop_reason: 'tool_use',
      usage: streamed.usage,
    });
    const stream = await player.client.messages.stream(hello).finalMessage();
    expect(stream).toMatchObject({ content: whole.content, usage: whole.usage });
  });

  test('what differs without a difference in meaning is the same request', async () => {
    const recorder = await gatewayWith(recordings);
    const first = await recorder.client.messages.create(hello);
    const path = cassetteOf(recorder, 'trip');
    await recordedExchanges(path, 1);
    const player = await gatewayWith(replayYaml(path));
    const again = await player.client.messages.create({
      metadata: { user_id: 'someone-else' },
      messages: [
        {
          content: [{ text: 'Hello, Claude', type: 'text', cache_control: { type: 'ephemeral' } }],
          role: 'user',
        },
      ],
      max_tokens: 200,
      model,
    });
    expect(again).toEqual(first);
  });

  test('a miss says what comes nearest and where, or goes to another upstream', async () => {
    const recorder = await gatewayWith(recordings);
    await recorder.client.messages.create(hello);
    const path = cassetteOf(recorder, 'trip');
    await recordedExchanges(path, 1);
    const other = { ...hello, max_tokens: 100 };
    const strict = await gatewayWith(replayYaml(path));
    await expect(strict.client.messages.create(other)).rejects.toMatchObject({
      status: 404,
      type: 'not_found_error',
      message: expect.stringMatching(/line 2, which differs in max_tokens/) as string,
    });
    const lenient = await gatewayWith(replayYaml(path, '    on_miss: emulator\n'));
    expect(await lenient.client.messages.create(other)).toMatchObject({ role: 'assistant' });
  });

  test('a reload goes on where the play was, and reads a cassette that changed', async () => {
    const recorder = await gatewayWith(recordings);
    await recorder.client.messages.create(hello);
    const path = cassetteOf(recorder, 'trip');
    await recordedExchanges(path, 1);
    const [header = '', line = ''] = readFileSync(path, 'utf8').split('\n');
    const takes = ['one', 'two'].map((id) => line.replace(/"id":"msg_\w+"/, `"id":"${id}"`));
    writeFileSync(path, `${[header, ...takes].join('\n')}\n`);
    const player = await gatewayWith(replayYaml(path));
    const idOfNext = async (): Promise<string> => (await player.client.messages.create(hello)).id;
    expect(await idOfNext()).toBe('one');
    player.gateway.reload(player.gateway.config);
    expect(await idOfNext()).toBe('two');
    writeFileSync(path, `${header}\n${takes[0]?.replace('"one"', '"changed"') ?? ''}\n`);
    player.gateway.reload(player.gateway.config);
    expect(await idOfNext()).toBe('changed');
  });

  test('a stream that was cut is cut again, and a status is that status', async () => {
    const start = `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 3, output_tokens: 1 } } })}\n\n`;
    const block = `event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n`;
    const upstream = await startScriptedUpstream((request, response) => {
      if (!request.body.includes('"stream":true')) {
        response.writeHead(529, { 'content-type': 'application/json' });
        response.end('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(start + block, () => {
        response.destroy();
      });
    });
    running.push(upstream);
    const recorder = await gatewayWith(upstreamYaml(upstream.url, recordings));
    const cut = await post(recorder, { ...hello, stream: true });
    const status = await post(recorder, { ...hello, max_tokens: 7 });
    const path = cassetteOf(recorder, 'trip');
    const [broken] = await recordedExchanges(path, 2);
    expect(broken?.response.ended.how).toMatch(/^(?:cut|reset)$/);
    const player = await gatewayWith(replayYaml(path));
    const played = await post(player, { ...hello, stream: true });
    expect(withoutIds(played.body)).toBe(withoutIds(cut.body));
    expect(played.body).toContain('event: error');
    expect(await post(player, { ...hello, max_tokens: 7 })).toEqual(status);
    expect(status.status).toBe(529);
  });

  test('a break that a scenario ordered is the same break', async () => {
    const scenarios = 'scenarios: [{ name: cut, faults: [{ kind: cut, at_event: 4 }] }]\n';
    const recorder = await gatewayWith(
      `${recordings}emulator: { scenarios_file: cut.yaml }\n`,
      {},
      { 'cut.yaml': scenarios },
    );
    const cut = await post(recorder, { ...hello, stream: true });
    expect(cut.isCut).toBe(true);
    const path = cassetteOf(recorder, 'trip');
    await recordedExchanges(path, 1);
    const player = await gatewayWith(replayYaml(path));
    expect(await post(player, { ...hello, stream: true })).toEqual(cut);
  });

  test('a broken cassette stops the start and names the line', async () => {
    const recorder = await gatewayWith(recordings);
    await recorder.client.messages.create(hello);
    const path = cassetteOf(recorder, 'trip');
    await recordedExchanges(path, 1);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"status":200', '"status":"fine"'));
    await expect(startTestGateway(replayYaml(path))).rejects.toThrow(
      /upstreams\.tape\.cassette: .*trip\.jsonl:2: response\.status: should be a status/,
    );
  });
});

function countOf({ model: name, messages }: typeof hello): object {
  return { model: name, messages };
}

/** The gateway's own error event names its own request. */
function withoutIds(text: string): string {
  return text.replaceAll(/req_\w+/g, 'req');
}
