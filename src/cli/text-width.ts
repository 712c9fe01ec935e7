/** Letters that take two columns of a terminal: East Asian wide ones and pictures. */
const wide =
  /^[\u{1100}-\u{115F}\u{2E80}-\u{303E}\u{3041}-\u{33FF}\u{3400}-\u{4DBF}\u{4E00}-\u{A4CF}\u{A960}-\u{A97F}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FE30}-\u{FE6F}\u{FF00}-\u{FF60}\u{FFE0}-\u{FFE6}\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}\u{1FA70}-\u{1FAFF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\u{FE0F}/u;
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u{202A}-\u{202E}\u{2066}-\u{2069}]/gu;
const markOnly = /^[\p{M}\u{200B}-\u{200D}\u{FEFF}]+$/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A text without what a terminal would act on: names and answers come from others, and an escape in
 * them could rewrite the screen.
 */
export function printable(text: string): string {
  return text.replace(unprintable, '\u{FFFD}');
}

/** How many columns a text takes that has no escapes in it. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** A text in exactly so many columns: cut with `…` where it is longer, filled up where it is shorter. */
export function fitText(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const shown = cutText(printable(text), columns);
  const room = ' '.repeat(Math.max(0, columns - textWidth(shown)));
  return align === 'left' ? shown + room : room + shown;
}

/** A text in at most so many columns. */
export function cutText(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (textWidth(text) <= columns) return text;
  let cut = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** Figures for which there is room. A figure is never cut: what is left of one reads as another. */
export function figuresLine(columns: number, parts: readonly string[]): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}   ${part}`;
    if (textWidth(longer) > columns) break;
    line = longer;
  }
  return line;
}

function graphemeWidth(grapheme: string): number {
  if (markOnly.test(grapheme)) return 0;
  return wide.test(grapheme) || grapheme.includes('\u{FE0F}') ? 2 : 1;
}
