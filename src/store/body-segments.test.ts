import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import type { SegmentPlace } from './body-segments.ts';
import { BodySegments } from './body-segments.ts';

const HOUR_MS = 3_600_000;
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

let directory: string;
let clock: ManualClock;
let segments: BodySegments;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quatrain-segments-'));
  clock = new ManualClock(Date.UTC(2026, 10, 21, 8, 30));
  segments = new BodySegments(join(directory, 'bodies'), clock);
});
afterEach(async () => {
  await segments.close();
  rmSync(directory, { recursive: true, force: true });
});

const names = (): readonly string[] => readdirSync(join(directory, 'bodies')).toSorted();
const pathOf = ({ segment }: SegmentPlace): string => join(directory, 'bodies', segment);
const append = (text: string): Promise<SegmentPlace> =>
  segments.append({ request: bytesOf(text), response: bytesOf(`${text}!`) });
async function read(place: SegmentPlace): Promise<readonly string[] | undefined> {
  const found = await segments.read(place);
  return found && [found.request, found.response].map((bytes) => Buffer.from(bytes).toString());
}

test('records come back as they were, however they were handed in', async () => {
  const bodies = fc.record({ request: fc.uint8Array(), response: fc.uint8Array() });
  await fc.assert(
    fc.asyncProperty(fc.array(bodies, { maxLength: 20 }), async (all) => {
      const places = await Promise.all(all.map((one) => segments.append(one)));
      const found = await Promise.all(places.map((place) => segments.read(place)));
      const plain = found.map(
        (one) => one && { request: [...one.request], response: [...one.response] },
      );
      expect(plain).toEqual(
        all.map(({ request, response }) => ({ request: [...request], response: [...response] })),
      );
    }),
    { numRuns: 30 },
  );
});

test('an hour has a segment, and what begins anew has one of its own', async () => {
  const first = await append('a');
  await append('b');
  clock.advance(HOUR_MS);
  await append('c');
  expect(names()).toEqual(['2026112108-1.seg', '2026112109-1.seg']);
  await segments.close();
  segments = new BodySegments(join(directory, 'bodies'), clock);
  await append('d');
  expect(names()).toEqual(['2026112108-1.seg', '2026112109-1.seg', '2026112109-2.seg']);
  expect(await read(first)).toEqual(['a', 'a!']);
});

test.each([
  ['cut', (whole: Buffer) => whole.subarray(0, whole.length - 1)],
  ['emptied', () => Buffer.alloc(0)],
  [
    'changed',
    (whole: Buffer) => {
      const changed = Buffer.from(whole);
      changed.writeUInt8(255 - changed.readUInt8(changed.length - 1), changed.length - 1);
      return changed;
    },
  ],
])('a record that was %s is as if it were not there; the ones before it are', async (_, damage) => {
  const kept = await append('kept');
  const hurt = await append('hurt');
  const whole = readFileSync(pathOf(hurt));
  const damaged = damage(whole);
  writeFileSync(pathOf(hurt), damaged);
  expect(await read(hurt)).toBeUndefined();
  const isThere = damaged.length > kept.bytes;
  expect(await read(kept)).toEqual(isThere ? ['kept', 'kept!'] : undefined);
});

test.each(['../quatrain.db', '2026112108-9.seg', '/etc/passwd'])(
  'nothing is read of %s',
  async (segment) => {
    expect(await segments.read({ segment, start: 0, bytes: 100 })).toBeUndefined();
  },
);

test('a segment goes when nothing names it, and not while it is fresh', async () => {
  const old = await append('old');
  clock.advance(HOUR_MS);
  const named = await append('named');
  clock.advance(3 * HOUR_MS);
  const fresh = await append('fresh');
  expect(await segments.removeUnnamed(new Set([named.segment]))).toBe(1);
  expect(await read(old)).toBeUndefined();
  expect([await read(named), await read(fresh)]).toEqual([
    ['named', 'named!'],
    ['fresh', 'fresh!'],
  ]);
});
