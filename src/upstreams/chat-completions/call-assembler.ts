import type { BlockQueue, QueuedBlock } from './block-queue.ts';
import { JsonProgress } from './json-progress.ts';
import type { CallPiece } from './read-chunk.ts';

/** More calls than this in one answer are a loop of the engine. */
const CALLS_MAX = 1000;

interface Call {
  /** As the engine sent it. */
  id: string | undefined;
  name: string | undefined;
  readonly progress: JsonProgress;
  /** Absent until the name is known: a block begins with it. */
  block: QueuedBlock | undefined;
  /** Arguments that came before the name. */
  early: string;
}

/**
 * Puts the calls of tools together from their pieces. Engines differ in what they repeat and what
 * they leave out: the index or the id may be missing or be the same for all, a name may come again
 * with every piece, arguments in one piece or letter by letter.
 */
export class CallAssembler {
  readonly #queue: BlockQueue;
  readonly #idStem: string;
  readonly #byIndex = new Map<number, Call>();
  readonly #byId = new Map<string, Call>();
  readonly #shownIds = new Set<string>();
  #last: Call | undefined;
  #count = 0;
  #fault: string | undefined;

  /** `idStem` is what ids are made from where an engine gives none. */
  constructor(queue: BlockQueue, idStem: string) {
    this.#queue = queue;
    this.#idStem = idStem;
  }

  get count(): number {
    return this.#count;
  }

  /** Why the calls cannot be made out. */
  get fault(): string | undefined {
    return this.#fault;
  }

  take(piece: CallPiece): void {
    if (this.#fault !== undefined) return;
    const call = this.#callOf(piece);
    if (call === undefined) return;
    this.#last = call;
    call.id ??= piece.id;
    call.name ??= piece.name;
    if (call.id !== undefined) this.#byId.set(call.id, call);
    if (piece.index !== undefined) this.#byIndex.set(piece.index, call);
    call.early += piece.json;
    if (call.name === undefined) return;
    call.block ??= this.#begin(call, call.name);
    this.#grow(call, call.block);
  }

  /** The answer is over: arguments that no name ever came to are of no use to anybody. */
  finish(): void {
    for (const call of this.#byIndex.values()) {
      if (call.block === undefined && call.early.trim() !== '') {
        this.#fault ??= 'arguments of a call without a name';
      }
    }
  }

  #callOf(piece: CallPiece): Call | undefined {
    const known = this.#knownCall(piece);
    if (known !== undefined && !isAnother(piece, known)) return known;
    if (this.#count >= CALLS_MAX) {
      this.#fault = `more than ${String(CALLS_MAX)} calls of tools`;
      return undefined;
    }
    this.#count += 1;
    return {
      id: undefined,
      name: undefined,
      progress: new JsonProgress(),
      block: undefined,
      early: '',
    };
  }

  #knownCall({ index, id, name }: CallPiece): Call | undefined {
    const byId = id === undefined ? undefined : this.#byId.get(id);
    if (byId !== undefined) return byId;
    if (index !== undefined) return this.#byIndex.get(index);
    return id === undefined || name === undefined ? this.#last : undefined;
  }

  #begin(call: Call, name: string): QueuedBlock {
    const start = { type: 'tool_use' as const, id: this.#shownId(call.id), name, input: {} };
    return this.#queue.add(start, () => call.progress.isWhole);
  }

  #grow(call: Call, block: QueuedBlock): void {
    const partial_json = call.early;
    call.early = '';
    if (partial_json === '') return;
    if (block.isClosed) {
      if (partial_json.trim() !== '') this.#fault = 'more arguments of a call that had ended';
      return;
    }
    call.progress.take(partial_json);
    this.#queue.grow(block, { type: 'input_json_delta', partial_json });
    this.#queue.advance();
  }

  /** The engine's id in the letters that callers may bring back, and no id twice. */
  #shownId(id: string | undefined): string {
    const number = String(this.#shownIds.size + 1);
    const own = `toolu_${this.#idStem}_${number}`;
    const plain = id === undefined ? own : id.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
    const shown = this.#shownIds.has(plain) ? `${plain}_${number}` : plain;
    this.#shownIds.add(shown);
    return shown;
  }
}

/** Whether a piece that seems to belong to a call is the beginning of another one. */
function isAnother({ id, name, json }: CallPiece, call: Call): boolean {
  if (id !== undefined && call.id !== undefined) return id !== call.id;
  return name !== undefined && call.progress.isWhole && json.trim() !== '';
}
