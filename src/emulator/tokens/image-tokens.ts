/**
 * What an image costs: patches of 28 pixels after it was made to fit (API reference §11). The
 * size is read from the head of the file; only that much of the base64 is decoded.
 */

const HEAD_LETTERS = 64 * 1024;
const PATCH_PIXELS = 28;
const EDGE_MAX = 1568;
const PATCHES_MAX = 1568;
/** A picture whose size cannot be seen (a URL, a file, a format we do not read) counts as large. */
export const UNSEEN_IMAGE_TOKENS = 1560;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Tokens of an image given as base64. */
export function imageTokens(base64: string): number {
  const size = sizeOf(Buffer.from(base64.slice(0, HEAD_LETTERS), 'base64'));
  if (size === undefined || size.width === 0 || size.height === 0) return UNSEEN_IMAGE_TOKENS;
  const longest = Math.max(size.width, size.height);
  const area = patches(size.width) * patches(size.height);
  const scale = Math.min(1, EDGE_MAX / longest, Math.sqrt(PATCHES_MAX / area));
  const fitted = patches(size.width * scale) * patches(size.height * scale);
  return Math.max(1, Math.min(PATCHES_MAX, fitted));
}

function patches(pixels: number): number {
  return Math.ceil(pixels / PATCH_PIXELS);
}

function sizeOf(head: Buffer): Size | undefined {
  if (head.length < 24) return undefined;
  if (head.readUInt32BE(0) === 0x89504e47) {
    return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  }
  if (head.toString('latin1', 0, 3) === 'GIF') {
    return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  }
  return head.readUInt16BE(0) === 0xffd8 ? jpegSize(head) : undefined;
}

/** Walks the segments of a JPEG to its frame header (markers C0 to CF but for C4, C8 and CC). */
function jpegSize(head: Buffer): Size | undefined {
  let at = 2;
  while (at + 9 < head.length && head[at] === 0xff) {
    const marker = head[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
    at += 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}
