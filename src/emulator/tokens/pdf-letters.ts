import { PdfFile } from './pdf-file.ts';
import { pagesOf } from './pdf-pages.ts';

/** What of a PDF's text can be told without its fonts. */
interface PdfLetters {
  readonly pages: number;
  /** Text whose letters stand in the file. */
  readonly text: string;
  /** How many letters are there as numbers of a font's own. */
  readonly codedLetters: number;
}

const LETTERS_MAX = 4_000_000;
/** Digits of one letter in a font that has its own numbers, as embedded fonts mostly do. */
const DIGITS_A_LETTER = 4;
/** In thousandths of the font's size: a shift to the right that wide is a space. */
const SPACE_SHIFT = -200;

/** Strings, shifts between them and operators that begin a line (ISO 32000-1 §9.4). */
const shown = /\((?:[^()\\]|\\[^])*\)|<[0-9A-Fa-f\s]*>|-?\d+(?:\.\d+)?(?=[\s(<\]])|T[dDm*](?=\s)/g;

/** The pages and letters of a PDF given as base64; undefined where it cannot be read. */
export function pdfLetters(base64: string): PdfLetters | undefined {
  const file = PdfFile.from(base64);
  const pages = file === undefined ? undefined : pagesOf(file);
  if (file === undefined || pages === undefined) return undefined;
  const parts: string[] = [];
  let lettersLeft = LETTERS_MAX;
  let codedLetters = 0;
  for (const { dictionary, bytes } of file.streams()) {
    // Fonts say how long they are, pictures and forms what they are; a page's content says neither.
    if (/\/(?:Length\d|Subtype|Type|N)\b/.test(dictionary)) continue;
    const content = bytes.toString('latin1', 0, lettersLeft);
    if (!/\bBT\b/.test(content)) continue;
    for (const [token] of content.matchAll(shown)) {
      if (token.startsWith('<')) codedLetters += Math.floor((token.length - 2) / DIGITS_A_LETTER);
      else parts.push(lettersOf(token));
    }
    lettersLeft = Math.max(0, lettersLeft - content.length);
  }
  const text = parts.join('').replaceAll(/ {2,}/g, ' ').trim();
  return { pages, text, codedLetters };
}

function lettersOf(token: string): string {
  if (!token.startsWith('(')) {
    return token.startsWith('T') || Number(token) < SPACE_SHIFT ? ' ' : '';
  }
  return token
    .slice(1, -1)
    .replaceAll(/\\([0-7]{3}|[()\\])/g, (_escape, sign: string) =>
      sign.length === 1 ? sign : String.fromCharCode(Number.parseInt(sign, 8) & 0xff),
    );
}
