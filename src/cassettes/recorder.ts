import type { Log } from '../telemetry/log.ts';
import type { RedactionRules } from './redaction-rules.ts';
import type { TakenExchange } from './taken-exchange.ts';

/** Where the exchanges of a key go. */
export interface Recording {
  readonly cassette: string;
  readonly rules: RedactionRules;
  readonly bounds: RecordingBounds;
}

export interface RecordingBounds {
  /** One exchange, request and answer together; a larger one is dropped. */
  readonly exchangeBytesMax: number;
  /** All exchanges that are being taken or wait for the disk; beyond it new ones are dropped. */
  readonly waitingBytesMax: number;
  /** The file of a cassette; beyond it exchanges are dropped. */
  readonly cassetteBytesMax: number;
}

export type Appended = { readonly kind: 'written' } | { readonly kind: 'dropped'; reason: string };

/** Takes exchanges to the disk, redacted, away from the thread that serves requests. */
export interface CassetteSink {
  append(recording: Recording, taken: TakenExchange): Promise<Appended>;
}

/** Keeps the count of what is recorded, and drops rather than hold anything up. */
export class Recorder {
  /** By public id, keys that an operator has recorded for the time being, beside the configured ones. */
  readonly ordered: Map<string, Recording> = new Map();
  readonly #sink: CassetteSink;
  readonly #log: Log;
  #waitingBytes = 0;
  #dropped = 0;

  constructor(sink: CassetteSink, log: Log) {
    this.#sink = sink;
    this.#log = log;
  }

  /** Exchanges that were to be recorded and are not in their cassette. */
  get dropped(): number {
    return this.#dropped;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Begins the taking of an exchange. */
  begin(recording: Recording, requestId: string): Taking {
    return new Taking(this, recording, requestId);
  }

  /** Whether so many bytes more may be held. */
  hold(bytes: number, { bounds }: Recording): boolean {
    if (this.#waitingBytes + bytes > bounds.waitingBytesMax) return false;
    this.#waitingBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#waitingBytes -= bytes;
  }

  drop({ cassette }: Recording, requestId: string, reason: string): void {
    this.#dropped += 1;
    this.#log.warn('recording_dropped', { requestId, cassette, reason, dropped: this.#dropped });
  }

  /** Hands a whole exchange over; its bytes are held until it is on disk. */
  async keep(taking: Taking, taken: TakenExchange): Promise<void> {
    const { recording, requestId } = taking;
    const appended = await this.#sink.append(recording, taken);
    this.release(taking.heldBytes);
    if (appended.kind === 'dropped') this.drop(recording, requestId, appended.reason);
  }
}

/** One exchange while it is taken: what it holds, until it is kept or given up. */
export class Taking {
  readonly recording: Recording;
  readonly requestId: string;
  readonly #recorder: Recorder;
  #heldBytes = 0;
  #isOver = false;

  constructor(recorder: Recorder, recording: Recording, requestId: string) {
    this.#recorder = recorder;
    this.recording = recording;
    this.requestId = requestId;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether so many bytes more may be kept of it; where not, it is given up and counted. */
  hold(bytes: number): boolean {
    if (this.#isOver) return false;
    if (this.#heldBytes + bytes > this.recording.bounds.exchangeBytesMax) {
      return this.#giveUp('the exchange is too large');
    }
    if (!this.#recorder.hold(bytes, this.recording)) return this.#giveUp('too much is waiting');
    this.#heldBytes += bytes;
    return true;
  }

  /** It is whole: off to its cassette. */
  keep(taken: TakenExchange): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.#recorder.keep(this, taken);
  }

  #giveUp(reason: string): false {
    this.#isOver = true;
    this.#recorder.release(this.#heldBytes);
    this.#heldBytes = 0;
    this.#recorder.drop(this.recording, this.requestId, reason);
    return false;
  }
}
