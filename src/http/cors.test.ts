import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';

/** What a flat list says of a header; undefined where it does not name it. */
function valueOf(headers: readonly string[], name: string): string | undefined {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text === name);
  return at < 0 ? undefined : headers[at + 1];
}

const app = 'https://app.example';

describe('whose pages may read a reply', () => {
  test.each<[string, readonly string[], string | undefined, string | undefined]>([
    ['nobody, where nothing is configured', [], app, undefined],
    ['one that is listed', ['https://other.example', app], app, app],
    ['not one that is not', ['https://other.example'], app, undefined],
    ['every one', ['*'], app, '*'],
    ['a page of a file, where every one may', ['*'], 'null', '*'],
    ['not a page of a file, where some may', [app], 'null', undefined],
    ['another port is another origin', [app], `${app}:8443`, undefined],
    ['another scheme is another origin', [app], 'http://app.example', undefined],
    ['a longer name is another origin', [app], `${app}.evil.example`, undefined],
    ['who is no page needs nothing', ['*'], undefined, undefined],
  ])('%s', (_name, origins, origin, allowed) => {
    const headers = corsHeaders(origins, origin === undefined ? {} : { origin });
    expect(valueOf(headers, 'access-control-allow-origin')).toBe(allowed);
    expect(headers.length > 0).toBe(allowed !== undefined);
  });

  test('a reply for one origin is not kept for another, and one for all is', () => {
    expect(valueOf(corsHeaders([app], { origin: app }), 'vary')).toBe('origin');
    expect(valueOf(corsHeaders(['*'], { origin: app }), 'vary')).toBeUndefined();
  });

  test('credentials of the browser are never asked for', () => {
    const headers = corsHeaders([app], { origin: app });
    expect(valueOf(headers, 'access-control-allow-credentials')).toBeUndefined();
  });

  test('ids, limits and what the gateway says may be read', () => {
    const exposed = valueOf(corsHeaders(['*'], { origin: app }), 'access-control-expose-headers');
    expect(exposed?.split(', ')).toEqual(
      expect.arrayContaining([
        'request-id',
        'retry-after',
        'anthropic-ratelimit-input-tokens-remaining',
        'x-quatrain-request-id',
        'x-quatrain-edits',
      ]),
    );
  });
});

describe('preflights', () => {
  const asks = { origin: app, 'access-control-request-method': 'POST' };

  test.each<[string, string, Readonly<Record<string, string>>, boolean]>([
    ['OPTIONS that says what comes', 'OPTIONS', asks, true],
    ['OPTIONS of its own', 'OPTIONS', { origin: app }, false],
    ['a request that says so too', 'POST', asks, false],
  ])('%s', (_name, method, headers, expected) => {
    expect(isPreflight(method, headers)).toBe(expected);
  });

  test.each<[string, string | undefined, string | undefined]>([
    ['nothing asked, nothing said', undefined, undefined],
    [
      'what is asked is allowed',
      'authorization,content-type, X-Stainless-OS',
      'authorization, content-type, x-stainless-os',
    ],
    ['what is no header name is not echoed', 'a, b\r\nset-cookie: c', undefined],
    ['nor is an empty one', 'a,,b', undefined],
    ['nor a name that is too long', 'x'.repeat(65), undefined],
    [
      'nor too many',
      Array.from({ length: 65 }, (_, index) => `x-${String(index)}`).join(','),
      undefined,
    ],
  ])('%s', (_name, wanted, allowed) => {
    const headers = preflightHeaders(['POST'], {
      ...asks,
      ...(wanted === undefined ? {} : { 'access-control-request-headers': wanted }),
    });
    expect(valueOf(headers, 'access-control-allow-headers')).toBe(allowed);
    expect(valueOf(headers, 'access-control-allow-methods')).toBe('POST');
    expect(Number(valueOf(headers, 'access-control-max-age'))).toBeGreaterThan(0);
  });

  test('whatever is asked, what is said is plain', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (wanted) => {
        const headers = preflightHeaders(['POST'], { 'access-control-request-headers': wanted });
        return headers.every((text) => /^[A-Za-z0-9, -]*$/.test(text));
      }),
    );
  });
});
