import type { ByteSource } from '../std/byte-stream.ts';
import type { ContentIntake, SaidChunk } from '../telemetry/exchange-content.ts';
import { keptRequestHeaders, keptResponseHeaders } from '../telemetry/kept-headers.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type { Walk, WalkReply, WalkRequest } from './exchange.ts';
import { headerIn } from './header-in.ts';
import { tapSource } from './tap-source.ts';

/** Most moments of a stream that are told apart; what comes behind them counts to the last one. */
const CHUNKS_MAX = 20_000;
/** What one of them takes in memory, about. */
const CHUNK_BYTES = 48;

/** Begins to keep what is said in an exchange, where that is switched on; undefined, and free, where not. */
export function beginContent(request: WalkRequest, walk: Walk): ContentDraft | undefined {
  return walk.contents === undefined ? undefined : new ContentDraft(request, walk, walk.contents);
}

/**
 * What is said in one exchange, on its way to the disk: a copy of the body as it is read, and of what
 * goes out with the moments at which it did. It is handed in when the request is settled and its answer
 * is over; of a caller that nobody knows, nothing is kept.
 */
export class ContentDraft {
  /** The request, to be walked with in the place of the one that came. */
  readonly request: WalkRequest;
  readonly #intake: ContentIntake;
  readonly #clock: Walk['clock'];
  readonly #startedMs: number;
  readonly #atMs: number;
  #asked = { bytes: 0, body: NOTHING };
  #reply: WalkReply | undefined;
  readonly #parts: Uint8Array[] = [];
  readonly #chunks: [atMs: number, bytes: number][] = [];
  #keptBytes = 0;
  #sentBytes = 0;
  #heldBytes = 0;
  #settled: RequestRecord | undefined;
  #isAnswered = false;
  /** Handed in, or given up. */
  #isOver = false;

  constructor(request: WalkRequest, { clock }: Walk, intake: ContentIntake) {
    this.#intake = intake;
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
    this.#atMs = clock.wallMs();
    const body: WalkRequest['body'] = {
      ...request.body,
      read: async (bytesMax) => {
        const bytes = await request.body.read(bytesMax);
        if (bytes instanceof Uint8Array) this.#takeRequest(bytes);
        return bytes;
      },
    };
    this.request = { ...request, body };
  }

  /** What became of the request. */
  settle(record: RequestRecord): void {
    this.#settled = record;
    this.#recordIfWhole();
  }

  /** The reply as its caller gets it; what goes out in its place keeps a copy. */
  answer(reply: WalkReply): WalkReply {
    this.#reply = reply;
    const { body } = reply;
    if (body instanceof Uint8Array) {
      this.#take(body);
      this.#end();
      return reply;
    }
    // Nobody ends a stream whose reader has gone.
    this.request.cancellation.onCancel(() => {
      this.#end();
    });
    return { ...reply, body: this.#tapped(body) };
  }

  #tapped(source: ByteSource): ByteSource {
    return tapSource(source, {
      take: (chunk) => {
        this.#take(chunk);
      },
      end: () => {
        this.#end();
      },
    });
  }

  /** A copy, since a view would hold all of what it lies in. */
  #takeRequest(bytes: Uint8Array): void {
    const kept = Math.min(bytes.length, this.#intake.bytesMax);
    if (!this.#hold(kept)) return;
    this.#asked = { bytes: bytes.length, body: Uint8Array.from(bytes.subarray(0, kept)) };
  }

  #take(chunk: Uint8Array): void {
    if (this.#isOver) return;
    const atMs = Math.round((this.#clock.monotonicMs() - this.#startedMs) * 10) / 10;
    const last = this.#chunks.at(-1);
    if (last !== undefined && this.#chunks.length >= CHUNKS_MAX) last[1] += chunk.length;
    else if (this.#hold(CHUNK_BYTES)) this.#chunks.push([atMs, chunk.length]);
    else return;
    this.#sentBytes += chunk.length;
    const kept = Math.min(chunk.length, this.#intake.bytesMax - this.#keptBytes);
    if (kept <= 0 || !this.#hold(kept)) return;
    this.#keptBytes += kept;
    this.#parts.push(Uint8Array.from(chunk.subarray(0, kept)));
  }

  #hold(bytes: number): boolean {
    if (this.#isOver) return false;
    if (this.#intake.hold(bytes)) {
      this.#heldBytes += bytes;
      return true;
    }
    this.#isOver = true;
    this.#letGo();
    this.#intake.drop();
    return false;
  }

  #letGo(): void {
    this.#parts.length = 0;
    this.#chunks.length = 0;
    this.#asked = { bytes: 0, body: NOTHING };
    this.#intake.release(this.#heldBytes);
    this.#heldBytes = 0;
  }

  #end(): void {
    this.#isAnswered = true;
    this.#recordIfWhole();
  }

  #recordIfWhole(): void {
    const record = this.#settled;
    const reply = this.#reply;
    if (record === undefined || reply === undefined || !this.#isAnswered || this.#isOver) return;
    this.#isOver = true;
    if (record.account === undefined) {
      this.#letGo();
      return;
    }
    const chunks: readonly SaidChunk[] = [...this.#chunks];
    // What stays held is that of the bodies, which goes once they are on disk.
    this.#intake.release(chunks.length * CHUNK_BYTES);
    this.#intake.record({
      requestId: this.request.id,
      atMs: this.#atMs,
      request: { headers: keptRequestHeaders(this.request.headers), ...this.#asked },
      response: {
        headers: keptResponseHeaders(reply.headers),
        bytes: this.#sentBytes,
        body: new Uint8Array(Buffer.concat(this.#parts)),
        chunks,
        isStream: headerIn(reply.headers, 'content-type')?.startsWith('text/event-stream') === true,
      },
    });
  }
}

const NOTHING = new Uint8Array(0);
