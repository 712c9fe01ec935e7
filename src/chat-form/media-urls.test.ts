import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MediaUrl } from './media-urls.ts';
import { dataUrl, normalBase64, readMediaUrl, textOfBase64 } from './media-urls.ts';

const data = (mediaType: string, base64: string, more: object = {}): object => ({
  kind: 'data',
  mediaType,
  base64,
  isBase64: true,
  ...more,
});

describe('URLs of pictures and files', () => {
  test.each<readonly [string, object]>([
    ['data:image/png;base64,AAAA', data('image/png', 'AAAA')],
    ['DATA:Image/JPG;BASE64,AAAA', data('image/jpeg', 'AAAA')],
    ['data:image/png;base64,AA AA\n', data('image/png', 'AAAA')],
    ['data:image/png;base64,AA%3D%3D', data('image/png', 'AA==')],
    ['data:image/png;base64,AA', data('image/png', 'AA==')],
    ['data:image/png;base64,_-8=', data('image/png', '/+8=')],
    ['data:;base64,AAAA', data('text/plain', 'AAAA')],
    [
      'data:text/plain;charset="utf-8";base64,AAAA',
      data('text/plain', 'AAAA', { charset: 'utf-8' }),
    ],
    ['data:,a%20b', data('text/plain', 'YSBi', { isBase64: false })],
    ['data:text/plain,100%', data('text/plain', 'MTAwJQ==', { isBase64: false })],
    ['https://x/y', { kind: 'remote', url: 'https://x/y' }],
    ['HTTP://x/y', { kind: 'remote', url: 'HTTP://x/y' }],
  ])('%s', (url, expected) => {
    expect(readMediaUrl(url)).toMatchObject(expected);
  });

  test.each([
    '',
    'x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ftp://x/y',
    'http://',
    'https://[',
    '//x/y',
    'data:image/png;base64',
    'data:image/png;base64,',
    'data:image/png;base64,A',
    'data:image/png;base64,A=AA',
    'data:image/png;base64,AAA*',
    'data:not a type;base64,AAAA',
    `data:${'a'.repeat(2000)}/b;base64,AAAA`,
  ])('%s is none', (url) => {
    expect(readMediaUrl(url).kind).toBe('bad');
  });

  test('any bytes survive the way there and back', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.uint8Array({ minLength: 1 }), (bytes) => {
        const base64 = Buffer.from(bytes).toString('base64');
        expect(readMediaUrl(dataUrl('image/png', base64))).toMatchObject(data('image/png', base64));
      }),
    );
  });

  test('any text survives as percent-encoded text', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.string({ unit: 'grapheme' }), (text) => {
        const read = readMediaUrl(`data:text/plain,${encodeURIComponent(text)}`);
        expect(textIn(read)).toBe(text);
      }),
    );
  });

  test('whatever a URL is, reading it does not throw, and base64 is what it says', () => {
    const rest = fastCheck.oneof(fastCheck.string(), fastCheck.base64String());
    const scheme = fastCheck.constantFrom('data:', 'data:image/png;base64,', 'https:', '');
    fastCheck.assert(
      fastCheck.property(scheme, rest, (start, end) => {
        const read = readMediaUrl(start + end);
        const base64 = read.kind === 'data' ? read.base64 : '';
        expect(base64).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
        expect(base64.length % 4).toBe(0);
      }),
    );
  });
});

function textIn(read: MediaUrl): string | undefined {
  return read.kind === 'data' ? textOfBase64(read.base64, read.charset) : undefined;
}

describe('base64', () => {
  test('what is normal already is the same string', () => {
    const base64 = Buffer.from('a picture').toString('base64');
    expect(normalBase64(base64)).toBe(base64);
  });

  test.each(['', '=', '====', 'A', 'AAAAA', 'AA=A', 'ä', 'AA AA*'])('%s is none', (text) => {
    expect(normalBase64(text)).toBeUndefined();
  });

  test('text is read in its character set, or not at all', () => {
    expect(textOfBase64('w7w=')).toBe('ü');
    expect(textOfBase64('/A==', 'iso-8859-1')).toBe('ü');
    expect(textOfBase64('/A==')).toBeUndefined();
    expect(textOfBase64('w7w=', 'no-such-set')).toBeUndefined();
  });
});
