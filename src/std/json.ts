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

/** Every number that is not written the way a double is has one of these; so may texts. */
const mayBeInexact = /\d{16}|\d\.\d|\d[eE]|-0/;

/** Standard, but not in the type library yet. */
const sourced = JSON as unknown as {
  parse(
    text: string,
    reviver: (key: string, value: JsonValue, context: { readonly source?: string }) => JsonValue,
  ): JsonValue;
  rawJSON(text: string): JsonValue;
};

/**
 * Parses JSON text that goes on and that nobody here reads: numbers which a double does not hold, or
 * is written otherwise, are written again as they were. Ids of 19 digits are numbers to some tools.
 */
export function parseExactJson(text: string): ParsedJson {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed' || !mayBeInexact.test(text)) return parsed;
  // A number by itself stays one: what stands for it within a value looks like an object.
  if (typeof parsed.value !== 'object' || parsed.value === null) return parsed;
  try {
    const value = sourced.parse(text, (_key, item, { source }) =>
      typeof item === 'number' && source !== undefined && String(item) !== source
        ? sourced.rawJSON(source)
        : item,
    );
    return { kind: 'value', value };
  } catch (error) {
    // Nesting that a plain parse can take may be too deep for this one.
    if (error instanceof RangeError) return parsed;
    throw error;
  }
}
