import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import type { TextEdit } from './edit-pieces.ts';
import { editPieces } from './edit-pieces.ts';
import type { EventLine } from './read-event-lines.ts';
import { readEventLines } from './read-event-lines.ts';
import type { Redactor } from './redact-exchange.ts';

/**
 * Takes secrets out of the chunks of a stream. A model writes a secret in pieces, so what is
 * searched is each block's text as a whole, and what is found is taken out of the pieces it came
 * in. There are as many chunks and events as before; events without secrets keep their bytes.
 */
export function redactStream(chunks: readonly string[], redactor: Redactor): readonly string[] {
  const text = chunks.join('');
  const lines = readEventLines(text);
  const pieces = redactPieces(lines, redactor);
  const edits: TextEdit[] = [];
  let at = 0;
  for (const line of lines) {
    edits.push(...editsBetween(text, at, line.start, redactor));
    edits.push(...lineEdits(text, line, pieces, redactor));
    at = line.end;
  }
  edits.push(...editsBetween(text, at, text.length, redactor));
  return editPieces(chunks, edits);
}

/** Comments and names of events: nothing secret belongs there, but nothing keeps it out either. */
function editsBetween(
  text: string,
  start: number,
  end: number,
  { find }: Redactor,
): readonly TextEdit[] {
  return find(text.slice(start, end)).map((edit) => moved(edit, start));
}

function moved({ start, end, replacement }: TextEdit, by: number): TextEdit {
  return { start: start + by, end: end + by, replacement };
}

function lineEdits(
  text: string,
  { start, end, event }: EventLine,
  pieces: ReadonlyMap<JsonObject, JsonObject>,
  redactor: Redactor,
): readonly TextEdit[] {
  if (event === undefined) return editsBetween(text, start, end, redactor);
  const redacted = redactor.json(pieces.get(event) ?? event);
  if (redacted === event) return [];
  return [{ start, end, replacement: JSON.stringify(redacted) }];
}

/** The members of a delta that hold a piece of a text (API reference §5.3). */
const pieceNames = ['text', 'thinking', 'partial_json'] as const;

interface Piece {
  readonly event: JsonObject;
  readonly name: string;
  readonly text: string;
}

/** The deltas whose pieces change because of what they are a part of. */
function redactPieces(
  lines: readonly EventLine[],
  { find }: Redactor,
): ReadonlyMap<JsonObject, JsonObject> {
  const texts = new Map<string, Piece[]>();
  for (const { event } of lines) {
    const piece = event === undefined ? undefined : pieceOf(event);
    if (piece === undefined) continue;
    const key = `${JSON.stringify(piece.event['index'] ?? null)} ${piece.name}`;
    const known = texts.get(key);
    if (known === undefined) texts.set(key, [piece]);
    else known.push(piece);
  }
  const changed = new Map<JsonObject, JsonObject>();
  for (const pieces of texts.values()) {
    const before = pieces.map(({ text }) => text);
    const after = editPieces(before, find(before.join('')));
    pieces.forEach((piece, index) => {
      const text = after[index] ?? '';
      if (text !== piece.text) changed.set(piece.event, withPiece(piece, text));
    });
  }
  return changed;
}

function pieceOf(event: JsonObject): Piece | undefined {
  const delta = event['type'] === 'content_block_delta' ? event['delta'] : undefined;
  if (!isJsonObject(delta)) return undefined;
  for (const name of pieceNames) {
    const text: JsonValue | undefined = delta[name];
    if (typeof text === 'string') return { event, name, text };
  }
  return undefined;
}

function withPiece({ event, name }: Piece, text: string): JsonObject {
  return { ...event, delta: { ...(event['delta'] as JsonObject), [name]: text } };
}
