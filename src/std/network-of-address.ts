import { parseIpAddress } from './ip-address.ts';

/**
 * What callers at an address are counted by: whoever has one address of version 6 has all of its
 * network, which is of 64 bits (RFC 4291 §2.5.4). Addresses that nobody can tell are one.
 */
export function networkOfAddress(address: string | undefined): string {
  const parsed = address === undefined ? undefined : parseIpAddress(address);
  return parsed?.family === 6 ? `${String(parsed.value >> 64n)}/64` : (address ?? '');
}
