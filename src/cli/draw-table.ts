import { printable, textWidth } from './text-width.ts';

/** Rows under what their columns are called, each column as wide as the widest text in it. */
export function drawTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const lines = [titles.map((title) => title.toUpperCase()), ...rows].map((line) =>
    line.map((cell) => printable(cell)),
  );
  const widths = titles.map((_, at) => Math.max(...lines.map((line) => textWidth(line[at] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - textWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}
