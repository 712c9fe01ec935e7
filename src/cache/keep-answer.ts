import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { ByteSink, ByteSource } from '../std/byte-stream.ts';
import type { AnswerCollector } from './answer-collector.ts';
import { MessageCollector, StreamCollector } from './answer-collector.ts';
import type { CachedAnswer, ResponseCache } from './response-cache.ts';

/** Where a whole answer goes. */
export interface Keeping {
  readonly cache: Pick<ResponseCache, 'reserve' | 'release' | 'answerBytesMax'>;
  readonly keep: (answer: CachedAnswer) => void;
}

/**
 * Passes an answer on as it comes and keeps a copy of one that turns out whole: status 200, its own
 * end, nothing out of order. Errors, cut streams, answers that break on purpose and answers in
 * another form than the canonical one are never kept.
 */
export function keepAnswer(answer: UpstreamAnswer, keeping: Keeping): UpstreamAnswer {
  const mayBeKept =
    answer.status === 200 && answer.isScripted !== true && answer.form === undefined;
  if (!mayBeKept) return answer;
  return { ...answer, body: new KeepingTap(answer, keeping) };
}

/** Holds nothing back and changes nothing. */
class KeepingTap implements ByteSource {
  readonly #source: ByteSource;
  readonly #isEventStream: boolean;
  readonly #keeping: Keeping;
  /** Absent once the answer is kept, or is none that will be. */
  #collector: AnswerCollector | undefined;
  #reservedBytes = 0;

  constructor({ body, isEventStream }: UpstreamAnswer, keeping: Keeping) {
    this.#source = body;
    this.#isEventStream = isEventStream;
    this.#keeping = keeping;
    this.#collector = isEventStream ? new StreamCollector() : new MessageCollector();
  }

  open(sink: ByteSink): void {
    this.#source.open({
      write: (chunk) => {
        this.#take(chunk);
        return sink.write(chunk);
      },
      end: () => {
        this.#collector?.end();
        this.#keepWhole();
        this.#giveUp();
        sink.end();
      },
      fail: (fault) => {
        this.#giveUp();
        sink.fail(fault);
      },
    });
  }

  resume(): void {
    this.#source.resume();
  }

  cancel(): void {
    this.#giveUp();
    this.#source.cancel();
  }

  /** An answer is kept before its last bytes go out: whoever has read them and asks again gets it. */
  #take(chunk: Uint8Array): void {
    if (this.#collector === undefined) return;
    if (!this.#reserve(chunk.length)) {
      this.#giveUp();
      return;
    }
    this.#collector.write(chunk);
    this.#keepWhole();
  }

  #reserve(bytes: number): boolean {
    const { cache } = this.#keeping;
    if (this.#reservedBytes + bytes > cache.answerBytesMax || !cache.reserve(bytes)) return false;
    this.#reservedBytes += bytes;
    return true;
  }

  #keepWhole(): void {
    const collector = this.#collector;
    if (collector?.isWhole !== true) return;
    const answer = { isEventStream: this.#isEventStream, bytes: collector.take() };
    this.#giveUp();
    this.#keeping.keep(answer);
  }

  #giveUp(): void {
    this.#collector = undefined;
    this.#keeping.cache.release(this.#reservedBytes);
    this.#reservedBytes = 0;
  }
}
