import { parseJson } from '../../../format/json-value.ts';

/** What one event of a stream adds to what was said. */
export interface Said {
  readonly kind: 'text' | 'thinking' | 'tool' | 'error';
  readonly text: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Reads it out of the data of an event, in whatever form the stream is; undefined where it says nothing. */
export function readDelta(data: string): Said | undefined {
  // A comment, or the end of a stream of Chat Completions, is no JSON.
  const event = membersOf(parseJson(data));
  if (event === undefined) return undefined;
  return (
    ofMessages(event) ?? ofChoice(event) ?? said('text', event['completion']) ?? ofError(event)
  );
}

/** The Messages form. */
function ofMessages(event: Members): Said | undefined {
  const block = membersOf(event['content_block']);
  if (block !== undefined) {
    const name = block['name'];
    return typeof name === 'string' ? { kind: 'tool', text: `${name} ` } : undefined;
  }
  if (event['type'] !== 'content_block_delta') return undefined;
  const delta = membersOf(event['delta']) ?? {};
  return (
    said('text', delta['text']) ??
    said('thinking', delta['thinking']) ??
    said('tool', delta['partial_json'])
  );
}

/** The Chat Completions form. */
function ofChoice(event: Members): Said | undefined {
  const delta = membersOf(membersOf(firstOf(event['choices']))?.['delta']);
  if (delta === undefined) return undefined;
  const call = membersOf(membersOf(firstOf(delta['tool_calls']))?.['function']);
  return (
    said('text', delta['content']) ??
    said('thinking', delta['reasoning_content']) ??
    said('thinking', delta['reasoning']) ??
    ofCall(call)
  );
}

function ofCall(call: Members | undefined): Said | undefined {
  const { name, arguments: input } = call ?? {};
  const parts = [
    typeof name === 'string' ? `${name} ` : '',
    typeof input === 'string' ? input : '',
  ];
  return said('tool', parts.join(''));
}

function ofError(event: Members): Said | undefined {
  const error = membersOf(event['error']);
  return said('error', error?.['message']);
}

function said(kind: Said['kind'], text: unknown): Said | undefined {
  return typeof text === 'string' && text !== '' ? { kind, text } : undefined;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value as readonly unknown[])[0] : undefined;
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null ? (value as Members) : undefined;
}

/** Pieces of one kind that came one after another. */
export interface SaidRun extends Said {
  /** Of the event that began it. */
  readonly event: number;
}

/** What was said up to some event. */
export function grownText(
  pieces: readonly (Said | undefined)[],
  count: number,
): readonly SaidRun[] {
  const runs: { readonly kind: Said['kind']; readonly event: number; parts: string[] }[] = [];
  for (const [event, piece] of pieces.slice(0, count).entries()) {
    if (piece === undefined) continue;
    const last = runs.at(-1);
    if (last?.kind === piece.kind) last.parts.push(piece.text);
    else runs.push({ kind: piece.kind, event, parts: [piece.text] });
  }
  return runs.map(({ kind, event, parts }) => ({ kind, event, text: parts.join('') }));
}
