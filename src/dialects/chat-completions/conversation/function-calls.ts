/**
 * Calls in the form of 2023 have no ids: a result names the function. Ids of our own join the two
 * (chat reference §2.3).
 */
export class FunctionCalls {
  readonly #unanswered = new Map<string, string[]>();
  #count = 0;

  /** The id of one more call. */
  call(name: string): string {
    this.#count += 1;
    const id = `call_fn_${String(this.#count)}`;
    const waiting = this.#unanswered.get(name) ?? [];
    waiting.push(id);
    this.#unanswered.set(name, waiting);
    return id;
  }

  /** The id of the last call of a function that has no result yet; none where there is no such call. */
  answer(name: string): string | undefined {
    return this.#unanswered.get(name)?.pop();
  }
}
