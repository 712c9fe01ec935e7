import type {
  Transport,
  TransportRequest,
  TransportResult,
} from '../../src/upstreams/transport.ts';
import type { ByteSink, ByteSource } from '../../src/std/byte-stream.ts';
import type { FrameMark, ReportedUsage, UpstreamScript } from './upstream-script.ts';
import { STALL_MS } from './upstream-script.ts';
import type { Life, VirtualTime } from './virtual-time.ts';

/** What became of one attempt, as the upstream knows it: the other side's books are made from this. */
export class AttemptRecord {
  readonly script: UpstreamScript;
  readonly startedAtMs: number;
  /** How many bytes of it the gateway has taken. */
  bytesTaken = 0;
  isCancelled = false;
  isOver = false;

  constructor(script: UpstreamScript, startedAtMs: number) {
    this.script = script;
    this.startedAtMs = startedAtMs;
  }

  /** Tokens of text in whole events that the gateway has. */
  get wordsTaken(): number {
    return this.#lastTaken()?.words ?? 0;
  }

  /** Whether the gateway has anything of the answer but its start. */
  get hasContent(): boolean {
    return this.#taken().some(({ isContent }) => isContent);
  }

  /** What it reported at its end, where the gateway has that. */
  get usage(): ReportedUsage | undefined {
    return this.hasSaid('final-usage') ? this.script.usage : undefined;
  }

  get startUsage(): ReportedUsage | undefined {
    return this.hasSaid('start-usage') ? this.script.startUsage : undefined;
  }

  hasSaid(what: FrameMark['says']): boolean {
    return this.#taken().some(({ says }) => says === what);
  }

  #taken(): readonly FrameMark[] {
    return this.script.frames.filter(({ endAt }) => endAt <= this.bytesTaken);
  }

  #lastTaken(): FrameMark | undefined {
    return this.script.frames.findLast(({ endAt }) => endAt <= this.bytesTaken);
  }
}

/** Who is asked what, and what it costs to be asked without being paid. */
export interface UpstreamDesk {
  /** A request has arrived: what is to become of it. */
  begin(request: TransportRequest): AttemptRecord;
}

const failures: Readonly<Record<string, 'connect-failed' | 'first-byte-timeout' | 'cut'>> = {
  'connect-refused': 'connect-failed',
  'first-byte-timeout': 'first-byte-timeout',
};

/** The network between one process and the upstream; it ends with the process. */
export function simulatedTransport(desk: UpstreamDesk, time: VirtualTime, life: Life): Transport {
  return {
    send(request, cancellation) {
      // What a dead process does reaches nobody.
      if (!life.isAlive) return new Promise(() => {});
      const record = desk.begin(request);
      return new Promise((resolve) => {
        const answer = (): void => {
          if (record.isCancelled || !life.isAlive) return;
          resolve(resultOf(record, time, life));
        };
        cancellation.onCancel(() => {
          record.isCancelled = true;
          resolve({ kind: 'failure', failure: { reason: 'cancelled', detail: 'nobody waits' } });
        });
        if (record.script.headDelayMs === 0) answer();
        else time.after(record.script.headDelayMs, answer);
      });
    },
    close: () => Promise.resolve(),
  };
}

function resultOf(record: AttemptRecord, time: VirtualTime, life: Life): TransportResult {
  const { script } = record;
  if (script.status === undefined) {
    record.isOver = true;
    const reason = failures[script.kind] ?? 'cut';
    return { kind: 'failure', failure: { reason, detail: script.kind } };
  }
  const body = new ScriptedSource(record, time, life);
  return { kind: 'response', status: script.status, headers: script.headers, body };
}

/** Plays the pieces of a script to whoever reads, as fast as that one takes them. */
class ScriptedSource implements ByteSource {
  readonly #record: AttemptRecord;
  readonly #time: VirtualTime;
  readonly #life: Life;
  #sink: ByteSink | undefined;
  #next = 0;
  #isPaused = false;
  #isWaiting = false;
  #isPumping = false;

  constructor(record: AttemptRecord, time: VirtualTime, life: Life) {
    this.#record = record;
    this.#time = time;
    this.#life = life;
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    this.#pump();
  }

  resume(): void {
    this.#isPaused = false;
    this.#pump();
  }

  cancel(): void {
    if (this.#record.isOver) return;
    this.#record.isCancelled = true;
  }

  get #isDone(): boolean {
    const { isCancelled, isOver } = this.#record;
    return isCancelled || isOver || !this.#life.isAlive;
  }

  #pump(): void {
    if (this.#isPumping || this.#sink === undefined) return;
    this.#isPumping = true;
    while (!this.#isDone && !this.#isPaused && !this.#isWaiting) this.#step(this.#sink);
    this.#isPumping = false;
  }

  #step(sink: ByteSink): void {
    const { script } = this.#record;
    const piece = script.pieces[this.#next];
    if (piece === undefined) {
      if (script.ending !== 'idle-timeout') this.#finish(sink);
      else
        this.#wait(STALL_MS, () => {
          this.#finish(sink);
        });
      return;
    }
    const play = (): void => {
      const from = script.pieces[this.#next - 1]?.endAt ?? 0;
      this.#next += 1;
      this.#record.bytesTaken = piece.endAt;
      if (!sink.write(script.bytes.subarray(from, piece.endAt))) this.#isPaused = true;
    };
    if (piece.delayMs === 0) play();
    else this.#wait(piece.delayMs, play);
  }

  #wait(delayMs: number, run: () => void): void {
    this.#isWaiting = true;
    this.#time.after(delayMs, () => {
      this.#isWaiting = false;
      if (this.#isDone) return;
      this.#isPumping = true;
      run();
      this.#isPumping = false;
      this.#pump();
    });
  }

  #finish(sink: ByteSink): void {
    const { script } = this.#record;
    this.#record.isOver = true;
    if (script.ending === 'end') sink.end();
    else sink.fail({ kind: script.ending, detail: script.kind });
  }
}
