/** Formats of pictures that the API takes; API reference §3.1. */
type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp';

/** What the head of a picture says of itself. */
interface ImageSize {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
}

/** Enough for every format but a JPEG that carries large metadata. */
const HEAD_LETTERS = 64 * 1024;
const HEAD_BYTES_MIN = 10;

/**
 * Format and pixels of a picture given as base64, read from its head; undefined where it is of
 * none of the formats or ends too early to tell. The picture itself is not decoded.
 */
export function imageSize(base64: string): ImageSize | undefined {
  const head = Buffer.from(base64.slice(0, HEAD_LETTERS), 'base64');
  if (head.length < HEAD_BYTES_MIN) return undefined;
  if (head.readUInt16BE(0) === 0xffd8) {
    const early = jpegSize(head);
    if (early !== undefined || base64.length <= HEAD_LETTERS) return early;
    return jpegSize(Buffer.from(base64, 'base64'));
  }
  return pngSize(head) ?? gifSize(head) ?? webpSize(head);
}

/** PNG §11.2.2: the header chunk comes first. */
function pngSize(head: Buffer): ImageSize | undefined {
  if (head.length < 24 || head.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') return undefined;
  return sized('png', head.readUInt32BE(16), head.readUInt32BE(20));
}

/** GIF89a §18: the logical screen. */
function gifSize(head: Buffer): ImageSize | undefined {
  if (!/^GIF8[79]a$/.test(head.toString('latin1', 0, 6))) return undefined;
  return sized('gif', head.readUInt16LE(6), head.readUInt16LE(8));
}

/** RFC 9649: a RIFF container whose first chunk is a lossy, a lossless or an extended header. */
function webpSize(head: Buffer): ImageSize | undefined {
  if (head.length < 30) return undefined;
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WEBP') {
    return undefined;
  }
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return sized('webp', head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff);
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return sized('webp', (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case 'VP8X':
      return sized('webp', head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1);
    default:
      return undefined;
  }
}

/** Walks the segments of a JPEG to its frame header (markers C0 to CF but for C4, C8 and CC). */
function jpegSize(bytes: Buffer): ImageSize | undefined {
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return sized('jpeg', bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

function sized(format: ImageFormat, width: number, height: number): ImageSize | undefined {
  return width === 0 || height === 0 ? undefined : { format, width, height };
}
