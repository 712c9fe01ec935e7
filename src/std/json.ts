/** Any value that JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export type ParsedJson =
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'malformed'; readonly detail: string };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Bytes as text, byte by byte where they are not UTF-8: the caller decides what that means. */
export function textOf(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  if (Buffer.isBuffer(bytes)) return bytes.toString('utf8', start, end);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** Parses JSON text. A value, or what the parser had to say. */
export function parseJson(text: string): ParsedJson {
  try {
    return { kind: 'value', value: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { kind: 'malformed', detail: error instanceof Error ? error.message : String(error) };
  }
}
