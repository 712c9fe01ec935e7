/** Where in the page an answer stands: below the title of the page and that of its pane. */
const FIRST_LEVEL = 3;
const LAST_LEVEL = 6;

/** A level that a heading within an answer may have. */
export type HeadingLevel = 'h3' | 'h4' | 'h5' | 'h6';

/**
 * Gives the headings of an answer, in their order, levels within the page: the order of their own is
 * kept, and no level is left out.
 */
export class HeadingLevels {
  /** The levels of the headings that the next one stands below, by the answer's own count. */
  #above: number[] = [];

  next(own: number): HeadingLevel {
    this.#above = this.#above.filter((level) => level < own);
    const level = Math.min(LAST_LEVEL, FIRST_LEVEL + this.#above.length);
    this.#above.push(own);
    return `h${String(level)}` as HeadingLevel;
  }
}
