import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../test/support/model-facts.ts';
import { imageSize } from './image-size.ts';
import { fitImage, imageTokens, patchesOf } from './image-tokens.ts';

const standard = factsOf('claude-sonnet-4-6').images;
const high = factsOf('claude-sonnet-5').images;

/** Check values of the API reference §11. */
describe('what a picture is seen as', () => {
  test.each([
    [[1000, 1000], [1000, 1000], 1296],
    [[1092, 1092], [1092, 1092], 1521],
    [[1920, 1080], [1456, 819], 1560],
    [[1075, 1520], [924, 1307], 1551],
    [[8000, 10], [1568, 2], 56],
    [[1, 1], [1, 1], 1],
  ] as const)('%j is %j, %i patches', ([width, height], [seenWidth, seenHeight], patches) => {
    const seen = fitImage({ width, height }, standard);
    expect(seen).toMatchObject({ width: seenWidth, height: seenHeight });
    expect(patchesOf(seen)).toBe(patches);
  });

  test('newer models see more of it', () => {
    expect(fitImage({ width: 1920, height: 1080 }, high)).toMatchObject({ width: 1920 });
    expect(patchesOf(fitImage({ width: 8000, height: 8000 }, high))).toBeLessThanOrEqual(4784);
  });

  test('a picture adds its patches, and one that cannot be read a fixed number', () => {
    expect(imageTokens(base64(png(128, 128)), standard)).toBe(28);
    expect(imageTokens('AAAA', standard)).toBe(imageTokens('', standard));
  });
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(33);
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function gif(width: number, height: number): Buffer {
  const bytes = Buffer.from('GIF89a\0\0\0\0\0\0\0', 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}

function jpeg(width: number, height: number, metadataBytes: number): Buffer {
  const segments: Buffer[] = [Buffer.from([0xff, 0xd8])];
  for (let left = metadataBytes; left > 0; left -= 60_000) {
    const segment = Buffer.alloc(4 + Math.min(left, 60_000));
    segment.writeUInt16BE(0xffe1, 0);
    segment.writeUInt16BE(segment.length - 2, 2);
    segments.push(segment);
  }
  const frame = Buffer.from([0xff, 0xc2, 0, 17, 8, 0, 0, 0, 0, 3]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([...segments, frame]);
}

function webp(kind: string, fill: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write(`RIFF\0\0\0\0WEBP${kind}`, 'latin1');
  fill(bytes);
  return bytes;
}

describe('the size in the head of a picture', () => {
  test.each([
    ['png', png(640, 480)],
    ['gif', gif(640, 480)],
    ['jpeg', jpeg(640, 480, 0)],
    ['jpeg', jpeg(640, 480, 200_000)],
    [
      'webp',
      webp('VP8 ', (bytes) => {
        bytes.writeUInt16LE(640, 26);
        bytes.writeUInt16LE(480, 28);
      }),
    ],
    [
      'webp',
      webp('VP8L', (bytes) => {
        bytes.writeUInt32LE(639 | (479 << 14), 21);
      }),
    ],
    [
      'webp',
      webp('VP8X', (bytes) => {
        bytes.writeUIntLE(639, 24, 3);
        bytes.writeUIntLE(479, 27, 3);
      }),
    ],
  ])('%s', (format, bytes) => {
    expect(imageSize(base64(bytes))).toEqual({ format, width: 640, height: 480 });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('this is not a picture at all, but a sentence')],
    ['a PNG of no width', png(0, 480)],
    ['a JPEG that ends early', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0, 0, 0, 0, 0, 0])],
    ['a WebP of an unknown kind', webp('ABCD', () => undefined)],
  ])('%s has none', (_kind, bytes) => {
    expect(imageSize(base64(bytes))).toBeUndefined();
  });
});
