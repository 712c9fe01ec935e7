/** What a request asks of the scripted upstream. */
export type AnswerKind =
  | { readonly kind: 'json' }
  | { readonly kind: 'stream' }
  | { readonly kind: 'paced'; readonly intervalMs: number; readonly events: number };

/**
 * The mark travels in `metadata.user_id`: gateways forward only the headers they know, and the path is theirs,
 * but this field reaches the upstream through all of them.
 */
export function formatAnswerMark(wanted: AnswerKind): string {
  switch (wanted.kind) {
    case 'json':
      return 'bench-json';
    case 'stream':
      return 'bench-stream';
    case 'paced':
      return `bench-paced-${wanted.intervalMs}ms-${wanted.events}`;
  }
}

const markPattern = /"bench-(?:(json)|(stream)|paced-(\d{1,6})ms-(\d{1,6}))"/;
const markWithinBytes = 512;

/** Reads the mark, first where our own bodies put it, then anywhere; without one the `stream` field decides. */
export function readAnswerKind(chunks: readonly Buffer[]): AnswerKind {
  const head = chunks[0]?.toString('latin1', 0, markWithinBytes) ?? '';
  const marked = markPattern.exec(head);
  if (marked !== null) return decodeMark(marked);
  const whole = Buffer.concat(chunks).toString('latin1');
  const markedLater = markPattern.exec(whole);
  if (markedLater !== null) return decodeMark(markedLater);
  return /"stream"\s*:\s*true/.test(whole) ? { kind: 'stream' } : { kind: 'json' };
}

function decodeMark(match: RegExpExecArray): AnswerKind {
  if (match[1] !== undefined) return { kind: 'json' };
  if (match[2] !== undefined) return { kind: 'stream' };
  return { kind: 'paced', intervalMs: Math.max(1, Number(match[3])), events: Number(match[4]) };
}
