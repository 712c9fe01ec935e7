import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { RunningCommand } from '../support/cli.ts';
import { startServe, temporaryDirectory } from '../support/cli.ts';
import { becomesSo } from '../support/own-time.ts';
import { RawConnection, requestText } from '../support/raw-connection.ts';

/** A gateway's life between its start and its end: reloads, and the way down. */

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0).toReversed()) await stop();
});

interface Served extends RunningCommand {
  readonly url: string;
  readonly file: string;
  readonly write: (yaml: string) => void;
}

async function serve(yaml: string): Promise<Served> {
  const { path: directory, remove } = temporaryDirectory();
  cleanUp.push(remove);
  const file = join(directory, 'quatrain.yaml');
  const write = (text: string): void => {
    writeFileSync(file, text);
  };
  write(yaml);
  const started = await startServe(directory, [
    '--port',
    '0',
    '--admin-port',
    '0',
    '--dev-key',
    'key',
  ]);
  cleanUp.push(() => started.kill());
  return Object.assign(started, { file, write });
}

const headers = {
  'x-api-key': 'key',
  'anthropic-version': '2023-06-01',
  'content-type': 'application/json',
};
const body = JSON.stringify({
  model: 'claude-sonnet-4-6',
  max_tokens: 60,
  stream: true,
  messages: [{ role: 'user', content: 'Write something long' }],
});

async function statusOf({ url }: { readonly url: string }): Promise<number> {
  const response = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

async function expectEndWithin({ ended }: Served, withinMs: number): Promise<void> {
  let hasEnded = false;
  const ending = ended.then(() => {
    hasEnded = true;
  });
  expect(await becomesSo(() => hasEnded, withinMs)).toBe(true);
  await ending;
}

/** A stream that runs. */
async function startStream(gateway: Served): Promise<RawConnection> {
  const connection = new RawConnection(gateway.url);
  cleanUp.push(() => {
    connection.close();
  });
  connection.send(requestText({ headers, body }));
  await expect.poll(() => connection.text, { timeout: 5000 }).toContain('content_block_delta');
  return connection;
}

describe('SIGTERM', () => {
  test('not ready at once, then the stream in flight finishes, then exit code 0', async () => {
    const gateway = await serve(
      'emulator: { tokens_per_second: 30 }\ndrain: { notice_ms: 3000 }\n',
    );
    const kept = new RawConnection(gateway.url);
    const readyz = requestText({ method: 'GET', path: '/readyz', headers: {} });
    kept.send(readyz);
    await expect.poll(() => kept.text).toContain('ready\n');
    const stream = await startStream(gateway);
    gateway.signal('SIGTERM');
    await expect.poll(() => gateway.events.map(({ event }) => event)).toContain('stopping');
    const before = kept.text.length;
    kept.send(readyz);
    await expect.poll(() => kept.text.slice(before)).toMatch(/^HTTP\/1\.1 503 /);
    // Until the notice is over, new requests are still served.
    expect(await statusOf(gateway)).toBe(200);
    const { code } = await gateway.ended;
    expect(code).toBe(0);
    expect(stream.text).toContain('event: message_stop');
    expect(stream.text).not.toContain('event: error');
    kept.close();
  });

  test('streams that take too long end with an error event, and the exit code is 0', async () => {
    const gateway = await serve('emulator: { tokens_per_second: 2 }\ndrain: { streams_ms: 300 }\n');
    const stream = await startStream(gateway);
    gateway.signal('SIGTERM');
    const { code } = await gateway.ended;
    expect(code).toBe(0);
    expect(stream.text).toMatch(/event: error\ndata: \{"type":"error".*shutting down/);
    expect(stream.text).not.toContain('message_stop');
  });

  test('twice ends at once', async () => {
    const gateway = await serve('emulator: { tokens_per_second: 1 }\n');
    await startStream(gateway);
    gateway.signal('SIGTERM');
    await expect.poll(() => gateway.events.map(({ event }) => event)).toContain('stopping');
    gateway.signal('SIGTERM');
    await expectEndWithin(gateway, 3000);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s with nothing to do is quick', async (signal) => {
    const gateway = await serve('');
    gateway.signal(signal);
    await expectEndWithin(gateway, 3000);
    expect((await gateway.ended).code).toBe(0);
  });
});

describe('a changed file', () => {
  const faults = 'emulator: { faults: [{ error: overloaded_error, times: 1000 }] }\n';
  const events = (gateway: Served, name: string): number =>
    gateway.events.filter(({ event }) => event === name).length;

  /** Waits until the file is watched: a change before the first look would not be seen as one. */
  async function watched(gateway: Served, yaml: string): Promise<void> {
    let writes = 0;
    const rewrite = (): number => {
      writes += 1;
      gateway.write(`${yaml}# ${String(writes)}\n`);
      return events(gateway, 'config_reloaded');
    };
    await expect.poll(rewrite, { interval: 300, timeout: 10_000 }).toBeGreaterThan(0);
  }

  test('is taken over without a restart; a stream that runs goes on', async () => {
    const gateway = await serve('emulator: { tokens_per_second: 40 }\n');
    await watched(gateway, 'emulator: { tokens_per_second: 40 }\n');
    const stream = await startStream(gateway);
    gateway.write(faults);
    await expect.poll(() => statusOf(gateway), { timeout: 5000 }).toBe(529);
    await expect.poll(() => stream.text, { timeout: 10_000 }).toContain('message_stop');
    expect(stream.text).not.toContain('event: error');
  });

  test('that is broken changes nothing and is reported with its line', async () => {
    const gateway = await serve(faults);
    await watched(gateway, faults);
    gateway.write('emulator: { faults: [] }\ncolour: red\n');
    await expect
      .poll(() => events(gateway, 'config_rejected'), { timeout: 5000 })
      .toBeGreaterThan(0);
    const rejected = gateway.events.find(({ event }) => event === 'config_rejected');
    expect(rejected?.['reason']).toContain('quatrain.yaml:2: colour: no such option');
    expect(await statusOf(gateway)).toBe(529);
    gateway.write('emulator: { faults: [] }\n');
    await expect.poll(() => statusOf(gateway), { timeout: 5000 }).toBe(200);
  });

  test('that vanishes changes nothing', async () => {
    const gateway = await serve(faults);
    await watched(gateway, faults);
    rmSync(gateway.file);
    await expect
      .poll(() => events(gateway, 'config_rejected'), { timeout: 5000 })
      .toBeGreaterThan(0);
    expect(await statusOf(gateway)).toBe(529);
  });

  test('is read at SIGHUP, and what needs a restart is named', async () => {
    const gateway = await serve('');
    gateway.write(`${faults}request_log: { retention_days: 5 }\n`);
    gateway.signal('SIGHUP');
    await expect.poll(() => events(gateway, 'config_reloaded')).toBeGreaterThan(0);
    expect(await statusOf(gateway)).toBe(529);
    expect(gateway.events).toContainEqual(
      expect.objectContaining({ event: 'config_needs_restart', option: 'request_log' }),
    );
  });
});
