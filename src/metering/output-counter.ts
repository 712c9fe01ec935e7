import type { Tokenizer } from '../emulator/tokens/split-tokens.ts';
import { countTokens } from '../emulator/tokens/split-tokens.ts';
import { frameJson } from '../messages/frame.ts';
import { UsageState } from '../messages/usage.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import { isWordAt, walkEventStrings } from './walk-event-strings.ts';

/** What the count of a segment may be too low by: a share of it, and what no text shows. */
const MARGIN_PERCENT = 3;
const MARGIN_TOKENS = 16;
/** What stands around a call of a tool, or points to what is cited. */
const CALL_TOKENS = 16;
/** A segment longer than this is recounted: what a stream costs in memory. */
const SEGMENT_BYTES_MAX = 4096;

/** Keys whose values nobody wrote: names of events, blocks and parties, ids. */
const unwritten: ReadonlySet<string> = new Set([
  'type',
  'id',
  'tool_use_id',
  'role',
  'object',
  'model',
  'stop_reason',
  'finish_reason',
  'native_finish_reason',
  'system_fingerprint',
  'service_tier',
  'provider',
]);
/** Seals of thinking, which carry all of it encrypted, however little of it is shown. */
const seals: ReadonlySet<string> = new Set(['signature', 'data']);
/** What a seal has around the thinking, and the letters of base64 that stand for a token of it, both ample. */
const AROUND_SEAL_LETTERS = 400;
const SEAL_LETTERS_A_TOKEN = 7;
/** What is shown of thinking. */
const thought: ReadonlySet<string> = new Set(['thinking', 'reasoning', 'reasoning_content']);

/**
 * Counts the output of a stream while it runs. Until a segment is recounted each of its bytes is taken
 * for a token, and no text has more; then the tokens themselves are counted, a margin is added, and the
 * text is dropped. So the bound is close, and what a stream holds in memory is one segment.
 */
export class OutputCounter {
  readonly #tokenizer: Tokenizer;
  readonly #hidesThinking: boolean;
  readonly #usage = new UsageState();
  /** The segment that runs, as it is written in JSON. */
  #answer: string[] = [];
  #thinking: string[] = [];
  #keptBytes = 0;
  /** Those of it that are taken for tokens. */
  #segmentBytes = 0;
  #shownTokens = 0;
  #thoughtTokens = 0;
  #sealedTokens = 0;
  #callTokens = 0;
  #kind: EventKind = 'other';
  #isFirstType = true;

  /** `hidesThinking`: what is shown of it is a summary, which costs nothing (API reference §7.2). */
  constructor(tokenizer: Tokenizer, hidesThinking: boolean) {
    this.#tokenizer = tokenizer;
    this.#hidesThinking = hidesThinking;
  }

  /** No fewer tokens than what was seen so far can be, hidden thinking apart. */
  get bound(): number {
    const counted = this.#shownTokens + (this.#hidesThinking ? 0 : this.#thoughtTokens);
    const margin = Math.ceil((counted * MARGIN_PERCENT) / 100) + MARGIN_TOKENS;
    return counted + margin + this.#callTokens + this.#segmentBytes;
  }

  /** What was used as far as the stream has said it: input and cache, at its start. */
  get reported(): UsageState {
    return this.#usage;
  }

  /** A whole event. */
  add(bytes: Uint8Array, start: number, end: number): void {
    this.#isFirstType = true;
    this.#kind = 'other';
    walkEventStrings(bytes, start, end, (key, from, to) => this.#take(bytes, key, from, to));
    if (this.#isStart()) this.#readStart(bytes, start, end);
    if (this.#keptBytes > SEGMENT_BYTES_MAX) this.recount();
  }

  /** Counts the segment that runs by its tokens, and begins another. */
  recount(): void {
    if (this.#keptBytes === 0) return;
    this.#shownTokens += this.#countPieces(this.#answer);
    this.#thoughtTokens += this.#countPieces(this.#thinking);
    this.#answer = [];
    this.#thinking = [];
    this.#keptBytes = 0;
    this.#segmentBytes = 0;
  }

  /**
   * What was written so far by the count of its tokens. Of thinking that is more than was shown where
   * its seals say so: who has heard an answer and hangs up before its end has had that, too.
   */
  counted(): number {
    this.recount();
    return this.#shownTokens + Math.max(this.#thoughtTokens, this.#sealedTokens);
  }

  #isStart(): boolean {
    return this.#kind === 'message_start';
  }

  #take(bytes: Uint8Array, key: string, from: number, to: number): boolean {
    if (key === 'type') return this.#takeType(bytes, from, to);
    if (from === to || unwritten.has(key)) return true;
    if (seals.has(key)) {
      const letters = Math.max(0, to - from - AROUND_SEAL_LETTERS);
      this.#sealedTokens += Math.floor(letters / SEAL_LETTERS_A_TOKEN);
      return true;
    }
    const isThought = thought.has(key);
    (isThought ? this.#thinking : this.#answer).push(textOf(bytes, from, to));
    this.#keptBytes += to - from;
    if (!isThought || !this.#hidesThinking) this.#segmentBytes += to - from;
    return true;
  }

  /** The first type is the event's; what the API's own tools found is input, not output. */
  #takeType(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#isFirstType) {
      this.#isFirstType = false;
      this.#kind = kindOf(bytes, from, to);
      return this.#kind === 'content' || this.#kind === 'other';
    }
    if (this.#kind === 'content' && endsInWord(bytes, from, to, RESULT)) return false;
    const isCitation = isWordAt(bytes, from, to, CITATION);
    if (isCitation || endsInWord(bytes, from, to, CALL)) this.#callTokens += CALL_TOKENS;
    // What is cited was written by others (API reference §3.4).
    return !isCitation;
  }

  #readStart(bytes: Uint8Array, start: number, end: number): void {
    const parsed = frameJson(bytes, start, end);
    const event = parsed.kind === 'value' ? parsed.value : undefined;
    const message = isJsonObject(event) ? event['message'] : undefined;
    if (isJsonObject(message)) this.#usage.merge(message['usage']);
  }

  #countPieces(pieces: readonly string[]): number {
    if (pieces.length === 0) return 0;
    const written = pieces.join('');
    const parsed = parseJson(`"${written}"`);
    // What is no text of JSON is counted as it stands, which is more.
    const isText = parsed.kind === 'value' && typeof parsed.value === 'string';
    return countTokens(isText ? parsed.value : written, this.#tokenizer);
  }
}

type EventKind = 'message_start' | 'content' | 'without_text' | 'other';

const RESULT = '_tool_result';
const CALL = 'tool_use';
const CITATION = 'citations_delta';

function endsInWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  return isWordAt(bytes, Math.max(from, to - word.length), to, word);
}

const kinds: readonly (readonly [string, EventKind])[] = [
  ['content_block_delta', 'content'],
  ['content_block_start', 'content'],
  ['content_block_stop', 'without_text'],
  ['message_start', 'message_start'],
  ['message_delta', 'without_text'],
  ['message_stop', 'without_text'],
  ['error', 'without_text'],
  ['ping', 'without_text'],
];

function kindOf(bytes: Uint8Array, from: number, to: number): EventKind {
  return kinds.find(([name]) => isWordAt(bytes, from, to, name))?.[1] ?? 'other';
}
