import type { ChatDelta } from '../../../chat-form/chat-response.ts';
import type { FinishReason } from '../../../chat-form/finish-reasons.ts';
import { finishReasonOf } from '../../../chat-form/finish-reasons.ts';
import type { JsonObject } from '../../../std/json.ts';
import type { AnswerShape } from '../answer-shape.ts';
import type { AnswerProgress, BlockDeltas } from './block-deltas.ts';
import { contentOf, openBlock } from './block-deltas.ts';
import { objectIn, objectsIn, textIn } from './event-fields.ts';
import { FenceRemover, PlainText } from './remove-fence.ts';

/** How an answer ended. */
export interface AnswerEnding {
  readonly finishReason: FinishReason;
  /** The stop reason of the Messages form. */
  readonly native: string | null;
}

/** Blocks come one after the other; those that never stop must not gather without end. */
const OPEN_BLOCKS_MAX = 256;
const REFUSAL_TEXT = 'The model declined to answer this request.';
/** What a delta belongs to whose block never began. */
const kindOfDelta: ReadonlyMap<string, string> = new Map([
  ['text_delta', 'text'],
  ['thinking_delta', 'thinking'],
  ['signature_delta', 'thinking'],
]);

/**
 * Maps the events of an answer to the deltas of this form (chat reference §2.11). The one mapping:
 * a stream writes the deltas down, an answer in one piece is their fold. An event that is not what
 * its type says maps to nothing.
 */
export class DeltaMapping {
  readonly #shape: AnswerShape;
  readonly #progress: AnswerProgress;
  readonly #open = new Map<number, BlockDeltas>();
  #hasRole = false;
  #usage: JsonObject = {};
  #stopReason: string | null = null;
  #explanation = '';
  #ending: AnswerEnding | undefined;

  constructor(shape: AnswerShape) {
    this.#shape = shape;
    const text = shape.removesFence ? new FenceRemover() : new PlainText();
    this.#progress = { shape, text, calls: 0, thoughts: 0, isCallLost: false };
  }

  /** Set once the answer is over. */
  get ending(): AnswerEnding | undefined {
    return this.#ending;
  }

  /** What was reported so far. The latest count of each kind: counts are cumulative. */
  get usage(): JsonObject {
    return this.#usage;
  }

  take(event: JsonObject): readonly ChatDelta[] {
    if (this.#ending !== undefined) return [];
    const isStart = event['type'] === 'message_start';
    const deltas = isStart && this.#hasRole ? [] : this.#map(event);
    const begins = isStart || deltas.length > 0 || this.ending !== undefined;
    if (this.#hasRole || !begins) return deltas;
    this.#hasRole = true;
    return [role, ...deltas];
  }

  #map(event: JsonObject): readonly ChatDelta[] {
    const { index: said } = event;
    const index = typeof said === 'number' ? said : -1;
    switch (event['type']) {
      case 'message_start':
        return this.#start(objectIn(event, 'message'));
      case 'content_block_start':
        return this.#openBlock(index, objectIn(event, 'content_block'));
      case 'content_block_delta':
        return this.#grow(index, objectIn(event, 'delta'));
      case 'content_block_stop':
        return this.#close(index, true);
      case 'message_delta':
        this.#note(objectIn(event, 'delta'), objectIn(event, 'usage'));
        return [];
      case 'message_stop':
        return this.#finish();
      default:
        return [];
    }
  }

  /** A message that has content already is one whose turn went on: its blocks are whole. */
  #start(message: JsonObject): readonly ChatDelta[] {
    this.#note(message, objectIn(message, 'usage'));
    return objectsIn(message, 'content').flatMap((block, index) => [
      ...this.#openBlock(index, block),
      ...this.#close(index, true),
    ]);
  }

  #openBlock(index: number, block: JsonObject): readonly ChatDelta[] {
    const before = this.#close(index, true);
    if (this.#open.size >= OPEN_BLOCKS_MAX) return before;
    const opened = openBlock(block, this.#progress);
    this.#open.set(index, opened);
    return [...before, ...opened.start()];
  }

  #grow(index: number, delta: JsonObject): readonly ChatDelta[] {
    const open = this.#open.get(index);
    if (open !== undefined) return open.grow(delta);
    const type = kindOfDelta.get(textIn(delta, 'type'));
    if (type === undefined) return [];
    const started = this.#openBlock(index, { type });
    return [...started, ...(this.#open.get(index)?.grow(delta) ?? [])];
  }

  #close(index: number, isWhole: boolean): readonly ChatDelta[] {
    const open = this.#open.get(index);
    this.#open.delete(index);
    return open?.stop(isWhole) ?? [];
  }

  /** What the start and the end of an answer say of it; a null says nothing. */
  #note(said: JsonObject, usage: JsonObject): void {
    this.#stopReason = textIn(said, 'stop_reason') || this.#stopReason;
    this.#explanation = textIn(objectIn(said, 'stop_details'), 'explanation') || this.#explanation;
    const counts = Object.entries(usage).filter(([, count]) => count !== null);
    this.#usage = { ...this.#usage, ...Object.fromEntries(counts) };
  }

  #finish(): readonly ChatDelta[] {
    const native = this.#stopReason;
    const isWhole = finishReasonOf(native) !== 'length';
    const rest = [...this.#open.keys()].flatMap((index) => this.#close(index, isWhole));
    const deltas = [...rest, ...contentOf(this.#progress.text.end())];
    this.#ending = { native, finishReason: this.#finishReason(native) };
    if (native !== 'refusal') return deltas;
    return [...deltas, { refusal: this.#explanation || REFUSAL_TEXT }];
  }

  #finishReason(native: string | null): FinishReason {
    if (this.#progress.isCallLost) return 'length';
    const reason = finishReasonOf(native);
    return reason === 'tool_calls' ? this.#shape.callsAs : reason;
  }
}

const role: ChatDelta = { role: 'assistant', content: '' };
