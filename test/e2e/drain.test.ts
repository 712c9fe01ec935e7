import { afterEach, describe, expect, test } from 'vitest';
import { opening, closing, textDelta } from '../support/event-stream.ts';
import { RawConnection, requestText } from '../support/raw-connection.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The way down of a gateway with requests in flight; reliability §1.2 and the row SIGTERM of §2.2. */

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

interface Draining {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
  readonly connection: RawConnection;
}

const stream = { 'content-type': 'text/event-stream' };
const DRAIN = 'drain: { streams_ms: 300 }\n';

/** A request in flight, as far as `heard` says. */
async function inFlight(script: Script, path: string, heard: RegExp): Promise<Draining> {
  const upstream = await startScriptedUpstream(script);
  const gateway = await startTestGateway(upstreamYaml(upstream.url) + DRAIN);
  cleanUp.push(
    () => gateway.stop(),
    () => upstream.stop(),
  );
  const connection = new RawConnection(gateway.url);
  cleanUp.push(() => {
    connection.close();
  });
  const headers =
    path === '/v1/messages'
      ? gateway.headers
      : { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({
    model: 'claude-sonnet-4-6',
    max_tokens: 9,
    stream: true,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  connection.send(requestText({ path, headers, body }));
  await expect.poll(() => upstream.received.length, { timeout: 5000 }).toBe(1);
  await expect.poll(() => connection.text).toMatch(heard);
  return { gateway, upstream, connection };
}

const forms: readonly (readonly [string, string, RegExp, RegExp])[] = [
  ['Messages', '/v1/messages', /event: error\ndata: \{"type":"error".*shutting down/, /503 /],
  ['Chat Completions', '/v1/chat/completions', /data: \{"error".*shutting down/, /503 /],
  [
    'Workers AI',
    '/client/v4/accounts/main/ai/run/anthropic/claude-sonnet-4.6',
    /event: error\ndata: \{.*shutting down/,
    /503 /,
  ],
];

describe.each(forms)('%s', (_form, path, errorEvent, refused) => {
  test('a stream that is left ends with one error event, and its upstream is let go', async () => {
    let isLeft = false;
    const { gateway, connection } = await inFlight(
      (_request, response) => {
        response.on('close', () => {
          isLeft = !response.writableFinished;
        });
        response.writeHead(200, stream).write(opening);
      },
      path,
      /Hello/,
    );
    const drained = gateway.gateway.drain();
    expect(gateway.gateway.isReady).toBe(false);
    const text = await connection.untilClosed();
    await drained;
    expect(text).toMatch(errorEvent);
    expect(text).not.toMatch(/message_stop|\[DONE\]/);
    await expect.poll(() => isLeft).toBe(true);
    expect(readRequestLog(gateway.dataDir)[0]).toMatchObject({ error_code: 'unavailable' });
  });

  test('what has not begun to be answered gets a no in its form', async () => {
    const { gateway, connection } = await inFlight(() => {}, path, /^/);
    const drained = gateway.gateway.drain();
    const text = await connection.untilClosed();
    await drained;
    expect(text).toMatch(refused);
    expect(text).toMatch(/connection: close/i);
    expect(text).toContain('shutting down');
    expect(readRequestLog(gateway.dataDir)).toHaveLength(1);
  });
});

test('a stream that finishes in time is whole', async () => {
  let finish = (): void => {};
  const { gateway, connection } = await inFlight(
    (_request, response) => {
      response.writeHead(200, stream).write(opening);
      finish = () => response.end(textDelta('more') + closing);
    },
    '/v1/messages',
    /Hello/,
  );
  const drained = gateway.gateway.drain();
  finish();
  await expect.poll(() => connection.text).toContain('message_stop');
  await drained;
  expect(connection.text).not.toContain('event: error');
  expect(readRequestLog(gateway.dataDir)[0]).toMatchObject({ error_code: null, output_tokens: 42 });
});
