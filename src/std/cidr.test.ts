import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidrText, coversCidr, isInCidr, parseCidr } from './cidr.ts';
import { ipAddressText, parseIpAddress } from './ip-address.ts';

describe('an address', () => {
  test.each([
    ['10.1.2.3', '10.1.2.3'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:ffff:0a01:0203', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['64:ff9b::10.1.2.3', '64:ff9b::a01:203'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is %s', (written, text) => {
    const address = parseIpAddress(written);
    expect(address && ipAddressText(address)).toBe(text);
  });

  test.each([
    '',
    '10.1.2',
    '10.1.2.3.4',
    '10.1.2.256',
    '10.1.2.03',
    '0x0a.1.2.3',
    '10.1.2.3 ',
    '-1.1.1.1',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '1.2.3.4::',
    '::1.2.3',
    '::1.2.3.4:5',
    'fe80::1%eth0',
    'localhost',
    `${'0'.repeat(40)}:::::::1`,
  ])('%j is none', (written) => {
    expect(parseIpAddress(written)).toBeUndefined();
  });

  test('what is written of an address is read as that address', () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(groups, (parts) => {
        const read = parseIpAddress(parts.map((part) => part.toString(16)).join(':'));
        expect(read).toBeDefined();
        if (read === undefined) return;
        expect(parseIpAddress(ipAddressText(read))).toEqual(read);
      }),
    );
  });
});

describe('a range', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:db8::/32', '2001:db8::/32'],
    ['::1', '::1/128'],
    ['::/0', '::/0'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:0:0/80', '::/80'],
  ])('%s is %s', (written, text) => {
    const cidr = parseCidr(written);
    expect(cidr && cidrText(cidr)).toBe(text);
  });

  test.each(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/', '10.0.0.0/8/8', '::/129'])(
    'K16 %s is none',
    (written) => {
      expect(parseCidr(written)).toBeUndefined();
    },
  );

  test.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3', '10.1.2.4', false],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '10.1.2.3', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
  ])('%s holds %s: %s', (range, written, isIn) => {
    const [cidr, address] = [parseCidr(range), parseIpAddress(written)];
    expect(cidr && address && isInCidr(cidr, address)).toBe(isIn);
  });

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/8', '11.0.0.0/16', false],
    ['::/0', '10.0.0.0/8', false],
  ])('%s covers %s: %s', (outer, inner, isCovered) => {
    const [one, other] = [parseCidr(outer), parseCidr(inner)];
    expect(one && other && coversCidr(one, other)).toBe(isCovered);
  });
});
