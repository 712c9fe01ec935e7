/** One thing that a stream of server-sent events says. */
export type SseItem =
  | { readonly kind: 'event'; readonly event: string; readonly data: string }
  | { readonly kind: 'comment'; readonly text: string }
  /** An event is larger than the bound: nothing after it is read. */
  | { readonly kind: 'overflow' };

const lineEnd = /[\r\n]/g;
/** So many letters one event may have; the largest that a gateway sends are far smaller. */
const EVENT_LETTERS_MAX = 16 * 1024 * 1024;

/**
 * Reads server-sent events from bytes as they come, however they are cut (HTML Standard, 9.2.6).
 * What is not ended by an empty line is no event.
 */
export class SseParser {
  readonly #lettersMax: number;
  readonly #decoder = new TextDecoder();
  #line = '';
  #event = '';
  #data: string[] = [];
  #letters = 0;
  /** The last chunk ended with a carriage return, to which a line feed may belong. */
  #isAfterReturn = false;
  #isOver = false;

  constructor(lettersMax: number = EVENT_LETTERS_MAX) {
    this.#lettersMax = lettersMax;
  }

  /** What has become whole with these bytes. */
  push(bytes: Uint8Array): readonly SseItem[] {
    const items: SseItem[] = [];
    const text = this.#decoder.decode(bytes, { stream: true });
    if (this.#isOver || text === '') return items;
    let from = this.#isAfterReturn && text.startsWith('\n') ? 1 : 0;
    this.#isAfterReturn = false;
    for (;;) {
      lineEnd.lastIndex = from;
      const end = lineEnd.exec(text)?.index ?? -1;
      this.#grow(text.slice(from, end === -1 ? text.length : end));
      if (this.#letters > this.#lettersMax) return [...items, this.#stop()];
      if (end === -1) return items;
      this.#endLine(items);
      from = end + 1;
      if (text[end] === '\r') {
        this.#isAfterReturn = from === text.length;
        if (text[from] === '\n') from += 1;
      }
    }
  }

  /** Whether an event was begun and not ended. */
  get isWithinEvent(): boolean {
    return this.#line !== '' || this.#data.length > 0;
  }

  #grow(piece: string): void {
    this.#line += piece;
    this.#letters += piece.length;
  }

  #stop(): SseItem {
    this.#isOver = true;
    this.#line = '';
    this.#data = [];
    return { kind: 'overflow' };
  }

  #endLine(items: SseItem[]): void {
    const line = this.#line;
    this.#line = '';
    if (line === '') {
      this.#endEvent(items);
    } else if (line.startsWith(':')) {
      this.#letters -= line.length;
      items.push({ kind: 'comment', text: line.slice(1).replace(/^ /, '') });
    } else {
      const colon = line.indexOf(':');
      const name = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'data') this.#data.push(value);
      if (name === 'event') this.#event = value;
    }
  }

  #endEvent(items: SseItem[]): void {
    if (this.#data.length > 0) {
      items.push({ kind: 'event', event: this.#event || 'message', data: this.#data.join('\n') });
    }
    this.#data = [];
    this.#event = '';
    this.#letters = 0;
  }
}
