/** A range of a text, in letters, and what comes in its place. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/**
 * Applies edits to a text that lies in pieces. What is put in goes to the piece in which its range
 * begins, and the rest of the range is taken out of the pieces behind it, so that there are as many
 * pieces as before. Edits are in order and do not overlap.
 */
export function editPieces(
  pieces: readonly string[],
  edits: readonly TextEdit[],
): readonly string[] {
  if (edits.length === 0) return pieces;
  let pieceStart = 0;
  let first = 0;
  return pieces.map((piece) => {
    const pieceEnd = pieceStart + piece.length;
    let edited = '';
    let at = pieceStart;
    while ((edits[first]?.end ?? Infinity) <= pieceStart) first += 1;
    for (let next = first; (edits[next]?.start ?? Infinity) < pieceEnd; next += 1) {
      const { start, end, replacement } = edits[next] as TextEdit;
      if (start >= pieceStart) edited += piece.slice(at - pieceStart, start - pieceStart);
      if (start >= pieceStart) edited += replacement;
      at = Math.min(end, pieceEnd);
    }
    edited += piece.slice(at - pieceStart);
    pieceStart = pieceEnd;
    return edited;
  });
}

/** The same for a text in one piece. */
export function editText(text: string, edits: readonly TextEdit[]): string {
  return editPieces([text], edits)[0] ?? text;
}
