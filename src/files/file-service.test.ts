import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDataDir } from '../../test/support/make-data-dir.ts';
import type { DecodedExchange } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { Operation } from '../messages/upstream.ts';
import type { ByteSink, ByteSource } from '../std/byte-stream.ts';
import { collect, sourceOf } from '../std/byte-stream.ts';
import { CancellationSource, uncancelled } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { systemRandom } from '../std/random.ts';
import type { Store } from '../store/open-store.ts';
import { openStore } from '../store/open-store.ts';
import { createLog } from '../telemetry/log.ts';
import { FileExpiry } from './expire-files.ts';
import { FileService } from './file-service.ts';
import { KeptFileReader } from './kept-file-reader.ts';
import type { FileLimits } from './upload-file.ts';

const boundary = 'b';
const DAY_MS = 24 * 3_600_000;

function formOf(content: string, more = ''): Buffer {
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\n${content}\r\n${more}--${boundary}--\r\n`,
  );
}

const hour = `--${boundary}\r\nContent-Disposition: form-data; name="expires_in_seconds"\r\n\r\n3600\r\n`;

let directory: string;
let store: Store;
let clock: ManualClock;
let limits: FileLimits;
let service: FileService;

beforeEach(async () => {
  directory = makeDataDir();
  store = await openStore(directory, (reason) => {
    throw new Error(reason);
  });
  clock = new ManualClock();
  limits = { fileBytesMax: 1000, accountBytesMax: 2000, accountFilesMax: 5, uploadsMax: 4 };
  const { files: rows, fileBodies: bodies } = store;
  const random = systemRandom();
  service = new FileService({ rows, bodies, clock, random, limits: () => limits });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const onDisk = (): readonly string[] => readdirSync(join(directory, 'files')).toSorted();

interface Asking {
  readonly path?: string;
  readonly source?: ByteSource;
  readonly cancellation?: CancellationSource;
  readonly account?: string;
}

type Shown = Readonly<Record<string, unknown>>;

async function ask(operation: Operation, asking: Asking = {}): Promise<Shown | Refusal> {
  const { source, path = '/v1/files', account = 'a', cancellation = uncancelled } = asking;
  const exchange = {
    principal: { account },
    request: {
      operation,
      upstreamPath: path,
      cancellation,
      headers: {
        'anthropic-version': '2023-06-01',
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
      body: { stream: () => source },
    },
  } as unknown as DecodedExchange;
  const served = await service.serve(exchange);
  if (isRefusal(served)) return served;
  const collected = await collect(served.body, 1_000_000, uncancelled);
  if (collected.kind === 'fault') throw new Error(collected.fault.detail);
  const text = Buffer.from(collected.bytes).toString();
  const isJson = served.headers.includes('application/json');
  return isJson ? (JSON.parse(text) as Shown) : { headers: served.headers, text };
}

const upload = (content: string, more = ''): Promise<Shown | Refusal> =>
  ask('files.create', { source: sourceOf(formOf(content, more)) });

function expiry(): FileExpiry {
  const { files: rows, fileBodies: bodies } = store;
  const log = createLog({ clock, level: () => 'error', write: () => {} });
  return new FileExpiry({ rows, bodies, clock, log });
}

describe('FileService', () => {
  test('an account may keep so many bytes and no more', async () => {
    expect(await upload('x'.repeat(1000))).toMatchObject({ size_bytes: 1000 });
    expect(await upload('x'.repeat(900))).toMatchObject({ size_bytes: 900 });
    const full = { code: 'invalid_request', details: { error_code: 'storage_quota_exceeded' } };
    expect(await upload('x'.repeat(101))).toMatchObject(full);
    expect(onDisk()).toHaveLength(2);
    expect(await upload('x'.repeat(100))).toMatchObject({ size_bytes: 100 });
    // Full to the brim, nothing of the body is read.
    const source = { open: () => expect.unreachable(), resume: () => {}, cancel: () => {} };
    expect(await ask('files.create', { source })).toMatchObject(full);
  });

  test('an account may keep so many files and no more', async () => {
    const made = await Promise.all(['', '', '', '', ''].map(() => upload('')));
    expect(made.filter((one) => 'code' in one)).toMatchObject([{ code: 'overloaded' }]);
    await upload('');
    expect(await upload('')).toMatchObject({ code: 'invalid_request' });
    expect(onDisk()).toHaveLength(5);
  });

  test('a form may come in any pieces', async () => {
    const form = formOf('content\r\n--\r\n-', hour);
    for (const size of [1, 2, 3, 5, 7, 64]) {
      const source = piecesOf(form, size);
      const made = (await ask('files.create', { source })) as Shown;
      expect([size, made]).toMatchObject([size, { size_bytes: 14, filename: 'f.txt' }]);
      await ask('files.delete', { path: `/v1/files/${String(made['id'])}` });
    }
  });

  test('a caller who goes away while the body stands still leaves nothing behind', async () => {
    const cancellation = new CancellationSource();
    const source = new HeldSource(formOf('x'.repeat(500)).subarray(0, 300));
    const asked = ask('files.create', { source, cancellation });
    await source.opened;
    cancellation.cancel();
    expect(await asked).toMatchObject({ code: 'bad_http' });
    expect(source.isCancelled).toBe(true);
    expect(onDisk()).toEqual([]);
  });

  test('a disk that stands still stops the sender', async () => {
    limits = { ...limits, fileBytesMax: 50_000_000, accountBytesMax: 50_000_000 };
    const begin = store.fileBodies.begin.bind(store.fileBodies);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    store.fileBodies.begin = async (id) => {
      const draft = await begin(id);
      const write = draft.write.bind(draft);
      draft.write = async (chunk) => {
        await held;
        await write(chunk);
      };
      return draft;
    };
    const { source, taken } = countedPieces(formOf('x'.repeat(20_000_000)));
    const asked = ask('files.create', { source });
    await expect.poll(taken).toBeGreaterThan(0);
    const before = taken();
    await new Promise(setImmediate);
    expect(taken()).toBe(before);
    expect(before).toBeLessThan(512 * 1024);
    release();
    expect(await asked).toMatchObject({ size_bytes: 20_000_000 });
  });

  test('a disk that fails is a fault, and the upload is over', async () => {
    const begin = store.fileBodies.begin.bind(store.fileBodies);
    store.fileBodies.begin = async (id) => {
      const draft = await begin(id);
      draft.write = () => Promise.reject(new Error('no space left on device'));
      return draft;
    };
    await expect(upload('x')).rejects.toThrow('no space left');
    expect(onDisk()).toEqual([]);
  });

  test('what a tool made can be had back, until it expires', async () => {
    const draft = await store.fileBodies.begin('file_1');
    await draft.write(Buffer.from('a,b\n'));
    const { sizeBytes, digest } = await draft.keep();
    await store.files.insert(
      {
        id: 'file_1',
        account: 'a',
        filename: 'récit.csv',
        mimeType: 'text/csv',
        sizeBytes,
        digest,
        createdAtMs: clock.wallMs(),
        expiresAtMs: clock.wallMs() + 1000,
        downloadable: true,
      },
      { bytesMax: 100, filesMax: 10 },
    );
    const path = '/v1/files/file_1/content';
    expect(await ask('files.content', { path })).toEqual({
      headers: [
        'content-type',
        'text/csv',
        'content-disposition',
        "attachment; filename*=UTF-8''r%C3%A9cit.csv",
      ],
      text: 'a,b\n',
    });
    expect(await ask('files.content', { path, account: 'b' })).toMatchObject({ code: 'not_found' });
    clock.advance(1000);
    expect(await ask('files.content', { path })).toMatchObject({
      code: 'not_found',
      details: { error_code: 'file_expired' },
    });
  });
});

describe('FileExpiry', () => {
  test('a content goes when its time is up, the file a month later', async () => {
    const { id } = (await upload('x', hour)) as Shown;
    await upload('stays');
    const path = `/v1/files/${String(id)}`;
    const reader = new KeptFileReader(store.files, store.fileBodies, clock);
    const clearing = expiry();
    await clearing.start();
    expect(reader.lookUp('a', String(id))?.readBase64()).toBe('eA==');
    clock.advance(3_600_000);
    expect(reader.find('a', String(id))).toBeUndefined();
    // The look of the first minute is over before the next one is waited for.
    await expect.poll(() => clock.pendingTimers).toBe(1);
    clock.advance(60_000);
    await expect.poll(onDisk).toHaveLength(1);
    expect(await ask('files.get', { path })).toMatchObject({ id });
    await clearing.close();
    clock.advance(31 * DAY_MS);
    await clearing.expire();
    expect(await ask('files.get', { path })).toMatchObject({ code: 'not_found' });
    expect(clock.pendingTimers).toBe(0);
  });

  test('a start clears away what a crash left, and keeps the rest', async () => {
    const { id } = (await upload('kept')) as Shown;
    for (const name of ['file_01half.draft', 'file_01orphan'])
      writeFileSync(join(directory, 'files', name), 'x');
    const clearing = expiry();
    await clearing.start();
    await clearing.close();
    expect(onDisk()).toEqual([id]);
  });
});

/** A source that gives its bytes in pieces and stops when it is told to. */
function piecesOf(bytes: Uint8Array, size: number): ByteSource {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  );
  let push = (): void => {};
  return {
    open(sink: ByteSink): void {
      push = () => {
        for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
          if (!sink.write(piece)) return;
        }
        push = () => {};
        sink.end();
      };
      push();
    },
    resume: () => {
      push();
    },
    cancel(): void {
      push = () => {};
    },
  };
}

/** The same in pieces as a socket has them, with a count of what was taken. */
function countedPieces(bytes: Uint8Array): { source: ByteSource; taken: () => number } {
  let count = 0;
  const pieces = piecesOf(bytes, 64 * 1024);
  const source: ByteSource = {
    ...pieces,
    open(sink: ByteSink): void {
      pieces.open({
        write: (chunk) => {
          count += chunk.length;
          return sink.write(chunk);
        },
        end: () => {
          sink.end();
        },
        fail: (fault) => {
          sink.fail(fault);
        },
      });
    },
  };
  return { source, taken: () => count };
}

/** A source that gives its bytes and then nothing, not even an end. */
class HeldSource implements ByteSource {
  readonly opened: Promise<void>;
  isCancelled = false;
  readonly #bytes: Uint8Array;
  #tell: () => void = () => {};

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.opened = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  open(sink: ByteSink): void {
    sink.write(this.#bytes);
    this.#tell();
  }

  resume(): void {}

  cancel(): void {
    this.isCancelled = true;
  }
}
