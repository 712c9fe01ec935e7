import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DetectorName } from './text-detectors.ts';
import { detectorNames, detectorOf } from './text-detectors.ts';

function occurs(name: DetectorName, text: string): boolean {
  return detectorOf(name).searchIn(text)(0, text.length);
}

/** Texts that hold data of a kind, and texts that only look like it. */
const cases: Readonly<Record<DetectorName, Readonly<Record<'is' | 'isNot', readonly string[]>>>> = {
  email: {
    is: ['ada@example.com', 'to: <a.b+c@mail.example.co.uk>,', 'x@a-b.io.'],
    isNot: ['ada at example.com', '@example.com', 'ada@localhost', 'a@b.c', 'npm i @scope/pkg'],
  },
  'credit-card': {
    is: [
      '4111111111111111',
      'card 4111 1111 1111 1111, please',
      '5500-0000-0000-0004',
      '3782 822463 10005',
      'x378282246310005',
      '12 4111 1111 1111 1111 99',
    ],
    isNot: [
      '4111111111111112',
      '4111 1111 1111 1112',
      '4111 1111-1111 1111',
      '1411111111111111',
      '41111111111111110000',
      '1700000000000',
      '4111 1111 1111',
    ],
  },
  iban: {
    is: [
      'DE89370400440532013000',
      'to DE89 3704 0044 0532 0130 00.',
      'GB82WEST12345698765432',
      'NO9386011117947',
      'FR14 2004 1010 0505 0001 3M02 606 today',
    ],
    isNot: [
      'DE88370400440532013000',
      'DE8937040044053201300',
      'XX89370400440532013000',
      'XDE89370400440532013000',
      'de89370400440532013000',
      'DE893704004405320130000',
    ],
  },
  phone: {
    is: [
      '+49 30 901820',
      'call +1 (415) 555-2671',
      '(415) 555-2671',
      '415-555-2671',
      '+4930901820',
    ],
    isNot: ['1234567', '2026-09-14', '1.234.567.890', '+1 2 3', '10.0.0.1', '115-555-2671'],
  },
  'api-key': {
    is: [
      'key: sk-ant-api03-abcdefghijkl',
      'AKIAIOSFODNN7EXAMPLE',
      'ghp_abcdefghijklmnopqrst1234',
      '-----BEGIN RSA PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
      'qtn_live_abcdefgh',
    ],
    isNot: ['sk-8', 'task-force-something', '-----BEGIN CERTIFICATE-----', 'AKIA', 'ghp_'],
  },
  ssn: {
    is: ['078-05-1120', 'SSN: 219-09-9999.', '(665-01-0001)'],
    isNot: [
      '000-12-3456',
      '666-12-3456',
      '912-12-3456',
      '123-00-4567',
      '123-45-0000',
      '1123-45-6789',
      '123-45-67890',
    ],
  },
};

describe.each(detectorNames)('%s', (name) => {
  test.each(cases[name].is)('%s is one', (text) => {
    expect(occurs(name, text)).toBe(true);
  });

  test.each(cases[name].isNot)('%s is none', (text) => {
    expect(occurs(name, text)).toBe(false);
  });

  test('it is found wherever it stands, and however the text is cut into pieces', () => {
    const filler = fc.string({ unit: fc.constantFrom(' ', 'a', '\n', ','), maxLength: 30 });
    const [example = ''] = cases[name].is;
    fc.assert(
      fc.property(filler, filler, fc.nat(60), (before, after, cut) => {
        const text = `${before} ${example} ${after}`;
        const search = detectorOf(name).searchIn(text);
        const middle = Math.min(cut, text.length);
        search(0, middle);
        expect(search(middle, text.length)).toBe(true);
      }),
    );
  });

  /** Counted and not timed: how often a letter is looked at cannot depend on how busy the machine is. */
  test.each(['a', '4', '4 ', 'a@', 'DE', '+1', '4111 ', 'sk-', 'eyJ.', '-', 'A1 ', '1-'])(
    'on many %j it looks at each letter a bounded number of times',
    (unit) => {
      const looks = (length: number): number => {
        let count = 0;
        const text = unit.repeat(length);
        const counted = new Proxy(Object(text) as object, {
          get: (target, member) => {
            if (member === 'length') return text.length;
            count += 1;
            const value: unknown = Reflect.get(target, member);
            return typeof value === 'function' ? (value as () => unknown).bind(text) : value;
          },
        }) as unknown as string;
        detectorOf(name).searchIn(counted)(0, text.length);
        return count;
      };
      expect(looks(4000)).toBeLessThanOrEqual(100 * 4000 * unit.length);
      expect(looks(8000)).toBeLessThanOrEqual(2.1 * looks(4000) + 100);
    },
  );
});
