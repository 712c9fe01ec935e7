import type { ByteSink, ByteSource } from '../std/byte-stream.ts';

/** What hears of the bytes that go by. */
export interface SourceTap {
  take(chunk: Uint8Array): void;
  /** However it ends: by itself, by a fault, or by a reader who wants no more. May be called again. */
  end(): void;
  /** The reader asked for the first bytes, and may have had them by now. */
  opened?(): void;
}

/** The same source, of which somebody else hears; order and pressure are the reader's alone. */
export function tapSource(source: ByteSource, heard: SourceTap): ByteSource {
  const tapped = (sink: ByteSink): ByteSink => ({
    write: (chunk) => {
      heard.take(chunk);
      return sink.write(chunk);
    },
    end: () => {
      heard.end();
      sink.end();
    },
    fail: (fault) => {
      heard.end();
      sink.fail(fault);
    },
  });
  return {
    open: (sink) => {
      source.open(tapped(sink));
      heard.opened?.();
    },
    resume: () => {
      source.resume();
    },
    cancel: () => {
      source.cancel();
      heard.end();
    },
  };
}
