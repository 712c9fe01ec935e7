/** What the text of an answer goes through on its way out. */
export interface TextOutlet {
  /** How much text there is so far, what is still held back included. */
  readonly position: number;
  /** The next piece; returns what may go out now. */
  push(text: string): string;
  /** The text is over: what was held back and is part of it. */
  end(): string;
}

/** Text that goes out as it comes. */
export class PlainText implements TextOutlet {
  #position = 0;

  get position(): number {
    return this.#position;
  }

  push(text: string): string {
    this.#position += text.length;
    return text;
  }

  end(): string {
    return '';
  }
}

const OPENING_LENGTH_MAX = 256;
const CLOSING_LENGTH_MAX = 4096;
const opening = /^\s*```[^\n`]*\n/;
/** What further text may still make an opening of. */
const openingSoFar = /^\s*(?:`{0,2}|```[^\n`]*)$/;
const closing = /(?:^|\r?\n)[ \t]*```\s*$/;
const closingSoFar = /(?:(?:^|\r?\n)[ \t]*(?:`{0,2}|```\s*)|\r)$/;

/**
 * Takes the code fence off a text that stands in one, as models write JSON that nobody forces them
 * to write without (chat reference §2.7). A text that begins with a fence loses that line, and its
 * last line where that closes the fence. What goes out depends on the text alone, never on how it
 * was cut: only what may be a part of a fence is held back.
 */
export class FenceRemover implements TextOutlet {
  #state: 'at-start' | 'fenced' | 'plain' = 'at-start';
  #held = '';
  #passed = 0;
  /** Whether what is held begins where the text behind the opening does. */
  #isBodyStart = false;

  get position(): number {
    return this.#passed + this.#held.length;
  }

  push(text: string): string {
    this.#held += text;
    if (this.#state === 'at-start') this.#readOpening();
    if (this.#state === 'at-start') return '';
    return this.#pass(this.#state === 'plain' ? this.#held.length : this.#closingAt());
  }

  end(): string {
    const isClosed = this.#state === 'fenced' && closing.test(this.#line());
    return this.#pass(isClosed ? 0 : this.#held.length);
  }

  #readOpening(): void {
    const [fence] = opening.exec(this.#held) ?? [];
    if (fence !== undefined && fence.length <= OPENING_LENGTH_MAX) {
      this.#state = 'fenced';
      this.#isBodyStart = true;
      this.#held = this.#held.slice(fence.length);
      return;
    }
    const mayBe = this.#held.length <= OPENING_LENGTH_MAX && openingSoFar.test(this.#held);
    if (fence !== undefined || !mayBe) this.#state = 'plain';
  }

  /** Where a closing fence may begin; the end where nothing looks like one. */
  #closingAt(): number {
    const [found = ''] = closingSoFar.exec(this.#line()) ?? [];
    return this.#held.length - (found.length > CLOSING_LENGTH_MAX ? 0 : found.length);
  }

  /** What is held, so that it matches as the beginning of a line only where it is one. */
  #line(): string {
    return this.#isBodyStart ? this.#held : `.${this.#held}`;
  }

  #pass(length: number): string {
    const passed = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    this.#passed += length;
    if (length > 0) this.#isBodyStart = false;
    return passed;
  }
}
