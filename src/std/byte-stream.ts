import type { Cancellation } from './cancellation.ts';

/**
 * A push stream of bytes with back-pressure. Web streams and Node streams cost a promise or a
 * queue entry a chunk; on the relay's path that is most of the work, so the house has these two
 * small interfaces instead.
 *
 * Order: `open` once, then any number of `write`, then exactly one of `end` and `fail`.
 * After `cancel` the source calls nothing more.
 */
export interface ByteSink {
  /** Takes a chunk. `false` asks the source to stop until `resume`. */
  write(chunk: Uint8Array): boolean;
  end(): void;
  /** The stream broke before its end. */
  fail(fault: StreamFault): void;
}

export interface ByteSource {
  open(sink: ByteSink): void;
  resume(): void;
  /** Gives up: frees what feeds the stream. Idempotent, also after the end. */
  cancel(): void;
}

/** Why a stream broke, in words for a log; `kind` is what code decides by. */
export interface StreamFault {
  readonly kind: 'idle-timeout' | 'cut' | 'reset' | 'too-large' | 'malformed' | 'shutdown';
  readonly detail: string;
}

/** One chunk, then the end. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  let cancelled = false;
  return {
    open(sink: ByteSink): void {
      if (cancelled) return;
      if (bytes.length > 0) sink.write(bytes);
      sink.end();
    },
    resume(): void {},
    cancel(): void {
      cancelled = true;
    },
  };
}

export type Collected =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** With the chunks that came before it. */
  | {
      readonly kind: 'fault';
      readonly fault: StreamFault;
      readonly before: readonly Uint8Array[];
    };

/** Reads a source to its end, at most `bytesMax` of it, unless nobody waits for it any more. */
export function collect(
  source: ByteSource,
  bytesMax: number,
  cancellation: Cancellation,
): Promise<Collected> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const giveUp = (kind: StreamFault['kind'], detail: string): void => {
      source.cancel();
      forget();
      resolve({ kind: 'fault', fault: { kind, detail }, before: chunks });
    };
    // Already cancelled, it runs at once: `forget` has to be there before it is asked for.
    let forget = (): void => {};
    forget = cancellation.onCancel(() => {
      giveUp('cut', 'nobody waits for it');
    });
    source.open({
      write(chunk: Uint8Array): boolean {
        length += chunk.length;
        if (length > bytesMax) {
          giveUp('too-large', `more than ${String(bytesMax)} bytes`);
          return false;
        }
        chunks.push(chunk);
        return true;
      },
      end(): void {
        forget();
        const only = chunks.length === 1 ? chunks[0] : undefined;
        resolve({ kind: 'bytes', bytes: only ?? Buffer.concat(chunks, length) });
      },
      fail(fault: StreamFault): void {
        forget();
        resolve({ kind: 'fault', fault, before: chunks });
      },
    });
  });
}
