import { createHash } from 'node:crypto';

const MARK_LETTERS = 8;

/**
 * Ids of tool calls as the Messages form takes them: letters, digits, `_` and `-`, and each once in a
 * conversation (chat reference §2.3 rule 7). Ids come in the order of the calls, and each depends only on those
 * before it, so a conversation that grows keeps its ids and its cached prefix.
 */
export class ToolCallIds {
  readonly #taken = new Set<string>();
  readonly #repeats = new Map<string, number>();

  /** The id of one more call; two calls never have the same, whatever theirs are. */
  next(id: string): string {
    const plain = id.replaceAll(/[^a-zA-Z0-9_-]/g, '_') || 'call';
    let free = plain;
    while (this.#taken.has(free)) free = `${plain}_${this.#mark(plain, id)}`;
    this.#taken.add(free);
    return free;
  }

  /** Counted, since clients exist that begin anew with `call_0` at every turn. */
  #mark(plain: string, id: string): string {
    const repeat = (this.#repeats.get(plain) ?? 0) + 1;
    this.#repeats.set(plain, repeat);
    const digest = createHash('sha256')
      .update(`${String(repeat)} ${id}`)
      .digest('hex');
    return digest.slice(0, MARK_LETTERS);
  }
}
