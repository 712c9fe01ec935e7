/** The part of a terminal's output that a screen writes to. */
export interface ScreenOut {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

const COLUMNS_USUAL = 80;
const ROWS_USUAL = 24;

const enter = '\u{1B}[?1049h\u{1B}[?25l';
const leave = '\u{1B}[?25h\u{1B}[?1049l';
/** Terminals that know these show what is between them at once; others leave them out. */
const begin = '\u{1B}[?2026h';
const finish = '\u{1B}[?2026l';

/**
 * The terminal's other screen, drawn over in place: what was there before comes back when it is left.
 * Lines are written over and never cleared first, so that nothing flickers.
 */
export class Screen {
  readonly #out: ScreenOut;
  #isOpen = false;

  constructor(out: ScreenOut) {
    this.#out = out;
  }

  /** A terminal that does not know its size is taken for one of 80 × 24. */
  get size(): { readonly columns: number; readonly rows: number } {
    const { columns = 0, rows = 0 } = this.#out;
    return {
      columns: columns > 0 ? columns : COLUMNS_USUAL,
      rows: rows > 0 ? rows : ROWS_USUAL,
    };
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#out.write(enter);
  }

  /** Draws lines that fit, from the top. */
  draw(lines: readonly string[]): void {
    const drawn = lines.map((line) => `${line}\u{1B}[K`).join('\r\n');
    this.#out.write(`${begin}\u{1B}[H${drawn}\u{1B}[J${finish}`);
  }

  /** Idempotent: whatever ends the program may call it. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#out.write(leave);
  }
}
