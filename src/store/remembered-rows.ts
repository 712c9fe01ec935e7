/** Most gateways whose settings are held in memory. */
const ENTRIES_MAX = 1000;

/** Whose row it is, and what its account calls it. */
export interface RowName {
  readonly account: string;
  readonly id: string;
}

/**
 * What was read of the database, until a write of this process changes it: reads on a request's path
 * are reads of memory. A read and its being remembered are one step, and a write is forgotten before
 * whoever asked for it is answered, so nobody sees what was there before a write that they know of.
 * Of too many the one left alone for longest is forgotten.
 */
export class RememberedRows<Value extends object | boolean> {
  readonly #entriesMax: number;
  /** In order of use. */
  readonly #byName = new Map<string, Value>();

  constructor(entriesMax: number = ENTRIES_MAX) {
    this.#entriesMax = entriesMax;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#byName.size;
  }

  /** What is remembered, else what is read now. What is not there is not remembered: anybody can name it. */
  get(name: RowName, read: () => Value | undefined): Value | undefined {
    const key = keyOf(name);
    const value = this.#byName.get(key) ?? read();
    if (value === undefined) return undefined;
    this.#byName.delete(key);
    this.#byName.set(key, value);
    this.#forgetOldest();
    return value;
  }

  forget(name: RowName): void {
    this.#byName.delete(keyOf(name));
  }

  /** Writes, and forgets what is remembered whether that succeeds or not: it may have been done all the same. */
  async forgetAfter<Written>(name: RowName, write: () => Promise<Written>): Promise<Written> {
    try {
      return await write();
    } finally {
      this.forget(name);
    }
  }

  #forgetOldest(): void {
    if (this.#byName.size <= this.#entriesMax) return;
    const oldest = this.#byName.keys().next();
    if (oldest.done !== true) this.#byName.delete(oldest.value);
  }
}

function keyOf({ account, id }: RowName): string {
  return JSON.stringify([account, id]);
}
