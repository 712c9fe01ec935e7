import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { runCommand } from '../support/cli.ts';
import {
  cassetteOf,
  hello,
  post,
  recordedExchanges,
  recordings,
  weather,
} from '../support/record-trip.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** `quatrain cassettes`, run as a user runs it, on what a gateway recorded. */

const running: TestGateway[] = [];
afterEach(async () => {
  for (const started of running.splice(0)) await started.stop();
});

async function gatewayWith(yaml = ''): Promise<TestGateway> {
  const gateway = await startTestGateway(yaml);
  running.push(gateway);
  return gateway;
}

describe('quatrain cassettes', () => {
  async function recordedTrip(): Promise<{ readonly path: string; readonly dataDir: string }> {
    const recorder = await gatewayWith(recordings);
    const client = new Anthropic({ baseURL: recorder.url, apiKey: recorder.key, maxRetries: 0 });
    await client.messages.create(hello);
    await client.messages.stream(weather).finalMessage();
    await post(recorder, { ...hello, max_tokens: 0 });
    const path = cassetteOf(recorder, 'trip');
    await recordedExchanges(path, 3);
    return { path, dataDir: recorder.dataDir };
  }

  test('list and show say what there is', async () => {
    const { dataDir } = await recordedTrip();
    const list = await runCommand(dataDir, ['cassettes', 'list', '--data', dataDir]);
    expect(list.stdout).toMatch(/^trip {2}3 exchanges {2}20/);
    const show = await runCommand(dataDir, ['cassettes', 'show', 'trip', '--data', dataDir]);
    expect(show.stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^2 .* emulator {2}messages.create claude-sonnet-4-6 {2}200 {2}\d+ ms$/,
      ),
      expect.stringMatching(/^3 .*claude-sonnet-4-6 streamed {2}200 {2}\d+ ms$/),
      expect.stringMatching(/^4 .*invalid_request {2}\d+ ms$/),
      '',
    ]);
  });

  test('the same emulator does not drift', async () => {
    const { dataDir } = await recordedTrip();
    const drift = await runCommand(dataDir, ['cassettes', 'drift', 'trip', '--data', dataDir]);
    expect(drift).toMatchObject({ code: 0, stderr: '' });
    expect(drift.stdout).toBe('0 of the exchanges drifted (3 compared, 0 skipped).\n');
  });

  test('what differs is said, and the command fails', async () => {
    const { path, dataDir } = await recordedTrip();
    const edited = readFileSync(path, 'utf8')
      .replace('"stop_reason":"end_turn"', '"stop_reason":"ended","legacy":1')
      .replace('max_tokens:', 'max_token:');
    writeFileSync(path, edited);
    const drift = await runCommand(dataDir, ['cassettes', 'drift', 'trip', '--data', dataDir]);
    expect(drift.code).toBe(1);
    expect(drift.stdout).toContain('missing  body.legacy: number');
    expect(drift.stdout).toContain('changed  stop_reason: ended → end_turn');
    expect(drift.stdout).toContain('changed  error message: max_token:');
    expect(drift.stdout).toContain('2 of the exchanges drifted (3 compared, 0 skipped).');
    const json = await runCommand(dataDir, ['cassettes', 'drift', path, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ compared: 3, drifted: 2 });
  });

  test('another upstream is asked over its socket', async () => {
    const { dataDir } = await recordedTrip();
    const other = await gatewayWith();
    writeFileSync(
      join(dataDir, 'quatrain.yaml'),
      `default_upstream: emulator\nupstreams:\n  other: { kind: anthropic, base_url: '${other.url}', api_key: 'env:OTHER' }\n`,
    );
    const command = ['cassettes', 'drift', 'trip', '--data', dataDir, '--upstream'];
    const drift = await runCommand(dataDir, [...command, 'other'], { OTHER: other.key });
    // The one in process refused by a value, the other one does by a status: that is the same.
    expect(drift.stdout).toBe('0 of the exchanges drifted (3 compared, 0 skipped).\n');
    const unknown = await runCommand(dataDir, [...command, 'none'], { OTHER: other.key });
    expect(unknown.stderr).toContain('no upstream is called "none"');
  });
});
