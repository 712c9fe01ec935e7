import type { ErrorCode, Refusal } from '../../messages/errors.ts';
import { errorTable, isRefusal, refusal } from '../../messages/errors.ts';
import type { RecordedExchanges } from '../../messages/match-recording.ts';
import type { RecordedRefusal, RecordedResponse } from '../../messages/recorded-exchange.ts';
import { isRecordedRefusal, isRecordedStream } from '../../messages/recorded-exchange.ts';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../../messages/upstream.ts';
import type { Cancellation } from '../../std/cancellation.ts';
import type { Clock } from '../../std/clock.ts';
import type { RecordedAnswer } from './convert-recording.ts';
import { answerInForm } from './convert-recording.ts';
import type { DueChunk } from './recorded-source.ts';
import { RecordedSource } from './recorded-source.ts';

export interface ReplayUpstreamOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly cassetteName: string;
  readonly exchanges: RecordedExchanges;
  /** Whether an answer takes as long as it did, or no time. */
  readonly timing: 'recorded' | 'instant';
  /** Who is asked for what was not recorded; absent where that is refused. */
  readonly onMiss?: Upstream;
}

/** An upstream that answers from a cassette: a request that means the same gets the same answer. */
export function createReplayUpstream(options: ReplayUpstreamOptions): Upstream {
  return new ReplayUpstream(options);
}

class ReplayUpstream implements Upstream {
  readonly name: string;
  readonly keepsAccountResources = false;
  readonly seesGatewayFiles = false;
  readonly #options: ReplayUpstreamOptions;
  /** How to cut what is under way. */
  readonly #running = new Set<() => void>();

  constructor(options: ReplayUpstreamOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async send(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const { exchanges, onMiss, clock, timing } = this.#options;
    const startedMs = clock.monotonicMs();
    const match = exchanges.next(request);
    if (match.kind === 'missed') {
      if (onMiss !== undefined) return onMiss.send(request, cancellation);
      return refusal('not_found', this.#missText(match.nearest));
    }
    const { response } = match.exchange;
    const answer = isRecordedRefusal(response) ? refusalOf(response) : response;
    const played = isRefusal(answer) ? answer : answerInForm(answer, request.stream);
    const headMs = timing === 'recorded' ? headMsOf(played, response) : 0;
    if (!(await this.#wait(headMs, cancellation))) return refusal('upstream_failed');
    if (isRefusal(played)) return played;
    return this.#play(played, timing === 'recorded' ? startedMs : undefined, cancellation);
  }

  async close(): Promise<void> {
    for (const cut of this.#running) cut();
    this.#running.clear();
    await Promise.resolve();
  }

  #missText(nearest: string | undefined): string {
    const found = nearest === undefined ? '' : ` The nearest is ${nearest}.`;
    return `The cassette "${this.#options.cassetteName}" has no exchange for this request.${found}`;
  }

  /** The recorded answer; timed where it is known when the request began. */
  #play(
    answer: RecordedAnswer,
    startedMs: number | undefined,
    cancellation: Cancellation,
  ): UpstreamAnswer {
    const due = (atMs: number): number => (startedMs === undefined ? 0 : startedMs + atMs);
    const { ended } = answer;
    const source = new RecordedSource(this.#options.clock, {
      chunks: chunksOf(answer).map(([atMs, bytes]): DueChunk => ({ dueMs: due(atMs), bytes })),
      endDueMs: due(ended.at_ms),
      how: ended.how,
      onDone: () => {
        this.#running.delete(stop);
        forget();
      },
    });
    const stop = (): void => {
      source.shutDown();
    };
    this.#running.add(stop);
    let forget = (): void => {};
    forget = cancellation.onCancel(() => {
      source.cancel();
    });
    return {
      kind: 'answer',
      status: answer.status,
      headers: Object.entries(answer.headers).flat(),
      isEventStream: isRecordedStream(answer),
      ...(answer.scripted === true ? { isScripted: true } : {}),
      body: source,
    };
  }

  /** True once the time has passed, false where nobody waits for it any more. */
  #wait(delayMs: number, cancellation: Cancellation): Promise<boolean> {
    if (cancellation.cancelled) return Promise.resolve(false);
    if (delayMs <= 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (isAwaited: boolean): void => {
        timer.cancel();
        this.#running.delete(stop);
        forget();
        resolve(isAwaited);
      };
      const stop = (): void => {
        finish(false);
      };
      const timer = this.#options.clock.after(delayMs, () => {
        finish(true);
      });
      const forget = cancellation.onCancel(stop);
      this.#running.add(stop);
    });
  }
}

/** When the head of an answer comes; one that was changed into a refusal comes when it was over. */
function headMsOf(played: RecordedAnswer | Refusal, recorded: RecordedResponse): number {
  return isRefusal(played) ? recorded.ended.at_ms : played.head_ms;
}

function refusalOf({ refused }: RecordedRefusal): Refusal {
  const { code, detail, details, retry_after_ms: retryAfterMs } = refused;
  const isKnown = Object.hasOwn(errorTable, code);
  return refusal(isKnown ? (code as ErrorCode) : 'upstream_failed', detail, {
    ...(details === undefined ? {} : { details }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function chunksOf(answer: RecordedAnswer): readonly (readonly [number, Uint8Array])[] {
  if (isRecordedStream(answer)) {
    return answer.chunks.map(([atMs, text]) => [atMs, Buffer.from(text)] as const);
  }
  const { body, body_text: text } = answer;
  const whole = text ?? (body === undefined ? '' : JSON.stringify(body));
  return whole === '' ? [] : [[answer.ended.at_ms, Buffer.from(whole)]];
}
