import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messagesShapes } from '../support/agent-shapes.ts';
import { opening, wholeStream } from '../support/event-stream.ts';
import { becomesSo } from '../support/own-time.ts';
import { RawConnection, requestText } from '../support/raw-connection.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** How coding agents use their connection: probes that open it, requests behind them, turns that are broken off. */

const [step] = messagesShapes;
if (step === undefined) throw new Error('there is no shape to send');
const LEFT_MS_MAX = 1000;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream(() => {});
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

function stepText(more: Readonly<Record<string, string>> = {}): string {
  const headers = { ...step?.headers, 'x-api-key': gateway.key, ...more };
  return requestText({ path: step?.target ?? '', headers, body: step?.body ?? '' });
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 10_000, interval: 5 }).toBe(true);
}

describe('one connection', () => {
  test.each(['/', '/v1/messages'])(
    'is opened by HEAD %s, then carries requests, one after the other',
    async (path) => {
      upstream.script = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(wholeStream);
      };
      const connection = new RawConnection(gateway.url);
      connection.send(requestText({ method: 'HEAD', path, headers: {} }));
      await until(() => connection.text.includes('\r\n\r\n'));
      // What says how long a body would be does not announce one.
      expect(connection.text).toMatch(/^HTTP\/1\.1 40[45] .*\r\n\r\n$/s);
      connection.send(stepText());
      await until(() => connection.text.split('event: message_stop').length === 2);
      connection.send(stepText({ connection: 'close' }));
      const all = await connection.untilClosed();
      expect(all.match(/HTTP\/1\.1 \d+/g)).toEqual([
        path === '/' ? 'HTTP/1.1 404' : 'HTTP/1.1 405',
        'HTTP/1.1 200',
        'HTTP/1.1 200',
      ]);
      expect(all.split('event: message_stop')).toHaveLength(3);
    },
  );

  test('a turn that is broken off in the middle ends at the upstream within a second, and the next one is whole', async () => {
    let hasLeft = false;
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening);
      response.on('close', () => {
        hasLeft = true;
      });
    };
    const broken = new RawConnection(gateway.url).send(stepText());
    await until(() => broken.text.includes('Hello, '));
    broken.close();
    expect(await becomesSo(() => hasLeft, LEFT_MS_MAX)).toBe(true);
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(wholeStream);
    };
    const next = new RawConnection(gateway.url).send(stepText({ connection: 'close' }));
    expect(await next.untilClosed()).toContain('event: message_stop');
  });
});
