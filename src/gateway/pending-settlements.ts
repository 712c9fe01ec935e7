/**
 * Settlements that go on behind their responses, which cannot cancel them: who closes the store
 * waits for them first.
 */
export class PendingSettlements {
  readonly #pending = new Set<Promise<void>>();

  get count(): number {
    return this.#pending.size;
  }

  /** Takes one that does not reject. */
  add(settlement: Promise<void>): void {
    this.#pending.add(settlement);
    void settlement.then(() => {
      this.#pending.delete(settlement);
    });
  }

  /** Resolves when none is left, those that were added meanwhile too. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }
}
