/** Objects of headers; where two name the same one, whatever its case, the later is sent. */
export type HeaderLists = readonly (object | undefined)[];

/** Puts the lists together in their order (Workers reference §1.2 has the binding's). */
export function mergeHeaders(lists: HeaderLists): Headers {
  const headers = new Headers();
  for (const list of lists) {
    const entries = list instanceof Headers ? list.entries() : Object.entries(list ?? {});
    for (const [name, value] of entries) headers.set(name, headerText(value));
  }
  return headers;
}

/**
 * What is not ASCII goes as UTF-8, as from the binding. Most runtimes take one byte for each
 * character and refuse what does not fit; a Worker's encodes by itself.
 */
function headerText(value: unknown): string {
  const text = String(value);
  if (/^[\t -~]*$/.test(text) || encodesHeaders()) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

function encodesHeaders(): boolean {
  try {
    return new Headers({ 'x-probe': '\u{100}' }).has('x-probe');
  } catch {
    // A TypeError by the Fetch standard: this runtime wants bytes.
    return false;
  }
}
