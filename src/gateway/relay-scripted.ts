import type { EventEncoder } from '../dialects/dialect.ts';
import { EventSequence } from '../messages/event-sequence.ts';
import type { FrameType } from '../messages/frame.ts';
import { frameJson } from '../messages/frame.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { UsageState } from '../messages/usage.ts';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import { isJsonObject } from '../std/json.ts';
import { EventTranslation } from './translate-events.ts';

/** How a scripted answer ended: as a stream should, without its end, or because nobody listened. */
export type ScriptedEnd = 'complete' | 'broken' | 'client-gone';

/**
 * Passes an answer on that breaks on purpose (`UpstreamAnswer.isScripted`): every byte as it comes,
 * and the break as it is. Nothing is held back, put right or ended in its place; it is only looked
 * at, for the usage it reports and whether it came to its end. For a caller whose form is another
 * one its events are translated; one that nobody can read goes on as it is, since it has nothing to
 * become and is there to be stumbled over.
 */
export class ScriptedRelay implements ByteSource, ByteSink {
  readonly #source: ByteSource;
  readonly #isEventStream: boolean;
  readonly #onOver: (end: ScriptedEnd) => void;
  readonly #translation: EventTranslation | undefined;
  readonly #sequence = new EventSequence();
  readonly #splitter = new FrameSplitter((type, bytes, start, end) => {
    this.#look(type, bytes, start, end);
  });
  readonly usage: UsageState = new UsageState();
  #sink: ByteSink | undefined;
  #isOver = false;
  #bytesPassed = 0;

  constructor(answer: UpstreamAnswer, onOver: (end: ScriptedEnd) => void, encoder?: EventEncoder) {
    this.#source = answer.body;
    this.#isEventStream = answer.isEventStream;
    this.#onOver = onOver;
    this.#translation = encoder === undefined ? undefined : new EventTranslation(encoder, 'pass');
  }

  get bytesPassed(): number {
    return this.#bytesPassed;
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    if (!this.#isOver) this.#source.open(this);
  }

  resume(): void {
    this.#source.resume();
  }

  /** The client has gone. */
  cancel(): void {
    this.#over('client-gone');
    this.#source.cancel();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    if (this.#splitter.fault === undefined) this.#splitter.push(chunk);
    return this.#pass(this.#translation === undefined ? chunk : this.#translation.take());
  }

  #pass(bytes: Uint8Array | undefined): boolean {
    if (bytes === undefined) return true;
    this.#bytesPassed += bytes.length;
    return this.#sink?.write(bytes) ?? false;
  }

  end(): void {
    if (this.#isOver) return;
    // A body in one piece has no events that could say whether it is whole.
    this.#over(this.#sequence.ended || !this.#isEventStream ? 'complete' : 'broken');
    this.#sink?.end();
  }

  fail(fault: StreamFault): void {
    if (this.#isOver) return;
    this.#over('broken');
    this.#sink?.fail(fault);
  }

  #look(type: FrameType, bytes: Uint8Array, start: number, end: number): void {
    this.#sequence.next(type);
    this.#translation?.add(type, bytes, start, end);
    if (type !== 'message_start' && type !== 'message_delta') return;
    const parsed = frameJson(bytes, start, end);
    if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return;
    const { message, usage } = parsed.value;
    if (type === 'message_delta') this.usage.mergeFinal(usage);
    else if (isJsonObject(message)) this.usage.merge(message['usage']);
  }

  #over(end: ScriptedEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onOver(end);
  }
}
