import { inflateSync } from 'node:zlib';

const STREAMS_MAX = 60;
const INFLATED_BYTES_MAX = 100_000;
const PAGES_MAX = 20;
const PAGE_LETTERS_MAX = 4000;

/**
 * The text of a PDF's pages, as far as it stands there in plain letters: good enough to cite, and
 * empty where fonts spell by numbers of their own. Each stream that shows text counts as a page.
 */
export function pdfPages(base64: string): readonly string[] {
  // One letter a byte: offsets in the text are offsets in the file.
  const file = Buffer.from(base64, 'base64').toString('latin1');
  const pages: string[] = [];
  let at = 0;
  for (let seen = 0; seen < STREAMS_MAX && pages.length < PAGES_MAX; seen += 1) {
    const start = file.indexOf('stream', at);
    const end = start < 0 ? -1 : file.indexOf('endstream', start);
    if (end < 0) break;
    const dictionary = file.slice(Math.max(at, file.lastIndexOf('<<', start)), start);
    const body = file.slice(start + 'stream'.length, end).replace(/^\r?\n/, '');
    const shown = shownText(dictionary.includes('FlateDecode') ? inflated(body) : body);
    if (shown.trim() !== '') pages.push(shown);
    at = end + 'endstream'.length;
  }
  return pages;
}

function inflated(body: string): string {
  try {
    const bytes = inflateSync(Buffer.from(body, 'latin1'), { maxOutputLength: INFLATED_BYTES_MAX });
    return bytes.toString('latin1');
  } catch {
    // A stream that is broken or too large shows no text.
    return '';
  }
}

/** A string in brackets; each alternative ends at the next opening one, so the time is linear. */
const string = String.raw`\((?:[^()\\]|\\.)*\)`;
const shows = new RegExp(
  String.raw`\[((?:${string}|[^()[\]\\])*)\]\s*TJ|(${string})\s*(?:Tj|'|")`,
  'g',
);

/** What the operators that show text are given (PDF 32000-1 §9.4). */
function shownText(content: string): string {
  if (!/\bBT\b/.test(content)) return '';
  const lines: string[] = [];
  let letters = 0;
  for (const [, array, single] of content.slice(0, INFLATED_BYTES_MAX).matchAll(shows)) {
    const line = lettersOf(array ?? single ?? '');
    letters += line.length;
    if (letters > PAGE_LETTERS_MAX) break;
    if (line !== '') lines.push(line);
  }
  return lines.join(' ');
}

function lettersOf(source: string): string {
  const strings = source.match(new RegExp(string, 'g')) ?? [];
  return strings
    .map((quoted) => quoted.slice(1, -1).replaceAll(/\\([()\\])/g, '$1'))
    .join('')
    .replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '');
}
