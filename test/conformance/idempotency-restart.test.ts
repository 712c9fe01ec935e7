import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { StartedGateway } from '../../src/main.ts';
import { startGateway } from '../../src/main.ts';
import { Secret } from '../../src/std/secret.ts';
import { openStore } from '../../src/store/open-store.ts';
import { closing, opening, textDelta } from '../support/event-stream.ts';
import { makeDataDir } from '../support/make-data-dir.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import { answersWith, asked, streams } from '../support/start-billed-gateway.ts';

/** Wallet reference §8 from one process to the next. */

const KEY = 'test-development-key';
const headers = {
  'x-api-key': KEY,
  'anthropic-version': '2023-06-01',
  'content-type': 'application/json',
  'idempotency-key': 'order-7',
};
const stream = { ...asked, stream: true };
const secretWord = 'zanzibarian';
const wholeText = opening + textDelta(secretWord) + closing;

let dataDir: string;
let upstream: ScriptedUpstream;
let started: StartedGateway | undefined;
beforeEach(async () => {
  dataDir = makeDataDir();
  upstream = await startScriptedUpstream(streams(wholeText));
});
afterEach(async () => {
  await started?.gateway.stop();
  await upstream.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<StartedGateway> {
  const parsed = parseConfig({
    file: { name: 'test.yaml', text: upstreamYaml(upstream.url) },
    env: {},
    flags: { 'listen.port': 0, 'admin.port': 0, data_dir: dataDir },
  });
  if (parsed.kind === 'issues') throw new Error('the configuration is not valid');
  started = await startGateway({
    config: parsed.config,
    secrets: { env: {}, readFile: () => undefined },
    developmentKey: new Secret(KEY),
    writeLog: () => {},
    onFatal: (reason) => {
      throw new Error(reason);
    },
  });
  return started;
}

function post({ url }: StartedGateway, body: object = stream): Promise<RawAnswer> {
  return sendRaw(`${url}/v1/messages`, { headers, body: JSON.stringify(body) });
}

/** Asks and leaves; the upstream has the request by then. */
async function askAndLeave({ url }: StartedGateway, body: object): Promise<void> {
  const before = upstream.received.length;
  const outgoing = request(`${url}/v1/messages`, { method: 'POST', headers });
  outgoing.on('error', () => {});
  outgoing.on('response', (response) => response.on('error', () => {}));
  outgoing.end(JSON.stringify(body));
  await expect.poll(() => upstream.received.length).toBe(before + 1);
  outgoing.destroy();
}

/** An upstream that answers when the test lets it. */
function held(script: Script): { readonly script: Script; let(): void } {
  let answer = (): void => {};
  return {
    script: (...asking) => {
      answer = () => {
        script(...asking);
      };
    },
    let: () => {
      answer();
    },
  };
}

describe('an answer that is kept', () => {
  test('outlives the process that kept it', async () => {
    const first = await post(await start());
    await started?.gateway.stop();
    const again = await post(await start());
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(again.body.equals(first.body)).toBe(true);
    expect(upstream.received).toHaveLength(1);
  });

  test('is not to be read in the files of the store', async () => {
    await post(await start());
    const files = readdirSync(dataDir)
      .filter((name) => name.startsWith('quatrain.db'))
      .map((name) => readFileSync(join(dataDir, name)));
    expect(files.some((bytes) => bytes.includes('order-7'))).toBe(true);
    expect(files.some((bytes) => bytes.includes(secretWord))).toBe(false);
  });
});

describe('a key that was claimed', () => {
  test('by a process that died is free again at the next start', async () => {
    const gateway = await start();
    const first = await post(gateway);
    expect(first.status).toBe(200);
    await gateway.gateway.stop();
    const store = await openStore(dataDir, () => {});
    const claim = {
      account: 'development',
      scope: 'POST messages /v1/messages',
      key: 'order-8',
      fingerprint: 'any',
      requestId: 'req_dead',
      owner: 'dead',
      atMs: Date.now(),
      expiresAtMs: Date.now() + 86_400_000,
    };
    expect((await store.idempotency.claim(claim)).kind).toBe('claimed');
    await store.close();
    const again = await sendRaw(`${(await start()).url}/v1/messages`, {
      headers: { ...headers, 'idempotency-key': 'order-8' },
      body: JSON.stringify(stream),
    });
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, undefined]);
  });

  test('by a request that a stop cut is free again', async () => {
    upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening);
    };
    const gateway = await start();
    await askAndLeave(gateway, stream);
    await gateway.gateway.stop();
    upstream.script = streams(wholeText);
    const again = await post(await start());
    expect([again.headers['idempotent-replayed'], again.body.toString()]).toEqual([
      undefined,
      wholeText,
    ]);
  });
});

describe('a drain', () => {
  test('waits for an answer whose caller has gone', async () => {
    const late = held(answersWith({ input_tokens: 87, output_tokens: 24 }));
    upstream.script = late.script;
    const gateway = await start();
    const { runs } = gateway.gateway.parts.walk.idempotency ?? {};
    await askAndLeave(gateway, asked);
    await expect.poll(() => runs?.unheard).toBe(1);
    const drained = gateway.gateway.drain();
    await expect.poll(() => gateway.gateway.parts.api.listening).toBe(false);
    late.let();
    await drained;
    const again = await post(await start(), asked);
    expect([again.status, again.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(upstream.received).toHaveLength(1);
  });
});
