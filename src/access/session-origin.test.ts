import { describe, expect, test } from 'vitest';
import { isOwnName, isOwnPage, isOwnPageOrNone } from './session-origin.ts';

const host = '127.0.0.1:4115';
const origin = `http://${host}`;

describe('whose page asks', () => {
  test.each([
    // What a browser says, whether that is our page for a read, for a write, and for a sign-in.
    [{ host, origin, 'sec-fetch-site': 'same-origin' }, true, true, true],
    [{ host, origin: `https://${host}`, 'sec-fetch-site': 'same-origin' }, true, true, true],
    [{ host: 'LOCALHOST:1', origin: 'http://localhost:1' }, true, true, true],
    [{ host, 'sec-fetch-site': 'same-origin' }, true, true, true],
    [{ host, origin }, true, true, true],
    [{ host }, true, false, true],
    [{ host, 'sec-fetch-site': 'none' }, true, false, false],
    [{ host, origin, 'sec-fetch-site': 'none' }, true, false, false],
    [{ host, origin, 'sec-fetch-site': 'same-site' }, false, false, false],
    [{ host, origin, 'sec-fetch-site': 'cross-site' }, false, false, false],
    [{ host, origin: 'null' }, true, false, false],
    [{ host, origin: '' }, true, false, false],
    [{ host, origin: 'http://127.0.0.1' }, true, false, false],
    [{ host, origin: `${origin}/` }, true, false, false],
    [{ host, origin: `ftp://${host}` }, true, false, false],
    [{ host, origin: `http://x@${host}` }, true, false, false],
    [{ origin }, true, false, false],
  ])('%j', (headers, read, write, signIn) => {
    expect({
      read: isOwnPage(headers, 'read'),
      write: isOwnPage(headers, 'write'),
      signIn: isOwnPageOrNone(headers),
    }).toEqual({ read, write, signIn });
  });
});

describe('by which name a listener is called', () => {
  test.each([
    ['127.0.0.1', 'localhost:4115', true],
    ['127.0.0.1', 'LocalHost', true],
    ['127.0.0.1', '127.9.9.9:1', true],
    ['127.0.0.1', '[::1]:4115', true],
    ['::1', '127.0.0.1:4115', true],
    ['127.0.0.1', 'evil.example:4115', false],
    ['127.0.0.1', 'localhost.evil.example', false],
    ['127.0.0.1', '127.0.0.1.evil.example', false],
    ['127.0.0.1', '', false],
    ['127.0.0.1', undefined, false],
    // Beyond loopback the name is the operator's own, and the cookie belongs to it.
    ['10.0.0.7', 'gateway.example', true],
    ['0.0.0.0', undefined, true],
  ])('on %s as %s: %s', (listensOn, name, isOwn) => {
    expect(isOwnName({ host: name }, listensOn)).toBe(isOwn);
  });
});
