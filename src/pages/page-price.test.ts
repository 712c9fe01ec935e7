import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usdPerMillion, usdText } from './page-price.ts';

test.each<[bigint, number, number, string]>([
  [3_000_000_000n, 1_000_000, 0, '3.00'],
  [3_750_000_000n, 1_000_000, 0, '3.75'],
  [300_000_000n, 1_000_000, 0, '0.30'],
  [83_333_333n, 1_000_000, 0, '0.083333333'],
  [10_000_000_000_000n, 1000, 0, '10.00'],
  [3_000_000_000n, 1_000_000, 550, '3.165'],
  [1n, 1_000_000, 1, '0.0000000010001'],
  [0n, 1_000_000, 0, '0.00'],
])(
  '%s nano-USD a million, for %i, with %i basis points more, is %s USD',
  (rate, per, more, text) => {
    expect(usdText(rate, { per, markupBasisPoints: more })).toBe(text);
  },
);

test('the text is exact', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      fc.integer({ min: 0, max: 100_000 }),
      (rate, markupBasisPoints) => {
        const [whole = '', part = ''] = usdText(rate, { per: 1_000_000, markupBasisPoints }).split(
          '.',
        );
        const scaled = BigInt(whole + part.padEnd(13, '0'));
        expect(scaled).toBe(rate * BigInt(10_000 + markupBasisPoints));
      },
    ),
  );
});

test('for programs it is a number', () => {
  expect(usdPerMillion(3_750_000_000n, 0)).toBe(3.75);
});
