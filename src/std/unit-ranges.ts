/** UTF-16 units from one to another, both included. */
export type UnitRange = readonly [from: number, to: number];

export const UNIT_MAX = 0xff_ff;

/** Letters, digits and `_` of ASCII: what words are made of. */
export const WORD_UNITS: readonly UnitRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];

/** What separates words: blanks, tabs, ends of lines. */
export const SPACES: readonly UnitRange[] = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x16_80, 0x16_80],
  [0x20_00, 0x20_0a],
  [0x20_28, 0x20_29],
  [0x20_2f, 0x20_2f],
  [0x20_5f, 0x20_5f],
  [0x30_00, 0x30_00],
  [0xfe_ff, 0xfe_ff],
];

/** Whether a unit is one that words are made of. */
export function isWordUnit(unit: number): boolean {
  return WORD_UNITS.some(([from, to]) => unit >= from && unit <= to);
}

/** All other units. */
export function complementOf(ranges: readonly UnitRange[]): readonly UnitRange[] {
  const others: UnitRange[] = [];
  let from = 0;
  for (const [start, end] of ranges.toSorted((one, other) => one[0] - other[0])) {
    if (start > from) others.push([from, start - 1]);
    from = Math.max(from, end + 1);
  }
  if (from <= UNIT_MAX) others.push([from, UNIT_MAX]);
  return others;
}

export const NOT_WORD_UNITS: readonly UnitRange[] = complementOf(WORD_UNITS);

/** The widest range whose units are folded one by one; a wider one has both cases of most scripts. */
const FOLDED_MAX = 512;

/** The units with those that differ from them in case alone. */
export function foldedUnits(ranges: readonly UnitRange[]): readonly UnitRange[] {
  const more = ranges.flatMap(([from, to]): UnitRange[] => {
    const count = Math.min(to - from + 1, FOLDED_MAX);
    return Array.from({ length: count }, (_, index) => String.fromCharCode(from + index))
      .flatMap((letter) => [letter.toLowerCase(), letter.toUpperCase()])
      .filter((letter) => letter.length === 1)
      .map((letter): UnitRange => [letter.charCodeAt(0), letter.charCodeAt(0)]);
  });
  const seen = new Set<number>();
  const fresh = more.filter(([unit]) => {
    const isNew = !seen.has(unit) && !ranges.some(([from, to]) => unit >= from && unit <= to);
    seen.add(unit);
    return isNew;
  });
  return [...ranges, ...fresh];
}
