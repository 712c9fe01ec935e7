import type { ReadStop } from '../../chat-form/read-stop.ts';
import type { SealedBlock } from '../../chat-form/reasoning-details.ts';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal, refusal } from '../../messages/errors.ts';
import type { MessageDeltaEvent, MessagesEvent } from '../../messages/events.ts';
import type { StopReason, WireUsage } from '../../messages/response.ts';
import type { JsonValue } from '../../std/json.ts';
import type { QueuedBlock } from './block-queue.ts';
import { BlockQueue } from './block-queue.ts';
import { CallAssembler } from './call-assembler.ts';
import { WrittenText } from './estimate-usage.ts';
import { readChunk } from './read-chunk.ts';

/** What the answer to one request has to know of it. */
export interface AnswerFacts {
  /** As the request names it. */
  readonly model: string;
  /** What ids are made from. */
  readonly idStem: string;
  readonly stopSequences: readonly string[];
  /** About how long the prompt is; exact counts come with the end. */
  readonly roughInputTokens: number;
  /** Counts what the engine did not. */
  readonly countInput: () => number;
  readonly countOutput: (text: string) => number;
}

interface ThinkingSoFar {
  readonly block: QueuedBlock;
  text: string;
}

/**
 * Turns what an engine says into events of the canonical form; chat reference §2.10, §2.11 the
 * other way round. A whole answer is taken like a stream of one chunk. It never makes up an end:
 * without a finish reason there is none.
 */
export class AnswerDecoder {
  readonly #facts: AnswerFacts;
  readonly #emit: (event: MessagesEvent) => void;
  readonly #queue: BlockQueue;
  readonly #calls: CallAssembler;
  readonly #written = new WrittenText();
  #thinking: ThinkingSoFar | undefined;
  #refusal = '';
  #stop: ReadStop | undefined;
  #usage: WireUsage | undefined;
  #hasStarted = false;

  constructor(facts: AnswerFacts, emit: (event: MessagesEvent) => void) {
    this.#facts = facts;
    this.#emit = emit;
    this.#queue = new BlockQueue(emit);
    this.#calls = new CallAssembler(this.#queue, facts.idStem);
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Whether the engine has said why it stopped: from here on the answer is whole. */
  get isFinished(): boolean {
    return this.#stop !== undefined;
  }

  /** Whether the engine has not said, so far, what was used. */
  get isUsageEstimated(): boolean {
    return this.#usage === undefined;
  }

  /** Takes a chunk, or a whole answer. A refusal says that the stream has failed. */
  take(value: JsonValue): Refusal | undefined {
    const chunk = readChunk(value);
    if (isRefusal(chunk)) return chunk;
    this.#start();
    for (const block of chunk.thinking) this.#takeThinking(block);
    if (chunk.text !== '') this.#takeText(chunk.text);
    for (const piece of chunk.calls) {
      this.#written.add(`${piece.name ?? ''}${piece.json}`);
      this.#calls.take(piece);
    }
    this.#refusal += chunk.refusal;
    this.#stop = chunk.stop ?? this.#stop;
    this.#usage = chunk.usage ?? this.#usage;
    return this.#fault();
  }

  /** An answer in one piece is whole although some engines give no reason there. */
  finishWhole(): Refusal | undefined {
    this.#stop ??= { reason: 'end_turn', sequence: undefined };
    const finished = this.finish();
    return typeof finished === 'object' ? finished : undefined;
  }

  /** The engine will say no more. False where the answer has no end. */
  finish(): boolean | Refusal {
    if (this.#stop === undefined) return false;
    this.#calls.finish();
    const fault = this.#fault();
    if (fault !== undefined) return fault;
    this.#queue.finish();
    this.#emit(this.#endEvent(this.#stop));
    this.#emit({ type: 'message_stop' });
    return true;
  }

  #fault(): Refusal | undefined {
    const what = this.#queue.isOverfull ? 'too many blocks at once' : this.#calls.fault;
    if (what === undefined) return undefined;
    return refusal('upstream_failed', `The upstream sent a broken answer: ${what}.`);
  }

  #start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const { model, idStem, roughInputTokens } = this.#facts;
    this.#emit({
      type: 'message_start',
      message: {
        model,
        id: `msg_${idStem}`,
        type: 'message',
        role: 'assistant',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: roughInputTokens,
          cache_creation_input_tokens: null,
          cache_read_input_tokens: null,
          output_tokens: 0,
        },
      },
    });
  }

  #takeText(text: string): void {
    this.#written.add(text);
    const { last } = this.#queue;
    const block = last?.start.type === 'text' ? last : this.#queue.add({ type: 'text', text: '' });
    this.#queue.grow(block, { type: 'text_delta', text });
  }

  /** A signature may come with all of its thinking once more: what was said is not said again. */
  #takeThinking(piece: SealedBlock): void {
    if (piece.type === 'redacted_thinking') {
      this.#queue.add(piece);
      return;
    }
    if (piece.thinking === '' && piece.signature === '') return;
    const open = this.#openThinking();
    const isRepeated = piece.signature !== '' && piece.thinking.startsWith(open.text);
    const thinking = isRepeated ? piece.thinking.slice(open.text.length) : piece.thinking;
    if (thinking !== '') {
      this.#written.add(thinking);
      open.text += thinking;
      this.#queue.grow(open.block, { type: 'thinking_delta', thinking });
    }
    if (piece.signature === '') return;
    const { signature } = piece;
    this.#queue.grow(open.block, { type: 'signature_delta', signature });
    this.#thinking = undefined;
  }

  /** The block of thinking that goes on: the last one, unless it is signed. */
  #openThinking(): ThinkingSoFar {
    if (this.#thinking !== undefined && this.#thinking.block === this.#queue.last) {
      return this.#thinking;
    }
    const block = this.#queue.add({ type: 'thinking', thinking: '', signature: '' });
    this.#thinking = { block, text: '' };
    return this.#thinking;
  }

  #endEvent(stop: ReadStop): MessageDeltaEvent {
    const reason = this.#stopReason(stop);
    const { stopSequences } = this.#facts;
    const [only] = stopSequences.length === 1 ? stopSequences : [];
    return {
      type: 'message_delta',
      delta: {
        stop_reason: reason,
        stop_sequence: reason === 'stop_sequence' ? (stop.sequence ?? only ?? null) : null,
        ...(reason === 'refusal'
          ? {
              stop_details: {
                type: 'refusal',
                category: null,
                explanation: this.#refusal === '' ? null : this.#refusal,
              },
            }
          : {}),
      },
      usage: this.#usage ?? {
        input_tokens: this.#facts.countInput(),
        output_tokens: this.#written.count(this.#facts.countOutput),
      },
    };
  }

  /** What the engine's word means beside what it did. */
  #stopReason({ reason, sequence }: ReadStop): StopReason {
    if (this.#refusal !== '') return 'refusal';
    const hasCalls = this.#calls.count > 0;
    if (reason === 'tool_use') return hasCalls ? 'tool_use' : 'end_turn';
    if (reason !== 'end_turn') return reason;
    if (hasCalls) return 'tool_use';
    return sequence !== undefined && this.#facts.stopSequences.includes(sequence)
      ? 'stop_sequence'
      : 'end_turn';
  }
}
