import { describe, expect, test } from 'vitest';
import { readResponseHead } from './read-response-head.ts';

/** `framing persistent`, or what is wrong. */
function read(...lines: readonly string[]): string {
  const head = readResponseHead(lines.join('\r\n'));
  if ('malformed' in head) return head.malformed;
  const { framing, isPersistent } = head;
  const length = framing.kind === 'length' ? ` ${String(framing.length)}` : '';
  return `${framing.kind}${length} ${isPersistent ? 'kept' : 'closed'}`;
}

const ok = 'HTTP/1.1 200 OK';

describe('where a body ends (RFC 9112 §6.3)', () => {
  test.each<[string, readonly string[], string]>([
    ['a length', [ok, 'Content-Length: 12'], 'length 12 kept'],
    ['chunks', [ok, 'Transfer-Encoding: chunked'], 'chunked kept'],
    ['chunks in capitals', [ok, 'Transfer-Encoding: Chunked'], 'chunked kept'],
    ['neither: until it closes', [ok], 'close closed'],
    ['204', ['HTTP/1.1 204 No Content'], 'length 0 kept'],
    ['304 with a length', ['HTTP/1.1 304 Not Modified', 'content-length: 9'], 'length 0 kept'],
    ['103', ['HTTP/1.1 103 Early Hints', 'link: x'], 'length 0 kept'],
    ['connection: close', [ok, 'content-length: 1', 'Connection: Close'], 'length 1 closed'],
    ['close among others', [ok, 'content-length: 1', 'connection: a, close'], 'length 1 closed'],
    ['HTTP/1.0', ['HTTP/1.0 200 OK', 'content-length: 1'], 'length 1 closed'],
    ['no reason phrase', ['HTTP/1.1 200', 'content-length: 1'], 'length 1 kept'],
  ])('%s', (_name, lines, expected) => {
    expect(read(...lines)).toBe(expected);
  });
});

describe('what could be read in two ways is refused', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['length and chunks', [ok, 'content-length: 1', 'transfer-encoding: chunked'], /both/],
    ['two lengths', [ok, 'content-length: 1', 'content-length: 1'], /not one number/],
    ['a list of lengths', [ok, 'content-length: 1, 1'], /not one number/],
    ['a signed length', [ok, 'content-length: +1'], /not one number/],
    ['a hexadecimal length', [ok, 'content-length: 0x10'], /not one number/],
    ['a length beyond numbers', [ok, 'content-length: 9999999999999999'], /not one number/],
    ['another coding', [ok, 'transfer-encoding: gzip, chunked'], /other than chunked/],
    ['two codings', [ok, 'transfer-encoding: chunked', 'transfer-encoding: x'], /other than/],
    ['a folded line', [ok, 'x: 1', ' more'], /not a field/],
    ['a blank before the colon', [ok, 'content-length : 1'], /not a field/],
    ['no colon', [ok, 'nonsense'], /not a field/],
    ['a bare line feed', [ok, 'a: 1\ncontent-length: 5'], /not a field/],
    ['a bare carriage return', [ok, 'a: 1\rb'], /not a field/],
    ['a NUL', [ok, 'a: \0'], /not a field/],
    ['no status line', ['SSH-2.0-OpenSSH_9.9'], /status line/],
    ['HTTP/2', ['HTTP/2 200 OK'], /status line/],
    ['a status of two digits', ['HTTP/1.1 20 OK'], /status line/],
    ['nothing', [''], /status line/],
  ])('%s', (_name, lines, expected) => {
    expect(read(...lines)).toMatch(expected);
  });
});

test('fields by lower-case name, blanks around values gone, repeated ones as a list', () => {
  const head = readResponseHead(
    `${ok}\r\nX-One: \t a b \t\r\nSet-Cookie: 1\r\nset-cookie: 2\r\ne:`,
  );
  if ('malformed' in head) throw new Error(head.malformed);
  expect({ ...head.headers }).toEqual({ 'x-one': 'a b', 'set-cookie': ['1', '2'], e: '' });
});

test('a field called __proto__ is a field like any other', () => {
  const head = readResponseHead(`${ok}\r\n__proto__: x\r\nconstructor: y\r\ncontent-length: 1`);
  if ('malformed' in head) throw new Error(head.malformed);
  expect(Object.keys(head.headers)).toEqual(['__proto__', 'constructor', 'content-length']);
});

test.each([
  ['timeout=5', 5000],
  ['max=100, Timeout=30', 30_000],
  ['max=100', undefined],
  ['timeout=x', undefined],
])('keep-alive: %s', (value, expected) => {
  const head = readResponseHead(`${ok}\r\ncontent-length: 0\r\nkeep-alive: ${value}`);
  if ('malformed' in head) throw new Error(head.malformed);
  expect(head.keepAliveMs).toBe(expected);
});
