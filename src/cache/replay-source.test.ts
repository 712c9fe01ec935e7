import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NotingSink } from '../../test/support/fed-source.ts';
import { ReplaySource } from './replay-source.ts';

const bytesOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => index % 251);

test('a reader that is full gets nothing more until it asks, then the next piece', () => {
  const bytes = bytesOf(200_000);
  const source = new ReplaySource(bytes);
  const sink = new NotingSink();
  sink.takesMore = false;
  source.open(sink);
  expect([sink.chunks.length, sink.ends]).toEqual([1, []]);
  source.resume();
  expect([sink.chunks.length, sink.ends]).toEqual([2, []]);
  sink.takesMore = true;
  source.resume();
  expect(sink.bytes.equals(bytes)).toBe(true);
  expect(sink.ends).toEqual(['end']);
  source.resume();
  expect(sink.ends).toEqual(['end']);
});

test('after a cancel nothing comes, not even the end', () => {
  const source = new ReplaySource(bytesOf(200_000));
  const sink = new NotingSink();
  sink.takesMore = false;
  source.open(sink);
  source.cancel();
  source.resume();
  expect([sink.chunks.length, sink.ends]).toEqual([1, []]);
});

test('a reader may ask for more while it is being written to', () => {
  const bytes = bytesOf(150_000);
  const source = new ReplaySource(bytes);
  const sink = new NotingSink();
  let depth = 0;
  source.open({
    write: (chunk) => {
      depth += 1;
      expect(depth).toBe(1);
      source.resume();
      depth -= 1;
      sink.write(chunk);
      return false;
    },
    end: () => {
      sink.end();
    },
    fail: (fault) => {
      sink.fail(fault);
    },
  });
  expect(sink.bytes.equals(bytes)).toBe(true);
  expect(sink.ends).toEqual(['end']);
});

test('what one reader does to its bytes does not reach the next one', () => {
  const bytes = bytesOf(1000);
  const spoils = new NotingSink();
  new ReplaySource(bytes).open({
    write: (chunk) => {
      chunk.fill(0);
      return true;
    },
    end: () => {
      spoils.end();
    },
    fail: () => {},
  });
  expect(spoils.ends).toEqual(['end']);
  expect(Buffer.from(bytes).equals(Buffer.from(bytesOf(1000)))).toBe(true);
});

test('however often a reader stops, it gets every byte once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300_000 }), fc.array(fc.boolean()), (length, answers) => {
      const bytes = bytesOf(length);
      const source = new ReplaySource(bytes);
      const sink = new NotingSink();
      const left = [...answers];
      source.open({
        write: (chunk) => {
          sink.write(chunk);
          return left.shift() ?? true;
        },
        end: () => {
          sink.end();
        },
        fail: () => {},
      });
      for (let at = 0; at <= answers.length && sink.ends.length === 0; at += 1) source.resume();
      expect(sink.bytes.equals(bytes)).toBe(true);
      expect(sink.ends).toEqual(['end']);
    }),
    { numRuns: 50 },
  );
});
