/** An address of the Internet. One of IPv4 that is written as IPv6 is that of IPv4. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const V4_BITS = 32n;
/** RFC 4291 §2.5.5.2: `::ffff:0:0/96` stands for the addresses of IPv4. */
export const MAPPED_PREFIX = 0xffffn;
const decimalByte = /^(?:0|[1-9]\d{0,2})$/;
const hexGroup = /^[0-9a-f]{1,4}$/i;
const GROUPS = 8;
/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255` */
const LETTERS_MAX = 45;

/** Reads an address as RFC 4291 §2.2 and dotted decimals write it; undefined for anything else. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > LETTERS_MAX) return undefined;
  const value = text.includes(':') ? readV6(text) : readV4(text);
  if (value === undefined) return undefined;
  if (!text.includes(':')) return { family: 4, value };
  return value >> V4_BITS === MAPPED_PREFIX
    ? { family: 4, value: BigInt.asUintN(Number(V4_BITS), value) }
    : { family: 6, value };
}

function readV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    // A leading zero is octal to some: what two readers read differently is no address.
    if (!decimalByte.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function readV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [first, last] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (first === undefined || last === undefined) return undefined;
  const missing = GROUPS - first.length - last.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  // Only the end may be in dotted decimals.
  const isDottedEarly = halves.length === 2 && (halves[0] ?? '').includes('.');
  if (isDottedEarly) return undefined;
  const groups = [...first, ...Array<bigint>(missing).fill(0n), ...last];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(text: string): readonly bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const dotted = readV4(part);
      if (dotted === undefined) return undefined;
      groups.push(dotted >> 16n, dotted & 0xffffn);
    } else {
      if (!hexGroup.test(part)) return undefined;
      groups.push(BigInt(`0x${part}`));
    }
  }
  return groups;
}

/** The one spelling of an address: dotted decimals, or RFC 5952. */
export function ipAddressText({ family, value }: IpAddress): string {
  if (family === 4) {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
  }
  const groups = Array.from({ length: GROUPS }, (_, index) =>
    ((value >> BigInt((GROUPS - 1 - index) * 16)) & 0xffffn).toString(16),
  );
  const { start, length } = longestZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** RFC 5952 §4.2: the first of the longest runs of zeros is left out. */
function longestZeros(groups: readonly string[]): {
  readonly start: number;
  readonly length: number;
} {
  let longest = { start: 0, length: 0 };
  let run = { start: 0, length: 0 };
  for (const [index, group] of groups.entries()) {
    run = group === '0' ? { ...run, length: run.length + 1 } : { start: index + 1, length: 0 };
    if (run.length > longest.length) longest = run;
  }
  return longest;
}
