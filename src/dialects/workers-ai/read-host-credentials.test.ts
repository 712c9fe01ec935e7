import { describe, expect, test } from 'vitest';
import type { CredentialHeaders, HeaderMap } from '../dialect.ts';
import { hasOwnToken, readHostCredentials, readProviderKey } from './read-host-credentials.ts';

const own = 'qtn_own';

/** What a request's headers are taken for: the gateway's credential, and the key for the provider. */
function taken(headers: HeaderMap): readonly unknown[] {
  const key = readProviderKey(headers);
  const shown = key === undefined ? undefined : `${key.auth ?? ''} ${key.key.reveal()}`;
  return [readHostCredentials(headers), hasOwnToken(headers), shown];
}

describe('whose a credential on a gateway’s URL is', () => {
  test.each<[string, HeaderMap, CredentialHeaders, boolean, string | undefined]>([
    ['nothing', {}, {}, false, undefined],
    [
      'the gateway’s own header',
      { 'cf-aig-authorization': `Bearer ${own}` },
      { authorization: `Bearer ${own}` },
      true,
      undefined,
    ],
    [
      'without its scheme',
      { 'cf-aig-authorization': own },
      { authorization: `Bearer ${own}` },
      true,
      undefined,
    ],
    [
      'an empty one',
      { 'cf-aig-authorization': ' ', 'x-api-key': own },
      { 'x-api-key': own },
      false,
      `x-api-key ${own}`,
    ],
    [
      'a key for the provider beside it',
      { 'cf-aig-authorization': `bearer ${own}`, 'x-api-key': 'sk' },
      { authorization: `Bearer ${own}` },
      true,
      'x-api-key sk',
    ],
    [
      'a bearer for the provider beside it',
      { 'cf-aig-authorization': `Bearer ${own}`, authorization: 'Bearer sk' },
      { authorization: `Bearer ${own}` },
      true,
      'bearer sk',
    ],
    [
      'the same key in each place goes nowhere else',
      {
        'cf-aig-authorization': `Bearer ${own}`,
        authorization: `Bearer ${own}`,
        'x-api-key': own,
      },
      { authorization: `Bearer ${own}` },
      true,
      undefined,
    ],
    [
      'a scheme that is none of a key',
      { 'cf-aig-authorization': own, authorization: 'Basic c2s=' },
      { authorization: `Bearer ${own}` },
      true,
      undefined,
    ],
  ])('%s', (_name, headers, ...expected) => {
    expect(taken(headers)).toEqual(expected);
  });
});
