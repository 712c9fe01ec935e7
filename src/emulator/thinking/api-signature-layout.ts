/**
 * How the real API lays out its signatures and redacted blocks, as seen in recorded traffic of 2025
 * and 2026: nested fields in protobuf's encoding. Only the frame is known; what it holds is not.
 */

const FIELD_BITS = 3;
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const VARINT_BYTES_MAX = 10;
const VARINT_BASE = 128;
/** The API's have a dozen at most; more is not read, however long a text somebody sends. */
const FIELDS_MAX = 64;

const BODY_FIELD = 2;
const HEADER_FIELD = 1;
/** In the header: whether it signs thinking shown or thinking redacted. */
const KIND_FIELD = 3;
const CIPHERTEXT_FIELD = 5;
/** Fields of the body whose lengths never vary. */
const fixedLengths: ReadonlyMap<number, number> = new Map([
  [2, 12],
  [3, 12],
  [4, 48],
]);

/** Whether bytes can be a signature of the real API. Nobody but the API can say whether they are. */
export function hasApiLayout(bytes: Uint8Array): boolean {
  const outer = readFields(bytes);
  const [first, ...others] = outer ?? [];
  if (first?.number !== BODY_FIELD || others.some(({ content }) => content !== undefined)) {
    return false;
  }
  const body = readFields(first.content ?? new Uint8Array(0)) ?? [];
  const header = body.find(({ number }) => number === HEADER_FIELD)?.content;
  const headerFields = header === undefined ? [] : (readFields(header) ?? []);
  return (
    headerFields.some(({ number, content }) => number === KIND_FIELD && content === undefined) &&
    [...fixedLengths].every(([number, length]) => lengthIn(body, number) === length) &&
    (lengthIn(body, CIPHERTEXT_FIELD) ?? 0) > 0
  );
}

function lengthIn(fields: readonly Field[], wanted: number): number | undefined {
  return fields.find(({ number }) => number === wanted)?.content?.length;
}

interface Field {
  readonly number: number;
  /** Absent where the field is a number. */
  readonly content?: Uint8Array;
}

/** The fields of a message; undefined where the bytes are no whole message of the kinds used here. */
function readFields(bytes: Uint8Array): readonly Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length;) {
    if (fields.length === FIELDS_MAX) return undefined;
    const key = readVarint(bytes, at);
    const value = key === undefined ? undefined : readVarint(bytes, key.end);
    if (key === undefined || value === undefined) return undefined;
    const number = Math.floor(key.value / 2 ** FIELD_BITS);
    const wireType = key.value % 2 ** FIELD_BITS;
    if (wireType === VARINT) {
      fields.push({ number });
      at = value.end;
    } else if (wireType === LENGTH_DELIMITED && value.end + value.value <= bytes.length) {
      at = value.end + value.value;
      fields.push({ number, content: bytes.subarray(value.end, at) });
    } else {
      return undefined;
    }
  }
  return fields;
}

interface Varint {
  readonly value: number;
  readonly end: number;
}

/** A number in base 128, lowest digits first. Larger ones than lengths can be lose precision only. */
function readVarint(bytes: Uint8Array, start: number): Varint | undefined {
  let value = 0;
  for (let at = start; at < Math.min(bytes.length, start + VARINT_BYTES_MAX); at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte % VARINT_BASE) * VARINT_BASE ** (at - start);
    if (byte < VARINT_BASE) return { value, end: at + 1 };
  }
  return undefined;
}
