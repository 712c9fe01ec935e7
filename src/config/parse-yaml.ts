import type { Document } from 'yaml';
import { LineCounter, YAMLParseError, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml';

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
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (isMap(node)) {
      const names = new Set<unknown>();
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? key.value : undefined;
        if (name !== undefined && names.has(name)) {
          document.errors.push(doubled(isScalar(key) ? key.range?.[0] : undefined, lines));
        }
        names.add(name);
        open.push(key ?? undefined, value ?? undefined);
      }
    } else if (isSeq(node)) {
      for (const item of node.items) open.push(isPair(item) ? item.value : item);
    }
  }
}

function doubled(at: number | undefined, lines: LineCounter): YAMLParseError {
  const start = at ?? 0;
  const error = new YAMLParseError([start, start], 'DUPLICATE_KEY', 'Map keys must be unique');
  error.linePos = [lines.linePos(start)];
  return error;
}
