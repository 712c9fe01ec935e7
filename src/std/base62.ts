const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANGE = 62;
/** Bytes at or above this would favour the first letters of the alphabet. */
const UNBIASED_BELOW = 248;

/** `length` letters of the alphabet chosen by bytes from `nextBytes`, without bias. */
export function base62(length: number, nextBytes: (count: number) => Uint8Array): string {
  let text = '';
  while (text.length < length) {
    const bytes = nextBytes(length - text.length);
    for (const byte of bytes) {
      if (byte < UNBIASED_BELOW) text += ALPHABET[byte % RANGE];
    }
  }
  return text;
}

/** A number as exactly `length` letters, most significant first; what does not fit is cut from the front. */
export function base62Number(value: number, length: number): string {
  let rest = value;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = `${ALPHABET[rest % RANGE] ?? ''}${text}`;
    rest = Math.floor(rest / RANGE);
  }
  return text;
}
