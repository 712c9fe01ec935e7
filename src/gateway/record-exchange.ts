import type { Taking } from '../cassettes/recorder.ts';
import type { TakenChunk, TakenResponse } from '../cassettes/taken-exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { RecordedEnding } from '../messages/recorded-exchange.ts';
import { recordedOperations } from '../messages/recorded-exchange.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { ByteSink, ByteSource } from '../std/byte-stream.ts';
import type { DecodedExchange } from './exchange.ts';

/** Takes what an upstream answers; what it returns is passed on in its place. */
export type TakeOutcome = (outcome: UpstreamAnswer | Refusal) => UpstreamAnswer | Refusal;

/**
 * Begins to record an exchange with an upstream where the caller's key is recorded; undefined where
 * it is not, and then nothing is done for it.
 */
export function recordExchange(
  exchange: DecodedExchange,
  upstreamName: string,
): TakeOutcome | undefined {
  const { settings, principal, walk, request, call } = exchange;
  const { keyId } = principal;
  const { recorder } = walk;
  const recording = settings.recordings?.get(keyId) ?? recorder?.ordered.get(keyId);
  if (recording === undefined || recorder === undefined) return undefined;
  if (!recordedOperations.has(request.operation)) return undefined;
  const taking = recorder.begin(recording, request.id);
  if (!taking.hold(call.request.body.length)) return undefined;
  const record = new ExchangeRecord(exchange, upstreamName, taking);
  return (outcome) => {
    if (!isRefusal(outcome)) return { ...outcome, body: new RecordingTap(outcome, record) };
    const how = record.isCallerGone ? 'client_gone' : 'complete';
    record.end({ kind: 'refused', said: outcome }, how);
    return outcome;
  };
}

/** What is known of an exchange from its request on. */
class ExchangeRecord {
  readonly taking: Taking;
  readonly #exchange: DecodedExchange;
  readonly #upstreamName: string;
  readonly #startedMs: number;
  readonly #atMs: number;

  constructor(exchange: DecodedExchange, upstreamName: string, taking: Taking) {
    this.#exchange = exchange;
    this.#upstreamName = upstreamName;
    this.taking = taking;
    this.#startedMs = exchange.walk.clock.monotonicMs();
    this.#atMs = exchange.walk.clock.wallMs();
  }

  get isCallerGone(): boolean {
    return this.#exchange.request.cancellation.cancelled;
  }

  /** Whole milliseconds since the upstream was asked. */
  nowMs(): number {
    return Math.round(this.#exchange.walk.clock.monotonicMs() - this.#startedMs);
  }

  end(response: TakenResponse, how: RecordedEnding): void {
    const { call } = this.#exchange;
    const { operation, method, path, headers, body } = call.request;
    this.taking.keep({
      operation,
      model: call.model,
      atMs: this.#atMs,
      upstream: this.#upstreamName,
      method,
      path,
      requestHeaders: headers,
      // A copy: a view would take the whole buffer that it lies in to the thread that writes.
      requestBody: new Uint8Array(body),
      response,
      ended: { how, at_ms: this.nowMs() },
    });
  }
}

/** Passes an answer on as it comes and keeps a copy; it holds nothing back and changes nothing. */
class RecordingTap implements ByteSource {
  readonly #answer: UpstreamAnswer;
  readonly #record: ExchangeRecord;
  readonly #headMs: number;
  #chunks: TakenChunk[] = [];

  constructor(answer: UpstreamAnswer, record: ExchangeRecord) {
    this.#answer = answer;
    this.#record = record;
    this.#headMs = record.nowMs();
  }

  open(sink: ByteSink): void {
    this.#answer.body.open({
      write: (chunk) => {
        this.#take(chunk);
        return sink.write(chunk);
      },
      end: () => {
        this.#end('complete');
        sink.end();
      },
      fail: (fault) => {
        this.#end(fault.kind);
        sink.fail(fault);
      },
    });
  }

  resume(): void {
    this.#answer.body.resume();
  }

  cancel(): void {
    this.#answer.body.cancel();
    this.#end(this.#record.isCallerGone ? 'client_gone' : 'given_up');
  }

  /** A copy, since whoever gets the chunk may do with it what it likes. */
  #take(chunk: Uint8Array): void {
    const { taking } = this.#record;
    if (taking.hold(chunk.length)) {
      this.#chunks.push({ atMs: this.#record.nowMs(), bytes: Uint8Array.from(chunk) });
    } else {
      this.#chunks = [];
    }
  }

  #end(how: RecordedEnding): void {
    const { status, headers, isEventStream, isScripted = false } = this.#answer;
    const chunks = this.#chunks;
    this.#chunks = [];
    const head = { status, headers, headMs: this.#headMs, isEventStream, isScripted };
    this.#record.end({ kind: 'answer', ...head, chunks }, how);
  }
}
