import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import type { ByteSink, ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';

interface TimedSend {
  readonly request: UpstreamRequest;
  readonly cancellation: Cancellation;
  /** From the request to the end of its answer. */
  readonly totalMs: number;
  readonly clock: Clock;
}

/** Asks an upstream whose whole answer may take so long: what is not there by then is given up. */
export async function sendInTime(
  upstream: Pick<Upstream, 'send'>,
  { request, cancellation, totalMs, clock }: TimedSend,
): Promise<UpstreamAnswer | Refusal> {
  const own = new CancellationSource();
  const forget = cancellation.onCancel(() => {
    own.cancel();
  });
  const fault: StreamFault = {
    kind: 'idle-timeout',
    detail: `not done after ${String(totalMs)} ms in all`,
  };
  let isLate = false;
  let body: TimedBody | undefined;
  const timer = clock.after(totalMs, () => {
    isLate = true;
    // The body first: its reader is to hear why, not that it was cancelled.
    body?.cutOff(fault);
    own.cancel();
  });
  const done = (): void => {
    timer.cancel();
    forget();
  };
  const outcome = await upstream.send(request, own);
  if (isRefusal(outcome)) {
    done();
    return isLate ? refusal('upstream_timeout') : outcome;
  }
  if (isLate) {
    outcome.body.cancel();
    forget();
    return refusal('upstream_timeout');
  }
  body = new TimedBody(outcome.body, done);
  return { ...outcome, body };
}

/** A body that may be cut off while it runs, and says when it is over. */
class TimedBody implements ByteSource {
  readonly #inner: ByteSource;
  readonly #done: () => void;
  #sink: ByteSink | undefined;
  #fault: StreamFault | undefined;
  #isOver = false;

  constructor(inner: ByteSource, done: () => void) {
    this.#inner = inner;
    this.#done = done;
  }

  open(sink: ByteSink): void {
    if (this.#fault !== undefined) {
      sink.fail(this.#fault);
      return;
    }
    this.#sink = sink;
    this.#inner.open({
      write: (chunk) => !this.#isOver && sink.write(chunk),
      end: () => {
        if (this.#finish()) sink.end();
      },
      fail: (fault) => {
        if (this.#finish()) sink.fail(fault);
      },
    });
  }

  resume(): void {
    this.#inner.resume();
  }

  cancel(): void {
    this.#finish();
    this.#inner.cancel();
  }

  cutOff(fault: StreamFault): void {
    if (!this.#finish()) return;
    this.#fault = fault;
    this.#inner.cancel();
    this.#sink?.fail(fault);
  }

  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#done();
    return true;
  }
}
