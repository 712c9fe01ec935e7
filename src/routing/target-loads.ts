/** How many requests each target has now. */
export class TargetLoads {
  readonly #live = new Map<string, number>();

  /** A request is sent there; returns what says, once, that it is over. */
  enter(healthKey: string): () => void {
    this.#live.set(healthKey, this.of(healthKey) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = this.of(healthKey) - 1;
      if (left > 0) this.#live.set(healthKey, left);
      else this.#live.delete(healthKey);
    };
  }

  of(healthKey: string): number {
    return this.#live.get(healthKey) ?? 0;
  }

  get keys(): Iterable<string> {
    return this.#live.keys();
  }
}
