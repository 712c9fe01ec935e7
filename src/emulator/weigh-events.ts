import type { ContentBlockDelta, MessagesEvent } from '../messages/events.ts';
import { splitMembers } from './answer/cut-json.ts';
import { countTokens } from './tokens/split-tokens.ts';

/**
 * How many tokens are waited for before each event. An argument of a call is held back until it is
 * whole, so its first piece waits for all of it and the others for nothing; the pieces of an eager
 * tool's arguments wait for themselves (API reference §5.3).
 */
export function weighEvents(
  events: readonly MessagesEvent[],
  eagerTools: ReadonlySet<string>,
): readonly number[] {
  const weights = events.map((event) =>
    event.type === 'content_block_delta' ? countTokens(textIn(event.delta)) : 0,
  );
  let isBuffered = false;
  let pieces: Piece[] = [];
  for (const [at, event] of events.entries()) {
    if (event.type === 'content_block_start') {
      const block = event.content_block;
      isBuffered = 'name' in block && !eagerTools.has(block.name);
      pieces = [];
    } else if (event.type === 'content_block_delta' && isBuffered) {
      pieces.push({ at, text: textIn(event.delta) });
    }
    const next = events[at + 1];
    const isOver = next?.type !== 'content_block_delta' && next?.type !== 'ping';
    if (isOver && pieces.length > 0) {
      holdBack(pieces, weights);
      pieces = [];
    }
  }
  return weights;
}

interface Piece {
  /** Index of its event. */
  readonly at: number;
  readonly text: string;
}

/** Moves the weight of each member's pieces to the first of them. */
function holdBack(pieces: readonly Piece[], weights: number[]): void {
  const memberStarts = new Set<number>();
  let letters = 0;
  for (const member of splitMembers(pieces.map(({ text }) => text).join(''))) {
    memberStarts.add(letters);
    letters += member.length;
  }
  let offset = 0;
  let first = pieces[0]?.at ?? 0;
  for (const { at, text } of pieces) {
    if (memberStarts.has(offset) && text !== '') first = at;
    offset += text.length;
    if (at === first) continue;
    weights[first] = (weights[first] ?? 0) + (weights[at] ?? 0);
    weights[at] = 0;
  }
}

function textIn(delta: ContentBlockDelta): string {
  switch (delta.type) {
    case 'text_delta':
      return delta.text;
    case 'thinking_delta':
      return delta.thinking;
    case 'input_json_delta':
      return delta.partial_json;
    case 'signature_delta':
    case 'citations_delta':
    case 'compaction_delta':
      return '';
  }
}
