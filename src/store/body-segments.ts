import { mkdirSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, zstdCompress, zstdDecompress } from 'node:zlib';
import type { Clock } from '../std/clock.ts';

/** Where a record lies: its segment, the byte at which it begins, and how many it has. */
export interface SegmentPlace {
  readonly segment: string;
  readonly start: number;
  readonly bytes: number;
}

/** What was said, both ways. */
export interface SegmentBodies {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
}

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
const HOUR_MS = 3_600_000;
const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
/** In front of each record: how many bytes it has behind this, and their checksum. */
const HEAD_BYTES = 8;
/** In front of the bodies: how much of them is the request. */
const SPLIT_BYTES = 4;
/** Most bytes that a record may grow to when it is read. */
const BODIES_BYTES_MAX = 256 * 1024 * 1024;
const segmentName = /^\d{10}-\d+\.seg$/;
/** A segment that was written to lately may have records that no row names yet. */
const SETTLED_MS = 2 * HOUR_MS;

interface OpenSegment {
  readonly name: string;
  readonly hour: string;
  readonly file: FileHandle;
  bytes: number;
}

/**
 * Bodies outside of the database, in files that are only ever appended to: a segment an hour, more where
 * they are large. A record that a crash cut, or a disk changed, is as if it were not there; it goes with
 * its segment, and a segment goes when no row names it any more.
 */
export class BodySegments {
  readonly #directory: string;
  readonly #clock: Pick<Clock, 'wallMs'>;
  #open: OpenSegment | undefined;
  /** Writes go one behind the other: each has its place once the one before has ended. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(directory: string, clock: Pick<Clock, 'wallMs'>) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Appends one record; its place is known once it is written. */
  append(bodies: SegmentBodies): Promise<SegmentPlace> {
    const appended = this.#last.then(() => this.#append(bodies));
    this.#last = appended.catch(() => {});
    return appended;
  }

  /** Undefined where the record is not there, or not whole. */
  async read({ segment, start, bytes }: SegmentPlace): Promise<SegmentBodies | undefined> {
    if (!segmentName.test(segment) || bytes < HEAD_BYTES) return undefined;
    const record = await this.#readRecord({ segment, start, bytes });
    if (record === undefined || record.readUInt32LE(0) !== bytes - HEAD_BYTES) return undefined;
    const packed = record.subarray(HEAD_BYTES);
    if (crc32(packed) !== record.readUInt32LE(4)) return undefined;
    const both = await decompress(packed, { maxOutputLength: BODIES_BYTES_MAX });
    const requestEnd = SPLIT_BYTES + both.readUInt32LE(0);
    return { request: both.subarray(SPLIT_BYTES, requestEnd), response: both.subarray(requestEnd) };
  }

  /** Removes segments that nothing names; resolves with how many those were. */
  async removeUnnamed(named: ReadonlySet<string>): Promise<number> {
    const before = hourOf(this.#clock.wallMs() - SETTLED_MS);
    const gone = (await this.#names()).filter(
      (name) => !named.has(name) && name.slice(0, before.length) < before,
    );
    for (const name of gone) await rm(join(this.#directory, name), { force: true });
    return gone.length;
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#last;
    await this.#open?.file.close();
    this.#open = undefined;
  }

  async #append({ request, response }: SegmentBodies): Promise<SegmentPlace> {
    const split = Buffer.alloc(SPLIT_BYTES);
    split.writeUInt32LE(request.length);
    const packed = await compress(Buffer.concat([split, request, response]));
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(packed.length);
    head.writeUInt32LE(crc32(packed), 4);
    const segment = await this.#segment();
    const start = segment.bytes;
    const bytes = HEAD_BYTES + packed.length;
    const { bytesWritten } = await segment.file.writev([head, packed], start);
    // A full disk writes less than it was told; the next record begins where this one should have ended.
    segment.bytes += bytes;
    if (bytesWritten !== bytes) throw new Error(`${segment.name}: the disk took half of a record`);
    return { segment: segment.name, start, bytes };
  }

  async #segment(): Promise<OpenSegment> {
    const hour = hourOf(this.#clock.wallMs());
    const known = this.#open;
    if (known?.hour === hour && known.bytes < SEGMENT_BYTES_MAX) return known;
    await known?.file.close();
    this.#open = undefined;
    mkdirSync(this.#directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    const taken = (await this.#names()).filter((name) => name.startsWith(`${hour}-`));
    // Never one that was there before: what a crash left at its end is nobody's to build on.
    const numbers = taken.map((name) => Number(/-(\d+)/.exec(name)?.[1]));
    const name = `${hour}-${String(Math.max(0, ...numbers) + 1)}.seg`;
    const file = await open(join(this.#directory, name), 'wx', PRIVATE_FILE);
    this.#open = { name, hour, file, bytes: 0 };
    return this.#open;
  }

  async #readRecord({ segment, start, bytes }: SegmentPlace): Promise<Buffer | undefined> {
    let file: FileHandle;
    try {
      file = await open(join(this.#directory, segment), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const record = Buffer.alloc(bytes);
      const { bytesRead } = await file.read(record, 0, bytes, start);
      return bytesRead === bytes ? record : undefined;
    } finally {
      await file.close();
    }
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => segmentName.test(name));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

/** `YYYYMMDDHH`, of UTC. */
function hourOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 13).replaceAll(/[-T]/g, '');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
