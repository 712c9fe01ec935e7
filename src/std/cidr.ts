import type { IpAddress } from './ip-address.ts';
import { MAPPED_PREFIX, ipAddressText, parseIpAddress } from './ip-address.ts';

/** A range of addresses: those whose first bits are the same. RFC 4632 §3.1, RFC 4291 §2.3. */
export interface Cidr extends IpAddress {
  readonly prefixBits: number;
}

const bitsOf = { 4: 32, 6: 128 } as const;
const MAPPED_BITS = 96;
const wholeNumber = /^(?:0|[1-9]\d{0,2})$/;

/**
 * Reads `address/bits`, or an address, which is the range of it alone. Bits beyond the prefix are
 * taken away, and a range of IPv4 that is written as IPv6 is one of IPv4.
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const written = slash < 0 ? text : text.slice(0, slash);
  const address = parseIpAddress(written);
  if (address === undefined) return undefined;
  const writtenBits = written.includes(':') ? bitsOf[6] : bitsOf[4];
  const bits = slash < 0 ? String(writtenBits) : text.slice(slash + 1);
  if (!wholeNumber.test(bits) || Number(bits) > writtenBits) return undefined;
  return rangeOf(address, Number(bits), writtenBits);
}

function rangeOf(address: IpAddress, bits: number, writtenBits: number): Cidr {
  const isMapped = address.family === 4 && writtenBits === bitsOf[6];
  if (!isMapped) return masked(address, bits);
  if (bits >= MAPPED_BITS) return masked(address, bits - MAPPED_BITS);
  // Wider than all of IPv4: it is what it says, a range of IPv6.
  const value = (MAPPED_PREFIX << BigInt(bitsOf[4])) | address.value;
  return masked({ family: 6, value }, bits);
}

function masked({ family, value }: IpAddress, prefixBits: number): Cidr {
  const hostBits = BigInt(bitsOf[family] - prefixBits);
  return { family, value: (value >> hostBits) << hostBits, prefixBits };
}

/** The one spelling of a range. */
export function cidrText(cidr: Cidr): string {
  return `${ipAddressText(cidr)}/${String(cidr.prefixBits)}`;
}

/** Whether an address lies in a range. */
export function isInCidr({ family, value, prefixBits }: Cidr, address: IpAddress): boolean {
  const hostBits = BigInt(bitsOf[family] - prefixBits);
  return family === address.family && address.value >> hostBits === value >> hostBits;
}

/** Whether every address of one range lies in the other. */
export function coversCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.prefixBits <= inner.prefixBits && isInCidr(outer, inner);
}
