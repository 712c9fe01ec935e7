import { describe, expect, test } from 'vitest';
import { cutText, fitText, printable, textWidth } from './text-width.ts';

describe('the width of a text', () => {
  test.each<[string, number]>([
    ['', 0],
    ['abc', 3],
    ['über', 4],
    ['e\u{301}', 1],
    ['漢字', 4],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['🙂', 2],
    ['👨‍👩‍👧', 2],
    ['❤️', 2],
    ['…', 1],
  ])('%s takes %i columns', (text, columns) => {
    expect(textWidth(text)).toBe(columns);
  });
});

describe('a text in so many columns', () => {
  test.each<[string, number, 'left' | 'right', string]>([
    ['abc', 5, 'left', 'abc  '],
    ['abc', 5, 'right', '  abc'],
    ['abcdef', 4, 'left', 'abc…'],
    ['漢字漢字', 5, 'left', '漢字…'],
    ['漢字漢字', 4, 'left', '漢… '],
    ['漢', 1, 'left', '…'],
    ['abc', 0, 'left', ''],
  ])('%s in %i, %s', (text, columns, align, fitted) => {
    expect(fitText(text, columns, align)).toBe(fitted);
    expect(textWidth(fitted)).toBe(columns);
  });

  test('a text that fits is not cut', () => {
    expect(cutText('abc', 3)).toBe('abc');
  });

  test('what a terminal would act on is made visible', () => {
    expect(printable('a\u{1B}[2Jb\nc\u{202E}d')).toBe('a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d');
    expect(fitText('\u{1B}[31mred', 20)).not.toContain('\u{1B}');
  });
});
