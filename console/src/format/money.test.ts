import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountProblem, exactUsdText, nanoOfUsd, usdNumber, usdText } from './money.ts';

const NANO = 1_000_000_000n;
const amounts = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });

/** What a shown amount is in nano-USD, read without any of our own code. */
function nanoShown(text: string): bigint {
  const [, sign = '', whole = '', rest = ''] = /^(−?)\$([\d,]+)(?:\.(\d+))?$/.exec(text) ?? [];
  const size = BigInt(whole.replaceAll(',', '')) * NANO + BigInt(rest.padEnd(9, '0'));
  return sign === '' ? size : -size;
}

describe('usdText', () => {
  test.each([
    ['0', '$0.00'],
    ['1', '$0.000000001'],
    ['499', '$0.000000499'],
    ['500', '$0.000001'],
    ['163500', '$0.000164'],
    ['99999999', '$0.100000'],
    ['100000000', '$0.10'],
    ['1995000000', '$2.00'],
    ['1234567890123456789', '$1,234,567,890.12'],
    ['-25000000000', '−$25.00'],
    ['-1', '−$0.000000001'],
  ])('%s is %s', (nano, text) => {
    expect(usdText(nano)).toBe(text);
  });

  test('takes as many digits as it is asked for, and rounds away from zero in the middle', () => {
    expect(usdText('1500000000', 0)).toBe('$2');
    expect(usdText('1234567890', 9)).toBe('$1.234567890');
    expect(usdText('-4', 2)).toBe('$0.00');
  });

  test('is nothing only where the amount is nothing', () => {
    fc.assert(
      fc.property(amounts, (nano) => {
        expect(nanoShown(usdText(nano)) === 0n).toBe(nano === 0n);
      }),
    );
  });

  test('is off by half of its last digit at most', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 9 }), (nano, digits) => {
        const off = nanoShown(usdText(nano, digits)) - nano;
        expect((off < 0n ? -off : off) * 2n).toBeLessThanOrEqual(10n ** BigInt(9 - digits));
      }),
    );
  });
});

describe('exactUsdText', () => {
  test.each([
    ['0', '$0.00'],
    ['163500', '$0.0001635'],
    ['1', '$0.000000001'],
    ['-12500000000', '−$12.50'],
  ])('%s is %s', (nano, text) => {
    expect(exactUsdText(nano)).toBe(text);
  });

  test('loses no nano', () => {
    fc.assert(
      fc.property(amounts, (nano) => {
        expect(nanoShown(exactUsdText(nano))).toBe(nano);
        expect(exactUsdText(String(nano))).toBe(exactUsdText(nano));
      }),
    );
  });
});

describe('nanoOfUsd', () => {
  test.each([
    ['25', '25000000000'],
    [' $1,250.5 ', '1250500000000'],
    ['0.000000001', '1'],
    ['999999999.999999999', '999999999999999999'],
    ['', undefined],
    ['-1', undefined],
    ['.5', undefined],
    ['1.0000000001', undefined],
    ['1e3', undefined],
    ['1000000000', undefined],
    ['1,250', '1250000000000'],
    ['12.', '12000000000'],
    ['1,50', undefined],
    ['0,01', undefined],
    ['12,34,567', undefined],
    ['1,2500', undefined],
    ['1.250,50', undefined],
  ])('%s is %s', (text, nano) => {
    expect(nanoOfUsd(text)).toBe(nano);
  });

  test('reads back to the nano what is shown to the nano', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (nano) => {
        expect(nanoOfUsd(exactUsdText(nano))).toBe(String(nano));
      }),
    );
  });
});

test.each([
  ['', undefined],
  ['  ', undefined],
  ['25', undefined],
  ['9999999.999999999', undefined],
  ['10000000', 'At most $9,999,999.999999999 at once.'],
  ['0.00', 'More than nothing is wanted.'],
  ['-5', 'An amount in USD is wanted, such as 25 or 1,250.50.'],
  ['1,50', 'An amount in USD is wanted, such as 25 or 1,250.50.'],
])('what is wrong with an amount "%s": %s', (text, problem) => {
  expect(amountProblem(text)).toBe(problem);
});

test('an amount that may be nothing may be nothing', () => {
  expect(amountProblem('0', { mayBeZero: true })).toBeUndefined();
  expect(amountProblem('nothing', { mayBeZero: true })).toBeDefined();
});

test('usdNumber is near enough for a chart', () => {
  expect(usdNumber('1500000000')).toBe(1.5);
  expect(usdNumber('-1')).toBe(-1e-9);
});
