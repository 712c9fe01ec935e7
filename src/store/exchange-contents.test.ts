import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { ExchangeContent } from '../telemetry/exchange-content.ts';
import { createLog } from '../telemetry/log.ts';
import { BodySegments } from './body-segments.ts';
import type { ContentOptions } from './exchange-contents.ts';
import { ExchangeContents } from './exchange-contents.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';

const START_MS = Date.UTC(2026, 10, 17, 8, 0, 0);
const HOUR_MS = 3_600_000;

function content(requestId: string, atMs = START_MS, letters = 'said'): ExchangeContent {
  const body = Buffer.from(letters);
  return {
    requestId,
    atMs,
    request: { headers: { accept: '*/*' }, bytes: body.length, body },
    response: {
      headers: { 'content-type': 'text/event-stream' },
      bytes: 10,
      body: Buffer.from('two\nlines'),
      chunks: [
        [1.5, 4],
        [3, 5],
      ],
      isStream: true,
    },
  };
}

describe('exchange contents', () => {
  const clock = new ManualClock(START_MS);
  const lines: string[] = [];
  let directory: string;
  let store: Store;
  const opened: ExchangeContents[] = [];

  const open = (more: Partial<ContentOptions> = {}): ExchangeContents => {
    const contents = new ExchangeContents(store.background, store.writer, {
      clock,
      log: createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) }),
      segments: new BodySegments(join(directory, 'contents'), clock),
      bytesMax: 1000,
      waitingBytesMax: 10_000,
      diskBytesMax: 100_000,
      retentionHours: 24,
      ...more,
    });
    opened.push(contents);
    return contents;
  };
  const record = (contents: ExchangeContents, said: ExchangeContent): void => {
    contents.hold(said.request.body.length + said.response.body.length);
    contents.record(said);
  };

  beforeEach(async () => {
    directory = makeDataDir();
    store = await openStore(directory, () => {});
  });
  afterEach(async () => {
    for (const contents of opened.splice(0)) await contents.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  test('what is recorded is there as it was, and what is not is not', async () => {
    const contents = open();
    record(contents, content('req_1'));
    const found = await contents.find('req_1');
    expect(found).toEqual({
      ...content('req_1'),
      removedAtMs: START_MS + 24 * HOUR_MS,
    });
    expect(await contents.find('req_2')).toBeUndefined();
  });

  test('memory on the way to the disk is bounded, and given back', async () => {
    const contents = open({ waitingBytesMax: 100 });
    expect(contents.hold(60)).toBe(true);
    expect(contents.hold(60)).toBe(false);
    contents.release(60);
    record(contents, content('req_1'));
    await contents.find('req_1');
    expect(contents.hold(100)).toBe(true);
  });

  test('what has had its time goes, with its file', async () => {
    const contents = open({ retentionHours: 1 });
    record(contents, content('req_old'));
    expect(await contents.find('req_old')).toBeDefined();
    clock.advance(4 * HOUR_MS);
    record(contents, content('req_new', clock.wallMs()));
    expect(await contents.find('req_new')).toBeDefined();
    // The first look at what is to go has ended, and the next one has its time.
    await expect.poll(() => clock.pendingTimers).toBe(1);
    clock.advance(600_000);
    await expect.poll(() => contents.find('req_old')).toBeUndefined();
    await expect.poll(() => readdirSync(join(directory, 'contents'))).toHaveLength(1);
    expect(await contents.find('req_new')).toBeDefined();
  });

  test('where the disk is full, new ones are dropped until the oldest have gone', async () => {
    const contents = open({ diskBytesMax: 300 });
    for (const name of ['req_1', 'req_2', 'req_3', 'req_4']) record(contents, content(name));
    await contents.find('req_1');
    expect(contents.dropped).toBeGreaterThan(0);
    clock.advance(600_000);
    await expect.poll(() => contents.find('req_1')).toBeUndefined();
    record(contents, content('req_5'));
    expect(await contents.find('req_5')).toBeDefined();
  });

  test('a record that the disk changed says so', async () => {
    const contents = open();
    record(contents, content('req_1'));
    await contents.find('req_1');
    const [segment = ''] = readdirSync(join(directory, 'contents'));
    writeFileSync(join(directory, 'contents', segment), 'x');
    expect(await contents.find('req_1')).toBe('broken');
  });

  test('a disk that takes nothing costs contents, and is logged', async () => {
    writeFileSync(join(directory, 'contents'), 'a file where a directory should be');
    const contents = open();
    record(contents, content('req_1'));
    expect(await contents.find('req_1')).toBeUndefined();
    expect(contents.dropped).toBe(1);
    expect(lines.join('')).toContain('exchange_content_write_failed');
  });
});
