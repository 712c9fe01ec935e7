import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import type { ByteSink, ByteSource } from '../std/byte-stream.ts';
import { uncancelled } from '../std/cancellation.ts';
import type { BodyDraft } from './file-store.ts';
import { readUpload } from './read-upload.ts';

const boundary = 'bnd';
const reading = {
  contentType: `multipart/form-data; boundary=${boundary}`,
  fileBytesMax: 1000,
  cancellation: uncancelled,
};

function formOf(content: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n`,
    ),
    content,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** Each piece in a turn of its own, as from a socket. */
function inPieces(bytes: Uint8Array, cuts: readonly number[]): ByteSource {
  const places = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted(
    (one, other) => one - other,
  );
  let isCancelled = false;
  const send = async (sink: ByteSink): Promise<void> => {
    for (const [index, start] of places.slice(0, -1).entries()) {
      await new Promise(setImmediate);
      if (isCancelled) return;
      const piece = bytes.slice(start, places[index + 1]);
      if (piece.length > 0) sink.write(piece);
    }
    if (!isCancelled) sink.end();
  };
  return {
    open: (sink) => void send(sink),
    resume: () => {},
    cancel: () => {
      isCancelled = true;
    },
  };
}

async function readInto(source: ByteSource): Promise<{ outcome: string; content: Buffer }> {
  const chunks: Uint8Array[] = [];
  const draft: BodyDraft = {
    write: (chunk) => {
      chunks.push(Buffer.from(chunk));
      return Promise.resolve();
    },
    keep: () => expect.unreachable('whoever asked for the draft keeps it'),
    discard: () => expect.unreachable('whoever asked for the draft discards it'),
  };
  const read = await readUpload(source, draft, reading);
  return { outcome: isRefusal(read) ? read.code : read.kind, content: Buffer.concat(chunks) };
}

/** Content that looks like the end of the form, and is not. */
const content = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r\n', '\r', '--', '-', 'bn', '\r\n--', '\r\n--bn', '--bnd', '\0'),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => !`\r\n${text}\r\n`.includes('\r\n--bnd'))
  .map((text) => Buffer.from(text));
const cuts = fc.array(fc.nat(400), { maxLength: 8 });

describe('readUpload', () => {
  test('any content in any pieces arrives as it was', async () => {
    await fc.assert(
      fc.asyncProperty(content, cuts, async (bytes, places) => {
        const read = await readInto(inPieces(formOf(bytes), places));
        expect(read).toEqual({ outcome: 'upload', content: bytes });
      }),
    );
  });

  test('whatever is done to a form, it has an end', async () => {
    const damage = fc.array(
      fc.record({
        at: fc.nat(200),
        remove: fc.nat(60),
        insert: fc.constantFrom('', '\r\n', `\r\n--${boundary}`, `--${boundary}--`, '\0', '"', ';'),
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(content, damage, cuts, async (bytes, damages, places) => {
        let form = formOf(bytes);
        for (const { at, remove, insert } of damages) {
          const place = Math.min(at, form.length);
          const parts = [
            form.subarray(0, place),
            Buffer.from(insert),
            form.subarray(place + remove),
          ];
          form = Buffer.concat(parts);
        }
        const { outcome } = await readInto(inPieces(form, places));
        expect(['upload', 'invalid_request']).toContain(outcome);
      }),
    );
  });
});
