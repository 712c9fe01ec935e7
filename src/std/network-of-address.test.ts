import { expect, test } from 'vitest';
import { networkOfAddress } from './network-of-address.ts';

test.each<[string, string | undefined, string | undefined, boolean]>([
  ['two addresses of version 4', '192.0.2.1', '192.0.2.2', false],
  ['two of one network of version 6', '2001:db8:0:7::1', '2001:db8:0:7:ffff::1', true],
  ['two of other networks', '2001:db8:0:7::1', '2001:db8:0:8::1', false],
  ['one that nobody can tell and one that is known', undefined, '192.0.2.1', false],
  ['two that nobody can tell', undefined, undefined, true],
])('%s', (_name, one, other, isSame) => {
  expect(networkOfAddress(one) === networkOfAddress(other)).toBe(isSame);
});
