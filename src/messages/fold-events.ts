import { assert } from '../std/assert.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseExactJson } from '../std/json.ts';
import type { ResponseBlock } from './content-blocks.ts';
import type { ContentBlockDelta, MessageDeltaEvent, MessagesEvent } from './events.ts';
import type { Message, WireUsage } from './response.ts';

export type Folded =
  | {
      readonly kind: 'message';
      readonly message: Message;
      /** Set where the arguments of its last call were cut: it has the members that were whole. */
      readonly isCallCut?: true;
    }
  | { readonly kind: 'failed'; readonly error: JsonObject }
  | { readonly kind: 'incomplete'; readonly detail: string };

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A block while its deltas arrive; unknown block and delta types are carried as they are. */
interface OpenBlock {
  readonly block: Mutable<JsonObject>;
  partialJson: string | undefined;
}

/**
 * Folds the events of a stream into the message a one-piece answer would have been.
 * A non-streaming answer is this fold, so the two cannot differ.
 */
export class EventFold {
  #message: Mutable<Message> | undefined;
  readonly #blocks: OpenBlock[] = [];
  #error: JsonObject | undefined;
  #stopped = false;
  #isCallCut = false;

  take(event: MessagesEvent): void {
    switch (event.type) {
      case 'message_start':
        this.#message = { ...event.message };
        for (const block of event.message.content) this.#open(block);
        return;
      case 'content_block_start':
        this.#open(event.content_block);
        return;
      case 'content_block_delta':
        this.#grow(event.index, event.delta);
        return;
      case 'content_block_stop':
        this.#close(event.index);
        return;
      case 'message_delta':
        this.#finish(event);
        return;
      case 'message_stop':
        this.#stopped = true;
        return;
      case 'error':
        this.#error = event.error;
        return;
      case 'ping':
        return;
    }
  }

  result(): Folded {
    if (this.#error !== undefined) return { kind: 'failed', error: this.#error };
    if (this.#message === undefined) return { kind: 'incomplete', detail: 'no message_start' };
    if (!this.#stopped) return { kind: 'incomplete', detail: 'no message_stop' };
    for (const [index, { partialJson }] of this.#blocks.entries()) {
      this.#isCallCut ||= partialJson === '';
      this.#close(index);
    }
    const content = this.#blocks.map(({ block }) => block as unknown as ResponseBlock);
    const message = { ...this.#message, content };
    return { kind: 'message', message, ...(this.#isCallCut ? { isCallCut: true } : {}) };
  }

  #open(block: ResponseBlock): void {
    this.#blocks.push({ block: { ...(block as unknown as JsonObject) }, partialJson: undefined });
  }

  #grow(index: number, delta: ContentBlockDelta): void {
    const open = this.#blocks[index];
    assert(open !== undefined, `a delta for block ${String(index)}, which has not started`);
    const { block } = open;
    switch (delta.type) {
      case 'text_delta':
        block['text'] = `${textField(block, 'text')}${delta.text}`;
        return;
      case 'thinking_delta':
        block['thinking'] = `${textField(block, 'thinking')}${delta.thinking}`;
        return;
      case 'signature_delta':
        block['signature'] = `${textField(block, 'signature')}${delta.signature}`;
        return;
      case 'input_json_delta':
        open.partialJson = (open.partialJson ?? '') + delta.partial_json;
        return;
      case 'citations_delta':
        block['citations'] = [...listField(block, 'citations'), delta.citation];
        return;
      case 'compaction_delta':
        block['content'] = delta.content;
        return;
    }
  }

  /** The arguments of a tool call are whole only now; what was cut keeps its finished members. */
  #close(index: number): void {
    const open = this.#blocks[index];
    if (open?.partialJson === undefined) return;
    const text = open.partialJson;
    open.partialJson = undefined;
    if (text === '') return;
    const parsed = parseExactJson(text);
    open.block['input'] = parsed.kind === 'value' ? parsed.value : completedMembers(text);
    this.#isCallCut ||= parsed.kind === 'malformed';
  }

  #finish(event: MessageDeltaEvent): void {
    assert(this.#message !== undefined, 'message_delta before message_start');
    const { stop_reason, stop_sequence, stop_details, container } = event.delta;
    const message = this.#message;
    message.stop_reason = stop_reason;
    message.stop_sequence = stop_sequence;
    if (stop_details !== undefined) message.stop_details = stop_details;
    if (container !== undefined) message.container = container;
    if (event.context_management !== undefined) {
      message.context_management = event.context_management;
    }
    const reported = countsOf(event);
    if (reported === undefined) return;
    // Counts are cumulative, and a null takes none back.
    const usage = countsOf(message) ?? {};
    const said = Object.entries(reported).filter(
      ([name, count]) => count !== null || !(name in usage),
    );
    message.usage = { ...usage, ...Object.fromEntries(said) } as WireUsage;
  }
}

/** An upstream may leave its counts out: that is no zero, and no reason to lose the answer. */
function countsOf({
  usage,
}: {
  readonly usage?: Partial<WireUsage>;
}): Partial<WireUsage> | undefined {
  return usage;
}

/** The members of a cut JSON object that were complete; `{}` if none was (API reference §5.2). */
export function completedMembers(text: string): JsonObject {
  for (const kept of [text, text.slice(0, lastTopLevelComma(text))]) {
    const parsed = parseExactJson(`${kept}}`);
    if (parsed.kind === 'value' && isJsonObject(parsed.value)) return parsed.value;
  }
  return {};
}

function lastTopLevelComma(text: string): number {
  let depth = 0;
  let inString = false;
  let last = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (inString && letter === '\\') at += 1;
    else if (letter === '"') inString = !inString;
    else if (inString) continue;
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
    else if (letter === ',' && depth === 1) last = at;
  }
  return last;
}

function textField(block: JsonObject, key: string): string {
  const value = block[key];
  return typeof value === 'string' ? value : '';
}

function listField(block: JsonObject, key: string): readonly JsonValue[] {
  const value = block[key];
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
