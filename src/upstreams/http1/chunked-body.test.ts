import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkedBody } from './chunked-body.ts';

interface Taken {
  readonly content: string;
  readonly isEnd: boolean;
  readonly malformed: string | undefined;
  /** Bytes behind the end. */
  readonly rest: string;
}

/** Reads pieces in turn, as a connection does. */
function take(pieces: readonly Buffer[]): Taken {
  const body = new ChunkedBody();
  const content: Buffer[] = [];
  let rest = '';
  for (const piece of pieces) {
    if (body.isEnd) {
      rest += piece.toString('latin1');
      continue;
    }
    const into = Buffer.alloc(piece.length);
    const { contentBytes, consumed } = body.read(piece, into);
    content.push(into.subarray(0, contentBytes));
    rest += body.isEnd ? piece.toString('latin1', consumed) : '';
  }
  const { isEnd, malformed } = body;
  return { content: Buffer.concat(content).toString('latin1'), isEnd, malformed, rest };
}

const whole = (text: string): Taken => take([Buffer.from(text, 'latin1')]);

describe('a chunked body (RFC 9112 §7.1)', () => {
  test.each<[string, string, string]>([
    ['empty', '0\r\n\r\n', ''],
    ['two chunks', '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n', 'abcde'],
    [
      'sizes in both cases, with zeros',
      '0A\r\n0123456789\r\nb\r\n0123456789a\r\n000\r\n\r\n',
      '01234567890123456789a',
    ],
    ['extensions', '1;a="b"\r\nx\r\n0;c\r\n\r\n', 'x'],
    ['a blank behind the size', '1 \r\nx\r\n0\r\n\r\n', 'x'],
    ['trailers', '1\r\nx\r\n0\r\nA: 1\r\nB: 2\r\n\r\n', 'x'],
    ['content that looks like framing', '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n', '\r\n0\r\n\r\n'],
  ])('%s', (_name, text, content) => {
    expect(whole(text)).toEqual({ content, isEnd: true, malformed: undefined, rest: '' });
  });

  test.each<[string, string]>([
    ['no size', '\r\nx'],
    ['a sign', '-1\r\nx'],
    ['a letter beyond f', 'g\r\nx'],
    ['a blank first', ' 1\r\nx'],
    ['a line feed alone behind the size', '1\nx\r\n0\r\n\r\n'],
    ['a carriage return alone behind the size', '1\rx'],
    ['more content than the size says', '1\r\nxy\r\n0\r\n\r\n'],
    ['a line feed alone behind the content', '1\r\nx\n0\r\n\r\n'],
    ['a size beyond numbers', '11111111111111\r\n'],
    ['a line feed in an extension', '1;a\nb\r\nx\r\n0\r\n\r\n'],
    ['an endless extension', `1;${'a'.repeat(5000)}`],
    ['an endless trailer', `0\r\n${'a: b\r\n'.repeat(4000)}`],
    ['a line feed alone in a trailer', '0\r\na: b\n\r\n'],
  ])('%s is malformed', (_name, text) => {
    const taken = whole(text);
    expect(taken.malformed).toBeDefined();
    expect(taken.isEnd).toBe(false);
  });

  test('what follows the end is left', () => {
    expect(whole('0\r\n\r\nHTTP/1.1')).toMatchObject({ isEnd: true, rest: 'HTTP/1.1' });
  });

  test('however chunks and reads are cut, the content is the same', () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat({ max: 500 }), { maxLength: 12 });
    fc.assert(
      fc.property(chunks, cuts, (contents, places) => {
        const framed = contents.flatMap((content) => [
          Buffer.from(`${content.length.toString(16)}\r\n`),
          Buffer.from(content),
          Buffer.from('\r\n'),
        ]);
        const bytes = Buffer.concat([...framed, Buffer.from('0\r\nT: 1\r\n\r\nrest')]);
        const edges = [0, ...places.map((at) => at % (bytes.length + 1)), bytes.length].toSorted(
          (left, right) => left - right,
        );
        const pieces = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        expect(take(pieces)).toEqual({
          content: Buffer.concat(contents).toString('latin1'),
          isEnd: true,
          malformed: undefined,
          rest: 'rest',
        });
      }),
      { numRuns: 500 },
    );
  });
});
