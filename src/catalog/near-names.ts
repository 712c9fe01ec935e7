const NEAR_MAX = 3;
const NAME_LETTERS_MAX = 80;

/** The names that are written most like `name`, for an error that helps; at most three. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const asked = name.slice(0, NAME_LETTERS_MAX).toLowerCase();
  const farthest = Math.max(2, Math.floor(asked.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: editDistance(asked, candidate) }))
    .filter(({ distance }) => distance <= farthest)
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, NEAR_MAX)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's: how many letters to change, add or leave out. */
function editDistance(left: string, right: string): number {
  let above = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const change = left[row - 1] === right[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (above[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (above[column - 1] ?? 0) + change,
        ),
      );
    }
    above = current;
  }
  return above[right.length] ?? 0;
}
