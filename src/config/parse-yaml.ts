import type { Document, YAMLMap } from 'yaml';
import { LineCounter, YAMLParseError, isMap, isScalar, isSeq, parseDocument } from 'yaml';

/** A text as YAML, and what it says as plain values. */
export interface ParsedYaml {
  /** With everything in `errors` that keeps it from being read. */
  readonly document: Document;
  readonly lines: LineCounter;
  /** Undefined where there are errors. */
  readonly value: unknown;
}

/**
 * Reads a text that somebody may have written to hurt: the library itself compares every name of a map
 * with every other, so that a few hundred kilobytes would take minutes.
 */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  if (document.errors.length === 0) noteDoubledNames(document, lines);
  if (document.errors.length > 0) return { document, lines, value: undefined };
  try {
    return { document, lines, value: document.toJS() as unknown };
  } catch (error) {
    // Aliases that would grow beyond all bounds are refused where they are followed.
    if (!(error instanceof ReferenceError)) throw error;
    document.errors.push(new YAMLParseError([0, 0], 'BAD_ALIAS', error.message));
    return { document, lines, value: undefined };
  }
}

/** Without recursion: how deep a text goes is up to who wrote it. */
function noteDoubledNames(document: Document, lines: LineCounter): void {
  const open: unknown[] = [document.contents];
  while (open.length > 0) {
    const node = open.pop();
    if (isMap(node)) {
      noteDoubledIn(node, document, lines);
      for (const { key, value } of node.items) open.push(key, value);
    } else if (isSeq(node)) {
      for (const item of node.items) open.push(item);
    }
  }
}

function noteDoubledIn({ items }: YAMLMap, document: Document, lines: LineCounter): void {
  const names = new Set<unknown>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    if (names.has(key.value)) document.errors.push(doubled(key.range?.[0] ?? 0, lines));
    names.add(key.value);
  }
}

function doubled(start: number, lines: LineCounter): YAMLParseError {
  const error = new YAMLParseError([start, start], 'DUPLICATE_KEY', 'Map keys must be unique');
  error.linePos = [lines.linePos(start)];
  return error;
}
