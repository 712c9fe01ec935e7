/** A page that was written, with what it was made from. */
interface KeptPage {
  readonly madeFrom: readonly unknown[];
  readonly type: string;
  readonly body: Uint8Array;
}

/** A page as it is sent. */
export interface WrittenPage {
  readonly type: string;
  readonly body: Uint8Array;
}

/** All pages in all their forms are a third of it. */
const BYTES_MAX = 64 * 1024 * 1024;

/**
 * Pages that were written, for who asks next: to write one costs milliseconds, and anybody may ask.
 * A page stands as long as what it was made from does.
 */
export class KeptPages {
  readonly #kept = new Map<string, KeptPage>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** The page of a name; written anew where it was made from something else. */
  page(
    name: string,
    madeFrom: readonly unknown[],
    write: () => { readonly type: string; readonly text: string },
  ): WrittenPage {
    const kept = this.#kept.get(name);
    if (kept !== undefined && isSame(kept.madeFrom, madeFrom)) return kept;
    const { type, text } = write();
    const page = { madeFrom, type, body: Buffer.from(text) };
    this.#drop(name);
    if (this.#bytes + page.body.length > this.#bytesMax) this.#clear();
    if (page.body.length <= this.#bytesMax) {
      this.#kept.set(name, page);
      this.#bytes += page.body.length;
    }
    return page;
  }

  #drop(name: string): void {
    this.#bytes -= this.#kept.get(name)?.body.length ?? 0;
    this.#kept.delete(name);
  }

  #clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}
