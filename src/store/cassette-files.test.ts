import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Recording } from '../cassettes/recorder.ts';
import type { TakenExchange } from '../cassettes/taken-exchange.ts';
import { systemClock } from '../std/clock.ts';
import { CassetteFile, cassetteNames, cassettePath, readCassette } from './cassette-files.ts';
import { CassetteWriter } from './cassette-writer.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quatrain-cassettes-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const HEADER = '{"format":"quatrain-cassette","version":1}\n';

describe('CassetteFile', () => {
  test("begins with its header, is its owner's alone, and is written on later", () => {
    expect(cassetteNames(directory)).toEqual([]);
    for (const line of ['{"a":1}\n', '{"b":2}\n']) {
      const file = new CassetteFile(directory, 'trip');
      expect(file.append(line, 1000)).toBe(true);
      file.close();
    }
    const path = cassettePath(directory, 'trip');
    expect(readFileSync(path, 'utf8')).toBe(`${HEADER}{"a":1}\n{"b":2}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'cassettes')).mode & 0o777).toBe(0o700);
    expect(cassetteNames(directory)).toEqual(['trip']);
  });

  test.each([
    ['half a line', `${HEADER}{"a":1}\n{"b"`, `${HEADER}{"a":1}\n{"c":3}\n`],
    ['half a header', '{"form', `${HEADER}{"c":3}\n`],
    ['half a long line', `${HEADER}{"b":"${'x'.repeat(200_000)}`, `${HEADER}{"c":3}\n`],
  ])('%s that a crash left goes', (_, before, after) => {
    new CassetteFile(directory, 'trip').close();
    writeFileSync(cassettePath(directory, 'trip'), before);
    const file = new CassetteFile(directory, 'trip');
    file.append('{"c":3}\n', 1_000_000);
    file.close();
    expect(readFileSync(cassettePath(directory, 'trip'), 'utf8')).toBe(after);
  });

  test('what would make it too large is left out, and what is too large is not read', () => {
    const file = new CassetteFile(directory, 'trip');
    expect(file.append('{"a":1}\n', HEADER.length + 8)).toBe(true);
    expect(file.append('{"b":2}\n', HEADER.length + 8)).toBe(false);
    file.close();
    const path = cassettePath(directory, 'trip');
    expect(readCassette(path, 1000)).toMatchObject({ kind: 'text' });
    appendFileSync(path, 'x');
    expect(readCassette(path, HEADER.length + 8)).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('limits.cassette_bytes_max') as string,
    });
    expect(readCassette(`${path}.none`, 1000)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('CassetteWriter', () => {
  const recording: Recording = {
    cassette: 'trip',
    rules: { patterns: [], emails: 'keep', media: 'keep', mediaBytesMax: 0 },
    bounds: { exchangeBytesMax: 1000, waitingBytesMax: 1000, cassetteBytesMax: 1000 },
  };
  const taken: TakenExchange = {
    operation: 'messages.create',
    model: 'm',
    atMs: 0,
    upstream: 'up',
    method: 'POST',
    path: '/v1/messages',
    requestHeaders: ['x-api-key', 'sk-ant-0123456789abcdef', 'anthropic-version', '2023-06-01'],
    requestBody: Buffer.from('{"a":"sk-ant-0123456789abcdef"}'),
    response: {
      kind: 'answer',
      status: 200,
      headers: ['content-type', 'text/plain', 'set-cookie', 'id=1'],
      headMs: 1,
      isEventStream: false,
      isScripted: false,
      chunks: [{ atMs: 1, bytes: Buffer.from('fine') }],
    },
    ended: { how: 'complete', at_ms: 1 },
  };

  test('writes what it was handed before it closes, and takes nothing after', async () => {
    const writer = new CassetteWriter(directory, systemClock);
    const first = writer.append(recording, taken);
    const unfit = writer.append(recording, { ...taken, requestBody: Buffer.from('{') });
    const full = writer.append(
      { ...recording, bounds: { ...recording.bounds, cassetteBytesMax: 50 } },
      taken,
    );
    await writer.close();
    expect(await Promise.all([first, unfit, full])).toEqual([
      { kind: 'written' },
      { kind: 'dropped', reason: 'its request is not JSON' },
      { kind: 'dropped', reason: 'the cassette is full' },
    ]);
    expect(await writer.append(recording, taken)).toMatchObject({ kind: 'dropped' });
    const [, line = ''] = readFileSync(cassettePath(directory, 'trip'), 'utf8').split('\n');
    expect(JSON.parse(line)).toEqual({
      operation: 'messages.create',
      model: 'm',
      recorded_at: '1970-01-01T00:00:00.000Z',
      upstream: 'up',
      request: {
        method: 'POST',
        path: '/v1/messages',
        headers: { 'anthropic-version': '2023-06-01' },
        body: { a: '[redacted credential]' },
      },
      response: {
        status: 200,
        headers: { 'content-type': 'text/plain' },
        head_ms: 1,
        body_text: 'fine',
        ended: { how: 'complete', at_ms: 1 },
      },
    });
  });

  test('a directory that cannot be written costs the recording and nothing else', async () => {
    const writer = new CassetteWriter(join(directory, 'file'), systemClock);
    writeFileSync(join(directory, 'file'), '');
    expect(await writer.append(recording, taken)).toMatchObject({ kind: 'dropped' });
    await writer.close();
  });
});
