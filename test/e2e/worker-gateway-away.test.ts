import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { freePort } from '../support/cli.ts';
import { opening } from '../support/event-stream.ts';
import { selfSigned } from '../support/self-signed.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import type { MiniflareVersion, WorkerSettings } from '../support/workerd.ts';
import { runPiece, startWorker, workerOf } from '../support/workerd.ts';

/** What a Worker sees of a gateway that is not there, is left, or is reached over TLS. */

const versions: readonly MiniflareVersion[] = [4, 5];

type Cleanup = () => unknown;
const cleanups: Cleanup[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

type Settings = Pick<WorkerSettings, 'miniflare' | 'baseURL' | 'apiKey' | 'readLog'>;

async function startPieces(
  settings: Settings,
  pieces: Readonly<Record<string, string>>,
): Promise<(name: string) => ReturnType<typeof runPiece>> {
  const worker = await startWorker({ ...settings, way: 'plugin', script: workerOf(pieces) });
  cleanups.push(() => worker.dispose());
  return (name) => runPiece(worker, name);
}

describe.each(versions)('Miniflare %i', (miniflare) => {
  test('a gateway that is not there is an error that names its address', async () => {
    const baseURL = `http://127.0.0.1:${String(await freePort())}`;
    const run = await startPieces(
      { miniflare, baseURL, apiKey: 'any' },
      {
        run: `await env.AI.run('anthropic/claude-sonnet-4.6', { messages: [], max_tokens: 1 })`,
        getUrl: `await env.AI.gateway('default').getUrl()`,
      },
    );
    const said = `No gateway answers at ${baseURL}`;
    expect(await run('run')).toEqual({
      kind: 'error',
      name: 'AiGatewayError',
      message: expect.stringContaining(`2005: ${said}`) as unknown,
    });
    expect(await run('getUrl')).toMatchObject({
      kind: 'error',
      message: expect.stringContaining(said) as unknown,
    });
  });

  test('W-B26 a Worker that leaves takes its request with it', async () => {
    let left: Cleanup = () => {};
    const isLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const upstream = await startScriptedUpstream((_request, response) => {
      response.on('close', () => left());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening);
    });
    cleanups.push(() => upstream.stop());
    const gateway = await startTestGateway(upstreamYaml(upstream.url));
    cleanups.push(() => gateway.stop());
    const run = await startPieces(
      { miniflare, baseURL: gateway.url, apiKey: gateway.key },
      {
        leave: `const leaving = new AbortController();
          const events = await env.AI.run('anthropic/claude-sonnet-4.6',
            { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 9, stream: true },
            { signal: leaving.signal });
          const reader = events.getReader();
          console.log(new TextDecoder().decode((await reader.read()).value).split('\\n')[0]);
          leaving.abort();
          await reader.read();`,
        'already left': `await env.AI.run('anthropic/claude-sonnet-4.6', { messages: [], max_tokens: 9 },
          { signal: AbortSignal.abort() })`,
      },
    );
    expect(await run('leave')).toMatchObject({ kind: 'error', name: 'AbortError' });
    await isLeft;
    expect(await run('already left')).toMatchObject({ kind: 'error', name: 'AbortError' });
    expect(upstream.received.length).toBe(1);
  });

  test('a gateway behind a certificate of its own authority is trusted where Node trusts it', async () => {
    const { key, cert } = selfSigned();
    const server = createSecureServer({ key, cert }, (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ authorization: request.headers.authorization }));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.push(() => server.close());
    const baseURL = `https://localhost:${String((server.address() as AddressInfo).port)}`;
    const pieces = { run: `console.log(await env.AI.run('m', {}))` };
    const log: string[] = [];
    const readLog = (message: string): void => void log.push(message);
    const strange = await startPieces({ miniflare, baseURL, apiKey: 'a-key', readLog }, pieces);
    expect(await strange('run')).toMatchObject({ kind: 'error', name: 'AiGatewayError' });
    expect(log.join('\n')).toMatch(/certificate/);

    const folder = mkdtempSync(join(tmpdir(), 'quatrain-worker-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'authority.pem'), cert);
    vi.stubEnv('NODE_EXTRA_CA_CERTS', join(folder, 'authority.pem'));
    const trusted = await startPieces({ miniflare, baseURL, apiKey: 'a-key' }, pieces);
    expect(await trusted('run')).toEqual({
      kind: 'value',
      value: { authorization: 'Bearer a-key' },
    });
  });

  test('options that cannot be right stop the start, in a sentence', async () => {
    const settings = { miniflare, baseURL: 'http://127.0.0.1:4114/v1', apiKey: 'any' };
    await expect(startPieces(settings, {})).rejects.toThrow(/the binding AI: "baseURL" .* no path/);
  });
});
