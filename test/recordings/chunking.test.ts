import { describe, expect, test } from 'vitest';
import { FrameSplitter } from '../../src/messages/split-frames.ts';
import { hasRecordings, readRecordings } from '../support/recordings.ts';

const present = hasRecordings();
const streams = present
  ? readRecordings().filter(({ response }) => response.subarray(0, 6).toString() === 'event:')
  : [];

/**
 * Types and lengths in order: frames are ranges of the stream one after the other (their bytes
 * together are the stream's, which is held here too), so these tell everything.
 */
function frames(chunks: readonly Uint8Array[]): string {
  let seen = '';
  const splitter = new FrameSplitter((type, _bytes, start, end) => {
    seen += `${type} ${String(end - start)}\n`;
  });
  let passed = 0;
  for (const chunk of chunks) passed += splitter.push(chunk)?.length ?? 0;
  passed += splitter.end()?.length ?? 0;
  return `${seen}${String(passed)}`;
}

/** Longer streams are cut in parts of whole events: what a cut does depends on the events around it. */
const PART_BYTES = 8 * 1024;

function partsOf(response: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  while (from < response.length) {
    const end = response.indexOf('\n\n', from + PART_BYTES);
    const to = end < 0 ? response.length : end + 2;
    parts.push(response.subarray(from, to));
    from = to;
  }
  return parts;
}

describe.skipIf(!present)('every chunking of every recorded stream gives the same frames', () => {
  test('there are streams', () => {
    expect(streams.length).toBeGreaterThan(50);
  });

  test.each(streams)('one byte at a time: $name', ({ response }) => {
    const single = Array.from(response, (byte) => Uint8Array.of(byte));
    expect(frames(single)).toBe(frames([response]));
  });

  test.each(streams)(
    'cut at each byte boundary: $name',
    ({ response }) => {
      let different = 0;
      for (const part of partsOf(response)) {
        const whole = frames([part]);
        for (let at = 0; at <= part.length; at += 1) {
          if (frames([part.subarray(0, at), part.subarray(at)]) !== whole) different += 1;
        }
      }
      expect(different).toBe(0);
    },
    120_000,
  );
});
