import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesText, countText, durationText, shareText } from './figures.ts';

describe('countText', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [99_999, '99,999'],
    [100_000, '100K'],
    [1_234_567, '1.2M'],
    ['12345678901', '12.3B'],
    [10n, '10'],
    [null, '–'],
    [undefined, '–'],
  ])('%s is %s', (value, text) => {
    expect(countText(value)).toBe(text);
  });
});

describe('durationText', () => {
  test.each([
    [0, '0 ms'],
    [0.4, '0 ms'],
    [340, '340 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [2412, '2.41 s'],
    [59_994, '59.99 s'],
    [59_996, '1 m 0 s'],
    [119_999, '2 m 0 s'],
    [192_000, '3 m 12 s'],
    [3_599_999, '1 h 0 m'],
    [18_420_000, '5 h 7 m'],
    [null, '–'],
    [undefined, '–'],
  ])('%s ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  test('no part is as large as the next unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (ms) => {
        const parts = /^(?:(\d+) ms|([\d.]+) s|(\d+) m (\d+) s|[\d,]+ h (\d+) m)$/.exec(
          durationText(ms),
        );
        const [, millis = '0', alone = '0', minutes = '0', seconds = '0', rest = '0'] = parts ?? [];
        expect(parts).not.toBeNull();
        expect(Number(millis)).toBeLessThan(1000);
        for (const sixtieth of [alone, minutes, seconds, rest]) {
          expect(Number(sixtieth)).toBeLessThan(60);
        }
      }),
    );
  });
});

describe('shareText', () => {
  test.each([
    [0, 0, '–'],
    [0, 7, '0.0 %'],
    [1, 1000, '0.10 %'],
    [1, 3, '33.3 %'],
    [7, 7, '100.0 %'],
  ])('%d of %d is %s', (part, whole, text) => {
    expect(shareText(part, whole)).toBe(text);
  });
});

describe('bytesText', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1_048_575, '1.0 MiB'],
    [1_468_006, '1.4 MiB'],
    [5 * 1024 ** 4, '5.0 TiB'],
    [5000 * 1024 ** 4, '5000.0 TiB'],
    [null, '–'],
  ])('%s bytes are %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });
});
