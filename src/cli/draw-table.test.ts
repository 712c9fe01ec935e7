import { expect, test } from 'vitest';
import { drawTable } from './draw-table.ts';

test('columns have titles, and are as wide as what is in them', () => {
  expect(
    drawTable(
      ['id', 'created at', 'name'],
      [
        ['a', '2026', '漢字'],
        ['long-id', '-', ''],
      ],
    ),
  ).toEqual(['ID       CREATED AT  NAME', 'a        2026        漢字', 'long-id  -']);
});

test('letters of two columns count as two, and nothing acts on the terminal', () => {
  expect(
    drawTable(
      ['name', 'n'],
      [
        ['漢字漢', '1'],
        ['\u{1B}[2J', '2'],
      ],
    ),
  ).toEqual(['NAME    N', '漢字漢  1', '\u{FFFD}[2J    2']);
});
