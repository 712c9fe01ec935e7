/**
 * Files and pictures stand in URLs in this form: in `data:` URLs (RFC 2397) with their bytes, or
 * by a web address that whoever answers fetches (chat reference §2.4). All of it takes time linear in
 * the URL's length, whatever the URL is.
 */
export type MediaUrl =
  | {
      readonly kind: 'data';
      /** Lower-case, without parameters. */
      readonly mediaType: string;
      readonly charset: string | undefined;
      /** Whether the URL itself said `;base64`; what it wrote out is in `base64` nevertheless. */
      readonly isBase64: boolean;
      /** Standard alphabet, padded, without white space. */
      readonly base64: string;
    }
  | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'bad'; readonly why: string };

/** What stands before the comma of a `data:` URL is a media type and parameters: a line at most. */
const HEAD_LENGTH_MAX = 1000;
const PERCENT = 0x25;
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;

/** Names in use for types that have another. */
const otherNames: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'application/x-pdf': 'application/pdf',
};

/** Reads the URL of a picture or a file. */
export function readMediaUrl(url: string): MediaUrl {
  const scheme = url.slice(0, url.slice(0, 10).indexOf(':') + 1).toLowerCase();
  if (scheme === 'data:') return readDataUrl(url);
  if (scheme !== 'https:' && scheme !== 'http:') {
    return bad('expected a data: URL with base64, or an https: or http: URL');
  }
  return URL.canParse(url) ? { kind: 'remote', url } : bad('not a valid URL');
}

/** Base64 as a `data:` URL. */
export function dataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}

/** Base64 in the standard alphabet, padded, without white space; undefined where it is none. */
export function normalBase64(text: string): string | undefined {
  const plain = text.includes('%') ? percentDecoded(text).toString('latin1') : text;
  const dense = /\s/.test(plain) ? plain.replaceAll(/\s+/g, '') : plain;
  const padding = dense.endsWith('==') ? 2 : Number(dense.endsWith('='));
  const digits = dense.length - padding;
  const isDigits = dense.slice(0, digits).search(/[^A-Za-z0-9+/_-]/) < 0;
  if (digits === 0 || digits % 4 === 1 || !isDigits) return undefined;
  if (dense.length % 4 === 0 && !/[_-]/.test(dense)) return dense;
  return Buffer.from(dense, 'base64').toString('base64');
}

/** The text that base64 holds; undefined where the bytes are none in that character set. */
export function textOfBase64(base64: string, charset = 'utf-8'): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    // An unknown character set or bytes that it does not have: either way there is no text.
    return undefined;
  }
}

/** A media type as it is compared: lower-case, trimmed, under its usual name. */
export function normalMediaType(mediaType: string): string {
  const name = mediaType.trim().toLowerCase();
  return otherNames[name] ?? name;
}

function bad(why: string): MediaUrl {
  return { kind: 'bad', why };
}

function readDataUrl(url: string): MediaUrl {
  const comma = url.slice(0, HEAD_LENGTH_MAX).indexOf(',');
  if (comma < 0) return bad('the data: URL has no comma before its data');
  const [type = '', ...parameters] = url.slice('data:'.length, comma).split(';');
  const mediaType = type.trim() === '' ? 'text/plain' : normalMediaType(type);
  if (!MEDIA_TYPE.test(mediaType)) return bad('the data: URL has no valid media type');
  const options = parameters.map((option) => option.trim().toLowerCase());
  const isBase64 = options.includes('base64');
  const charset = options.find((option) => option.startsWith('charset='))?.slice('charset='.length);
  const data = url.slice(comma + 1);
  const base64 = isBase64 ? normalBase64(data) : percentDecoded(data).toString('base64');
  if (base64 === undefined) return bad('the data is not valid base64');
  return { kind: 'data', mediaType, charset: unquoted(charset), isBase64, base64 };
}

function unquoted(value: string | undefined): string | undefined {
  return value?.startsWith('"') === true && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** The bytes that percent-encoded text stands for; a percent sign that begins nothing is itself. */
function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  let end = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const high = byte === PERCENT ? hexDigit(bytes[at + 1]) : undefined;
    const low = high === undefined ? undefined : hexDigit(bytes[at + 2]);
    const isEscape = high !== undefined && low !== undefined;
    bytes[end] = isEscape ? high * 16 + low : byte;
    end += 1;
    if (isEscape) at += 2;
  }
  return bytes.subarray(0, end);
}

function hexDigit(byte = 0): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : undefined;
}
