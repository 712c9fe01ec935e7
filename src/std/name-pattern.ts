/**
 * Whether a name is as a pattern has it, in which each `*` stands for any letters or none. The pieces
 * between are looked for from left to right, so the time is linear whatever the pattern is.
 */
export function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const piece of rest) {
    const at = name.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

/** Whether any of the names that one thing has is as any of the patterns has it. */
export function matchesAnyName(patterns: readonly string[], names: readonly string[]): boolean {
  return patterns.some((pattern) => names.some((name) => matchesName(pattern, name)));
}
