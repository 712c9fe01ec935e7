/** Ends of lines for some readers of text, though not for server-sent events; JSON can escape them. */
const otherLineEnds = /[\u0085\u2028\u2029]/g;

/** A value as an event without a name, on one line for whatever reads it; chat reference §2.11. */
export function dataLine(value: object): string {
  const json = JSON.stringify(value).replaceAll(otherLineEnds, escaped);
  return `data: ${json}\n\n`;
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
