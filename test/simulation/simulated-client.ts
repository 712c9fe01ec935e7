import { parseJson, textOf } from '../../src/std/json.ts';
import type { WalkReply } from '../../src/gateway/exchange.ts';
import type { ByteSink, ByteSource } from '../../src/std/byte-stream.ts';
import { CancellationSource } from '../../src/std/cancellation.ts';
import type { ClientPlan } from './client-plan.ts';
import { WORD } from './upstream-script.ts';
import type { Life, VirtualTime } from './virtual-time.ts';

/** How long the edge waits for somebody who takes nothing. */
const CLIENT_STALL_MS = 60_000;

/** What one client saw of its answer. */
export interface ClientSaw {
  status: number | undefined;
  /** What a reply in one piece says that was charged. */
  chargedHeader: string | undefined;
  /** What a stream says of its cost after its end. */
  costComment: string | undefined;
  words: number;
  bytes: number;
  hasBody: boolean;
  hasEnd: boolean;
  /** What came in one piece is no JSON: a page of some proxy, or half of an answer. */
  isBroken: boolean;
  hasError: boolean;
  /** The money ran out while the answer was written. */
  isOutOfMoney: boolean;
  /** The end says that the answer is as long as was allowed, which no answer here ever is. */
  isStopped: boolean;
  isOver: boolean;
  hasLeft: boolean;
  /** An answer that was given before. */
  isReplayed: boolean;
  /** The process died in the middle. */
  isCut: boolean;
}

export type LeftHow = 'client-leaves-early' | 'client-leaves-in-stream' | 'client-stops-reading';

export interface ClientEvents {
  /** Some of the answer came. */
  readonly onWords: (saw: ClientSaw) => void;
  readonly onLeave: (how: LeftHow) => void;
  readonly onOver: () => void;
}

/** Reads one answer the way its plan says, and leaves when it says. */
export class SimulatedClient implements ByteSink {
  readonly plan: ClientPlan;
  readonly requestId: string;
  readonly life: Life;
  readonly cancellation: CancellationSource = new CancellationSource();
  readonly saw: ClientSaw = {
    status: undefined,
    chargedHeader: undefined,
    costComment: undefined,
    words: 0,
    bytes: 0,
    hasBody: false,
    hasEnd: false,
    isBroken: false,
    hasError: false,
    isOutOfMoney: false,
    isStopped: false,
    isOver: false,
    hasLeft: false,
    isReplayed: false,
    isCut: false,
  };
  readonly #time: VirtualTime;
  readonly #events: ClientEvents;
  #source: ByteSource | undefined;
  #chunks = 0;
  /** It has gone, and the edge is about to hear of it. */
  #isLeaving = false;

  constructor(
    asked: { readonly plan: ClientPlan; readonly requestId: string; readonly life: Life },
    time: VirtualTime,
    events: ClientEvents,
  ) {
    this.plan = asked.plan;
    this.requestId = asked.requestId;
    this.life = asked.life;
    this.#time = time;
    this.#events = events;
    const { leaving } = this.plan;
    if (leaving.kind === 'after') {
      time.after(leaving.ms, () => {
        this.#leave();
      });
    }
  }

  /** The process has died: the connection breaks. */
  cut(): void {
    const { saw } = this;
    if (saw.isOver || saw.hasLeft) return;
    saw.isCut = true;
    this.#finish();
  }

  /** The process closes the connection, and lives on for a moment. */
  disconnect(): void {
    this.cut();
    this.cancellation.cancel();
  }

  take({ status, headers, body }: WalkReply): void {
    if (!this.life.isAlive || this.saw.hasLeft || this.saw.isOver) return;
    this.saw.status = status;
    const at = headers.indexOf('x-credits-charged');
    this.saw.chargedHeader = at < 0 ? undefined : headers[at + 1];
    this.saw.isReplayed = headers.includes('idempotent-replayed');
    if (body instanceof Uint8Array) {
      this.#read(body);
      this.saw.hasEnd = status === 200;
      this.saw.isBroken = !isJson(body);
      this.#finish();
      return;
    }
    this.#source = body;
    body.open(this);
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isDeaf) return false;
    this.#chunks += 1;
    const { leaving, readsSlowly } = this.plan;
    const isHere = 'chunk' in leaving && leaving.chunk === this.#chunks;
    if (isHere && leaving.kind === 'at-chunk' && !leaving.takesIt) {
      this.#leaveSoon();
      return false;
    }
    this.#read(chunk);
    if (isHere && leaving.kind === 'at-chunk') this.#leaveSoon();
    if (isHere && leaving.kind === 'stops-reading') {
      this.#time.after(CLIENT_STALL_MS, () => {
        this.#leave();
      });
      return false;
    }
    if (!readsSlowly || this.#chunks % 3 !== 0) return true;
    this.#time.after(200 * this.#chunks, () => {
      if (this.life.isAlive && !this.saw.isOver && !this.saw.hasLeft) this.#source?.resume();
    });
    return false;
  }

  end(): void {
    if (!this.#isLeaving) this.#finish();
  }

  fail(): void {
    if (this.#isLeaving) return;
    this.saw.hasError = true;
    this.#finish();
  }

  get #isDeaf(): boolean {
    const { hasLeft, isOver } = this.saw;
    return this.#isLeaving || hasLeft || isOver || !this.life.isAlive;
  }

  #finish(): void {
    if (this.saw.isOver) return;
    this.saw.isOver = true;
    this.#events.onOver();
  }

  /** The edge hears of it in a moment, not within the write itself. */
  #leaveSoon(): void {
    this.#isLeaving = true;
    this.#time.after(0, () => {
      this.#leave();
    });
  }

  #leave(): void {
    const { saw } = this;
    if (saw.isOver || saw.hasLeft || !this.life.isAlive) return;
    saw.hasLeft = true;
    const isStalled = this.plan.leaving.kind === 'stops-reading';
    const isEarly = saw.words === 0;
    this.#events.onLeave(
      isStalled
        ? 'client-stops-reading'
        : isEarly
          ? 'client-leaves-early'
          : 'client-leaves-in-stream',
    );
    this.cancellation.cancel();
    this.#finish();
  }

  #read(chunk: Uint8Array): void {
    const { saw } = this;
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString();
    saw.bytes += chunk.length;
    saw.hasBody = true;
    if (saw.status === 200) saw.words += wordsIn(text);
    saw.hasEnd ||= /"type":"message_stop"|\[DONE\]/.test(text);
    saw.hasError ||= /"type":"error"|"error":\{/.test(text);
    saw.isOutOfMoney ||= text.includes('wallet_exhausted');
    saw.isStopped ||= /"(?:stop|finish)_reason":"(?:max_tokens|length)"/.test(text);
    saw.costComment ??= /: cost (\{.*\})/.exec(text)?.[1];
    this.#events.onWords(saw);
  }
}

function wordsIn(text: string): number {
  let words = 0;
  for (let at = text.indexOf(WORD); at >= 0; at = text.indexOf(WORD, at + WORD.length)) words += 1;
  return words;
}

function isJson(body: Uint8Array): boolean {
  return parseJson(textOf(body)).kind === 'value';
}
