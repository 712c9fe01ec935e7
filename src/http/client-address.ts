import type { IncomingMessage } from 'node:http';
import type { Cidr } from '../std/cidr.ts';
import { isInCidr } from '../std/cidr.ts';
import type { IpAddress } from '../std/ip-address.ts';
import { ipAddressText, parseIpAddress } from '../std/ip-address.ts';

/** A header that says more hops than this comes from nobody's proxies. */
const HOPS_MAX = 32;

/**
 * Where a caller is: at the other end of the socket, unless that is a proxy which is trusted. Then
 * the header that proxies add to is read from its end, where the nearest one wrote, to the first hop
 * that is not trusted: what stands before that one anybody could have written. Undefined where a hop
 * cannot be read. Wallet reference §3.2 rule 8, §9 row 43.
 */
export function clientAddressOf(
  {
    socket,
    headers,
  }: Pick<IncomingMessage, 'headers'> & {
    readonly socket: { readonly remoteAddress?: string | undefined };
  },
  trusted: readonly Cidr[],
): string | undefined {
  const peer = readHop(socket.remoteAddress ?? '');
  if (peer === undefined) return undefined;
  const isTrusted = (hop: IpAddress): boolean => trusted.some((cidr) => isInCidr(cidr, hop));
  if (!isTrusted(peer)) return ipAddressText(peer);
  const hops = hopsIn(headers['x-forwarded-for']);
  if (hops.length > HOPS_MAX) return undefined;
  let client = peer;
  for (const written of hops.toReversed()) {
    const hop = readHop(written);
    if (hop === undefined) return undefined;
    client = hop;
    if (!isTrusted(hop)) break;
  }
  return ipAddressText(client);
}

function hopsIn(header: string | readonly string[] | undefined): readonly string[] {
  if (header === undefined) return [];
  const text = typeof header === 'string' ? header : header.join(',');
  return text.split(',').map((hop) => hop.trim());
}

const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/;
const withPort = /^([\d.]+):\d{1,5}$/;

/** Some proxies write a port behind the address, and sockets the zone of one of the local link. */
function readHop(written: string): IpAddress | undefined {
  const bare = bracketed.exec(written)?.[1] ?? withPort.exec(written)?.[1] ?? written;
  return parseIpAddress(bare.split('%', 1)[0] ?? '');
}
