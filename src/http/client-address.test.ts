import { expect, test } from 'vitest';
import { parseCidr } from '../std/cidr.ts';
import { clientAddressOf } from './client-address.ts';

interface Case {
  readonly name: string;
  readonly peer: string | undefined;
  readonly hops?: string;
  readonly trusted?: readonly string[];
  readonly client: string | undefined;
}

const proxies = ['127.0.0.1/32', '10.0.0.0/8', '2001:db8::/32'];

test.each<Case>([
  { name: 'the peer', peer: '11.0.0.1', client: '11.0.0.1' },
  { name: 'a mapped peer', peer: '::ffff:11.0.0.1', client: '11.0.0.1' },
  { name: 'a peer of the local link', peer: 'fe80::1%eth0', client: 'fe80::1' },
  { name: 'no peer', peer: undefined, trusted: proxies, client: undefined },
  {
    name: 'K14 a header that nobody trusts',
    peer: '11.0.0.1',
    hops: '1.2.3.4',
    client: '11.0.0.1',
  },
  {
    name: 'a peer that is none of the proxies',
    peer: '11.0.0.1',
    hops: '1.2.3.4',
    trusted: proxies,
    client: '11.0.0.1',
  },
  {
    name: 'a proxy that says nothing',
    peer: '127.0.0.1',
    trusted: proxies,
    client: '127.0.0.1',
  },
  { name: 'one hop', peer: '127.0.0.1', hops: '1.2.3.4', trusted: proxies, client: '1.2.3.4' },
  {
    name: 'K15 the last hop that no proxy is',
    peer: '127.0.0.1',
    hops: '10.1.2.3, 11.0.0.1',
    trusted: proxies,
    client: '11.0.0.1',
  },
  {
    name: 'past proxies behind proxies',
    peer: '::ffff:127.0.0.1',
    hops: '9.9.9.9, 1.2.3.4,2001:db8::7 , 10.0.0.9',
    trusted: proxies,
    client: '1.2.3.4',
  },
  {
    name: 'proxies only: the first of them',
    peer: '127.0.0.1',
    hops: '10.0.0.1, 10.0.0.2',
    trusted: proxies,
    client: '10.0.0.1',
  },
  {
    name: 'ports',
    peer: '127.0.0.1',
    hops: '[2001:db9::1]:443, 10.0.0.2:80',
    trusted: proxies,
    client: '2001:db9::1',
  },
  {
    name: 'a hop that cannot be read',
    peer: '127.0.0.1',
    hops: '1.2.3.4, unknown',
    trusted: proxies,
    client: undefined,
  },
  {
    name: 'an empty hop',
    peer: '127.0.0.1',
    hops: '1.2.3.4,',
    trusted: proxies,
    client: undefined,
  },
  {
    name: 'what nobody asks for cannot be wrong',
    peer: '127.0.0.1',
    hops: 'unknown, 1.2.3.4',
    trusted: proxies,
    client: '1.2.3.4',
  },
  {
    name: 'more hops than anybody has',
    peer: '127.0.0.1',
    hops: Array<string>(33).fill('10.0.0.1').join(),
    trusted: proxies,
    client: undefined,
  },
])('$name', ({ peer, hops, trusted = [], client }) => {
  const ranges = trusted.map((text) => parseCidr(text)).filter((cidr) => cidr !== undefined);
  const headers = hops === undefined ? {} : { 'x-forwarded-for': hops };
  expect(clientAddressOf({ socket: { remoteAddress: peer }, headers }, ranges)).toBe(client);
});
