import type { ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blockStart, closing, messageStart, opening, textDelta } from '../support/event-stream.ts';
import { becomesSo } from '../support/own-time.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import { RawConnection, requestText } from '../support/raw-connection.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** A client that goes, in each phase of its request, over real sockets: reliability §2.2, and S7 of §4.3. */

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

interface Pair {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
  /** How many answers of the upstream had their connection closed before their end. */
  readonly left: () => number;
}

async function pair(script: Script, more = '', yaml = ''): Promise<Pair> {
  let left = 0;
  const upstream = await startScriptedUpstream((request, response, raw) => {
    response.on('close', () => {
      if (!response.writableFinished) left += 1;
    });
    script(request, response, raw);
  });
  const gateway = await startTestGateway(upstreamYaml(upstream.url, more) + yaml);
  cleanUp.push(
    () => gateway.stop(),
    () => upstream.stop(),
  );
  return { gateway, upstream, left: () => left };
}

function ask({ gateway }: Pair, path: string, body: object): RawConnection {
  const connection = new RawConnection(gateway.url);
  cleanUp.push(() => {
    connection.close();
  });
  const model = 'claude-sonnet-4-6';
  const asked = { model, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...body };
  const headers =
    path === '/v1/messages'
      ? gateway.headers
      : { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' };
  return connection.send(requestText({ path, headers, body: JSON.stringify(asked) }));
}

const stream = { 'content-type': 'text/event-stream' };
const begin =
  (text: string): Script =>
  (_request, response) => {
    response.writeHead(200, stream).write(text);
  };

const forms: readonly (readonly [string, string])[] = [
  ['Messages', '/v1/messages'],
  ['Chat Completions', '/v1/chat/completions'],
  ['Workers AI', '/client/v4/accounts/main/ai/run/anthropic/claude-sonnet-4.6'],
];

const phases: readonly (readonly [string, Script, boolean, RegExp])[] = [
  ['P1, no head yet', () => {}, true, /^/],
  ['P1, one piece asked', () => {}, false, /^/],
  ['P2, a head and no event', begin(': hi\n\n'), true, /^/],
  ['P3, a start and no content', begin(messageStart), true, /^/],
  ['P3, a start, and one piece asked', begin(opening), false, /^/],
  ['P4, content', begin(opening), true, /Hello/],
];

describe.each(forms)('%s', (_form, path) => {
  test.each(phases)('gone in %s: the upstream is left within a second', async (...row) => {
    const [, script, isStream, heard] = row;
    const all = await pair(script);
    const connection = ask(all, path, { stream: isStream });
    await expect.poll(() => all.upstream.received.length, { timeout: 5000 }).toBe(1);
    await expect.poll(() => connection.text).toMatch(heard);
    connection.close();
    expect(await becomesSo(() => all.left() === 1, 1000)).toBe(true);
    await expect.poll(() => readRequestLog(all.gateway.dataDir).length).toBe(1);
    expect(readRequestLog(all.gateway.dataDir)[0]).toMatchObject({ error_code: 'client_gone' });
  });
});

describe('where answers are read on', () => {
  const drain = '    on_client_gone: drain\n';
  const open: ServerResponse[] = [];
  beforeEach(() => {
    open.length = 0;
  });
  const script: Script = (_request, response) => {
    open.push(response);
    response.writeHead(200, stream).write(opening);
  };

  test('the upstream ends its answer, and its own usage is settled', async () => {
    const all = await pair(script, drain);
    const connection = ask(all, '/v1/messages', { stream: true });
    await expect.poll(() => connection.text).toMatch(/Hello/);
    connection.close();
    await expect.poll(() => all.gateway.gateway.parts.requests.count).toBe(0);
    expect(all.left()).toBe(0);
    for (const response of open) response.end(textDelta('more') + closing);
    await expect.poll(() => readRequestLog(all.gateway.dataDir).length).toBe(1);
    expect(readRequestLog(all.gateway.dataDir)[0]).toMatchObject({
      error_code: 'client_gone',
      output_tokens: 42,
      usage_is_final: 1,
    });
  });

  test('no more than sixteen at once: the next one is cancelled', async () => {
    const all = await pair(script, drain);
    const connections = Array.from({ length: 17 }, () =>
      ask(all, '/v1/messages', { stream: true }),
    );
    for (const connection of connections) {
      await expect.poll(() => connection.text, { timeout: 5000 }).toMatch(/Hello/);
    }
    for (const connection of connections) connection.close();
    await expect.poll(() => all.left(), { timeout: 10_000 }).toBe(1);
    await expect.poll(() => all.gateway.gateway.parts.requests.count).toBe(0);
    for (const response of open) response.end(closing);
    const logged = (): readonly (number | null)[] =>
      readRequestLog(all.gateway.dataDir).map(({ usage_is_final }) => usage_is_final);
    await expect.poll(() => logged().length, { timeout: 10_000 }).toBe(17);
    expect(logged().filter((isFinal) => isFinal === 1)).toHaveLength(16);
  });

  test('before its head it is cancelled all the same', async () => {
    const all = await pair(() => {}, drain);
    const connection = ask(all, '/v1/messages', { stream: true });
    await expect.poll(() => all.upstream.received.length).toBe(1);
    connection.close();
    expect(await becomesSo(() => all.left() === 1, 1000)).toBe(true);
  });
});

test('gone in the pause before another attempt: there is none', async () => {
  const all = await pair(
    (_request, response) => {
      response.writeHead(529, { 'retry-after': '2' }).end('{}');
    },
    '',
    'plan: prepaid\n',
  );
  const connection = ask(all, '/v1/messages', { stream: true });
  await expect.poll(() => all.upstream.received.length, { timeout: 5000 }).toBe(1);
  await expect.poll(() => all.gateway.logLines.join('')).toContain('attempt_repeated');
  connection.close();
  // What is settled asks nobody any more.
  expect(await becomesSo(() => readRequestLog(all.gateway.dataDir).length === 1, 1500)).toBe(true);
  expect(readRequestLog(all.gateway.dataDir)[0]).toMatchObject({ error_code: 'client_gone' });
  expect(all.upstream.received).toHaveLength(1);
});

const READERS = 10;
const CAP_BYTES = 512 * 1024;

test('S6 readers that take nothing cost no more than 512 KiB each', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  // One piece of memory for all that the upstream says, so that what grows is the gateway's.
  const filler = Buffer.from(textDelta('x'.repeat(60_000)));
  let written = 0;
  const all = await pair((_request, response) => {
    response.writeHead(200, stream).write(messageStart + blockStart);
    const fill = (): void => {
      do written += filler.length;
      while (response.write(filler));
    };
    response.on('drain', fill);
    fill();
  });
  const heldBytes = (): number => {
    collectGarbage();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = heldBytes();
  for (let at = 0; at < READERS; at += 1) {
    ask(all, '/v1/messages', { stream: true }).socket.pause();
  }
  let last = -1;
  const isStill = (): boolean => {
    const isSame = written === last && all.upstream.received.length === READERS;
    last = written;
    return isSame;
  };
  await expect.poll(isStill, { interval: 500, timeout: 10_000 }).toBe(true);
  expect(written / READERS).toBeGreaterThan(CAP_BYTES);
  // What is collected is given back by another thread, a moment later.
  const costBytes = (): number => (heldBytes() - before) / READERS;
  await expect.poll(costBytes, { interval: 200, timeout: 10_000 }).toBeLessThan(CAP_BYTES);
});
