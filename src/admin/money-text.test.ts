import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUsd, usdText } from './money-text.ts';

test.each([
  [0n, '0.000000000'],
  [621_000n, '0.000621000'],
  [-9_000_000_001n, '-9.000000001'],
  [9_007_199_254_740_993n, '9007199.254740993'],
])('%s nano-USD are %s USD', (nanoUsd, text) => {
  expect(usdText(nanoUsd)).toBe(text);
});

test.each(['', '1.', '.5', '-1', '1e3', '1,5', '0.0000000001', '1234567890'])(
  '%j is no amount',
  (text) => {
    expect(readUsd(text)).toBeUndefined();
  },
);

test('what is written is read as the same amount', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 17n), (nanoUsd) => {
      expect(readUsd(usdText(nanoUsd))).toBe(nanoUsd);
    }),
  );
});
