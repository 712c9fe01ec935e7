import type {
  GatewayLogIntake,
  GatewayLogRow,
  LogKeeping,
  LoggedBodies,
} from '../policy/gateway-log.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import { assert } from '../std/assert.ts';
import type { WalkReply } from './exchange.ts';
import { headerIn } from './header-in.ts';
import { tapSource } from './tap-source.ts';

/** A log but for what only the reply says. */
export type SettledLog = Omit<GatewayLogRow, 'responseContentType'>;

export interface DraftOptions {
  readonly intake: GatewayLogIntake;
  readonly keeping: LogKeeping;
  /** Whether what was said is kept, or only what became of it. */
  readonly keepsBodies: boolean;
}

/**
 * The log of one request on its way. What became of the request is known when it is settled, and
 * what was said when the last byte has gone out; it is handed in when both are there.
 */
export class GatewayLogDraft {
  readonly #options: DraftOptions;
  #settled: { readonly row: SettledLog; readonly request: Uint8Array } | undefined;
  #contentType: string | undefined;
  #chunks: Uint8Array[] | undefined = [];
  #heldBytes = 0;
  #isAnswered = false;
  #isRecorded = false;

  constructor(options: DraftOptions) {
    this.#options = options;
    if (!options.keepsBodies) this.#chunks = undefined;
  }

  /** What became of the request, and what it said. */
  settle(row: SettledLog, request: Uint8Array): void {
    assert(this.#settled === undefined, 'a request is settled once');
    this.#settled = { row, request };
    this.#recordIfWhole();
  }

  /** The reply to the request; what goes out in its place keeps a copy. */
  answer(reply: WalkReply): WalkReply {
    this.#contentType = headerIn(reply.headers, 'content-type');
    const { body } = reply;
    if (body instanceof Uint8Array) {
      this.#take(body);
      this.#end();
      return reply;
    }
    if (this.#chunks === undefined) {
      this.#end();
      return reply;
    }
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
      opened: () => {
        // What is settled by now has said all it will: nobody ends a stream whose reader has gone.
        if (this.#settled === undefined) this.#isOpen = true;
        else this.#end();
      },
    });
  }

  /** Whether bytes go straight to the reader, so that a request is settled after the last of them. */
  #isOpen = false;

  #recordIfWhole(): void {
    const settled = this.#settled;
    if (settled === undefined || this.#isRecorded) return;
    if (!this.#isAnswered && !this.#isOpen) return;
    this.#isRecorded = true;
    const { intake, keeping } = this.#options;
    const row = { ...settled.row, responseContentType: this.#contentType };
    intake.record({ row, bodies: this.#bodies(settled.request), keeping });
  }

  #end(): void {
    this.#isAnswered = true;
    this.#recordIfWhole();
  }

  /** A copy, since whoever gets the chunk may do with it what it likes. */
  #take(chunk: Uint8Array): void {
    if (this.#chunks === undefined || this.#isRecorded) return;
    if (this.#hold(chunk.length)) this.#chunks.push(Uint8Array.from(chunk));
    else this.#forgetBodies();
  }

  /** Buffers of their own: a view would take all of what it lies in to the thread that writes. */
  #bodies(request: Uint8Array): LoggedBodies | undefined {
    if (this.#chunks === undefined) return undefined;
    if (!this.#hold(request.length)) {
      this.#forgetBodies();
      return undefined;
    }
    const response = new Uint8Array(Buffer.concat(this.#chunks));
    return { request: Uint8Array.from(request), response };
  }

  #hold(bytes: number): boolean {
    if (!this.#options.intake.hold(bytes, this.#heldBytes)) return false;
    this.#heldBytes += bytes;
    return true;
  }

  #forgetBodies(): void {
    this.#options.intake.release(this.#heldBytes);
    this.#heldBytes = 0;
    this.#chunks = undefined;
  }
}
