/** How many answers an expectation rests on, and of how many keys and models they are kept. */
const ANSWERS_KEPT = 31;
const NAMES_MAX = 10_000;

/**
 * How long answers usually are, by key and model: the median of the last ones. It says what a request
 * will likely cost, never what is held for it.
 */
export class ExpectedOutput {
  /** In order of use. */
  readonly #byName = new Map<string, number[]>();

  /** Undefined where no answer was seen yet. */
  expect(keyId: string, modelId: string): number | undefined {
    const kept = this.#byName.get(JSON.stringify([keyId, modelId]));
    if (kept === undefined) return undefined;
    const sorted = kept.toSorted((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)];
  }

  note(keyId: string, modelId: string, outputTokens: number): void {
    const name = JSON.stringify([keyId, modelId]);
    const kept = this.#byName.get(name) ?? [];
    this.#byName.delete(name);
    this.#byName.set(name, [...kept, outputTokens].slice(-ANSWERS_KEPT));
    if (this.#byName.size <= NAMES_MAX) return;
    const oldest = this.#byName.keys().next();
    if (oldest.done !== true) this.#byName.delete(oldest.value);
  }
}
