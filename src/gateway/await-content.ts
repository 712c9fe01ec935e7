import type { Refusal } from '../messages/errors.ts';
import { errorTable, isRefusal, refusal } from '../messages/errors.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import type { StreamWatch } from '../messages/stream-watch.ts';
import { EventWatch } from '../messages/stream-watch.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { UsageState } from '../messages/usage.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Timer } from '../std/clock.ts';
import { asksForStream } from './asks-for-stream.ts';
import { collectAnswer } from './answer-parts.ts';
import { brokenStream } from './broken-stream.ts';
import type { AttemptedExchange } from './exchange.ts';
import { brokenBefore } from './first-byte.ts';
import { HeldSource } from './held-source.ts';
import { HOLD_MS } from './relay-timers.ts';
import { noteNoMessage, readWholeAnswer } from './read-whole-answer.ts';

/** What an attempt came to by the time at which its answer has to go out. */
export interface AwaitedContent {
  readonly outcome: UpstreamAnswer | Refusal;
  /** What an answer that failed had said of its usage. */
  readonly usage: UsageState | undefined;
}

/** How much of an answer is held back for its first content; DESIGN §4, commit point. */
const HOLD_BYTES_MAX = 64 * 1024;

/**
 * Waits until an answer can no longer fail unseen: for a caller who asked for one piece that is its
 * end, for one of a stream its first content. What fails before that may be tried again, and the
 * caller sees nothing of it. Wallet reference §7, rule 2.
 */
export function awaitContent(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer | Refusal,
  cancellation: Cancellation,
): Promise<AwaitedContent> {
  if (isRefusal(answer) || answer.status >= 400 || answer.isScripted === true) {
    return Promise.resolve({ outcome: answer, usage: undefined });
  }
  return asksForStream(exchange.call) && answer.isEventStream
    ? awaitFirstContent(exchange, answer, cancellation)
    : awaitWhole(exchange, answer, cancellation);
}

async function awaitWhole(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
  cancellation: Cancellation,
): Promise<AwaitedContent> {
  const bytes = await collectAnswer(exchange, answer, cancellation);
  if ('failed' in bytes) return { outcome: bytes.failed, usage: bytes.usage };
  const whole = { ...answer, body: sourceOf(bytes) };
  if (!answer.isEventStream) {
    const { isMessage } = readWholeAnswer(bytes, exchange, answer);
    return { outcome: isMessage ? whole : noteNoMessage(exchange), usage: undefined };
  }
  const look = new StreamLook(watchFor(exchange, answer));
  look.push(bytes);
  look.end();
  return look.result(exchange) ?? { outcome: whole, usage: undefined };
}

async function awaitFirstContent(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
  cancellation: Cancellation,
): Promise<AwaitedContent> {
  const { clock } = exchange.walk;
  const look = new StreamLook(watchFor(exchange, answer));
  const held = new HeldSource(answer.body, (chunk) => look.push(chunk));
  let timer: Timer | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = clock.after(HOLD_MS, () => {
      resolve('late');
    });
  });
  const state = await Promise.race([held.begin(cancellation), late]);
  timer?.cancel();
  const passed = { outcome: { ...answer, body: held }, usage: undefined };
  switch (state) {
    case 'late':
      return passed;
    case 'given-up':
      return { outcome: refusal('upstream_failed'), usage: look.usage };
    case 'broken':
      return { outcome: brokenBefore(held.fault), usage: look.usage };
    case 'begun': {
      const failed = look.failed(exchange);
      // Its upstream may go on for as long as it likes, and nobody reads that.
      if (failed !== undefined) held.cancel();
      return failed ?? passed;
    }
    case 'ended':
      look.end();
      return look.result(exchange) ?? passed;
  }
}

function watchFor({ call }: AttemptedExchange, { form }: UpstreamAnswer): StreamWatch {
  const native = form === undefined ? undefined : call.encoder?.native;
  return native?.watch(call.request.native?.reportsUsage) ?? new EventWatch();
}

/** Looks at the events of a stream as far as it takes to know whether it begins. */
class StreamLook {
  readonly #watch: StreamWatch;
  readonly #splitter = new FrameSplitter((type, bytes, start, end) => {
    if (this.#failure !== undefined) return;
    const verdict = this.#watch.next(type, bytes, start, end);
    if (verdict.kind === 'error') this.#failure = verdict.said;
    else if (verdict.kind === 'broken') this.#break(verdict.detail);
    else if (verdict.kind !== 'late') this.#sawContent ||= verdict.isContent;
  });
  #failure: Refusal | undefined;
  #sawContent = false;
  #isBroken = false;
  #bytes = 0;

  constructor(watch: StreamWatch) {
    this.#watch = watch;
  }

  get usage(): UsageState {
    return this.#watch.usage;
  }

  /** Whether there is something to decide by: content, a failure, or too much without either. */
  push(chunk: Uint8Array): boolean {
    // Half an event is nothing to go by: the splitter itself says how long one may be.
    this.#bytes += this.#splitter.push(chunk)?.length ?? 0;
    const { fault } = this.#splitter;
    if (fault !== undefined) this.#break(fault);
    return this.#failure !== undefined || this.#sawContent || this.#bytes > HOLD_BYTES_MAX;
  }

  end(): void {
    this.#splitter.end();
  }

  /** Of a stream of which all is there: how it failed; undefined where it did not. */
  result(exchange: AttemptedExchange): AwaitedContent | undefined {
    const isWhole = this.#watch.ended || this.#watch.lacksOnlyEnd;
    if (!isWhole) this.#failure ??= refusal('upstream_truncated');
    return this.#failedAs(exchange, this.#failure);
  }

  /**
   * Of one that has begun: how it failed before any content; undefined where it did not. What broke in
   * the same breath as its content has given nobody any of it, unless only its end is missing.
   */
  failed(exchange: AttemptedExchange): AwaitedContent | undefined {
    const isLost = this.#isBroken && !this.#watch.lacksOnlyEnd;
    return this.#sawContent && !isLost ? undefined : this.#failedAs(exchange, this.#failure);
  }

  #break(detail: string): void {
    this.#isBroken = true;
    this.#failure ??= brokenStream(detail);
  }

  #failedAs(exchange: AttemptedExchange, said: Refusal | undefined): AwaitedContent | undefined {
    if (said === undefined) return undefined;
    return { outcome: inCallersWords(exchange, said), usage: this.usage };
  }
}

/** Errors about the request are put into the caller's words where the walk refuses; others are here. */
function inCallersWords({ call }: AttemptedExchange, said: Refusal): Refusal {
  if (errorTable[said.code].status < 500) return said;
  return call.encoder?.refuseError(said) ?? call.refuseError?.(said) ?? said;
}
