import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { closing, opening, textDelta } from '../support/event-stream.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import type { BindingWay, LocalWorker, MiniflareVersion } from '../support/workerd.ts';
import { startWorker } from '../support/workerd.ts';

/** A stream goes through a Worker as it comes: nothing on the way waits for its end, on either side. */

const ways: readonly (readonly [MiniflareVersion, BindingWay])[] = [
  [4, 'plugin'],
  [4, 'remote proxy'],
  [5, 'plugin'],
  [5, 'remote proxy'],
];

/** A Worker that hands the stream on, or leaves it after its first bytes. */
const script = `export default {
  async fetch(request, env) {
    const events = await env.AI.run('anthropic/claude-sonnet-4.6',
      { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 64, stream: true });
    if (!request.url.endsWith('/leave'))
      return new Response(events, { headers: { 'content-type': 'text/event-stream' } });
    const reader = events.getReader();
    await reader.read();
    await reader.cancel();
    return new Response('left');
  },
};`;

interface OpenStream {
  readonly answer: ServerResponse;
  readonly closed: Promise<void>;
}

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let open: OpenStream[] = [];
beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, answer) => {
    const closed = new Promise<void>((resolve) => {
      answer.on('close', () => {
        resolve();
      });
    });
    open.push({ answer, closed });
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write(opening);
  });
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterEach(() => {
  open = [];
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

describe.each(ways)('in workerd, Miniflare %i, by the %s', (miniflare, way) => {
  let worker: LocalWorker;
  beforeAll(async () => {
    const { url: baseURL, key: apiKey } = gateway;
    worker = await startWorker({ miniflare, way, baseURL, apiKey, script });
  });
  afterAll(() => worker.dispose());

  test('each event is there before the next one is written', async () => {
    const { body } = await worker.dispatchFetch('http://worker.test/');
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let [written, read] = [opening, ''];
    const readWritten = async (): Promise<void> => {
      while (read.length < written.length) {
        const { value, done } = await reader.read();
        if (done) break;
        read += decoder.decode(value, { stream: true });
      }
      expect(read).toBe(written);
    };
    await readWritten();
    for (const part of [textDelta('a'), textDelta('bc'), textDelta('wörld'), closing]) {
      open[0]?.answer.write(part);
      written += part;
      await readWritten();
    }
    open[0]?.answer.end();
    expect((await reader.read()).done).toBe(true);
  });

  test('who leaves the Worker takes the request with it, up to the upstream', async () => {
    const { body } = await worker.dispatchFetch('http://worker.test/');
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.cancel();
    expect(open).toHaveLength(1);
    // A Worker hears of it when it has something to pass on.
    open[0]?.answer.write(textDelta('to nobody'));
    await open[0]?.closed;
  });

  test('so does a Worker that reads no further', async () => {
    const left = await worker.dispatchFetch('http://worker.test/leave');
    expect(await left.text()).toBe('left');
    expect(open).toHaveLength(1);
    await open[0]?.closed;
  });
});
