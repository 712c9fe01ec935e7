import type { ServerToolUseBlock, ToolUseBlock } from '../../messages/content-blocks.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { PlannedBlock } from './planned-block.ts';

/** An answer up to a stop sequence, and which one it was; null where none came. */
export interface StoppedAnswer {
  readonly blocks: readonly PlannedBlock[];
  readonly sequence: string | null;
}

/**
 * Cuts before the earliest match. In a call it ends the text that it stands in, and with it the call,
 * whose JSON is closed (API reference §5.5). Thinking and results are not looked at.
 */
export function stopAtSequence(
  blocks: readonly PlannedBlock[],
  sequences: readonly string[],
): StoppedAnswer {
  if (sequences.length === 0) return { blocks, sequence: null };
  for (const [index, block] of blocks.entries()) {
    const stopped = stopInBlock(block, sequences);
    if (stopped === undefined) continue;
    const kept = blocks.slice(0, index);
    const isEmpty = stopped.block.kind === 'text' && stopped.block.text === '';
    return { blocks: isEmpty ? kept : [...kept, stopped.block], sequence: stopped.sequence };
  }
  return { blocks, sequence: null };
}

interface StoppedBlock {
  readonly block: PlannedBlock;
  readonly sequence: string;
}

function stopInBlock(block: PlannedBlock, sequences: readonly string[]): StoppedBlock | undefined {
  switch (block.kind) {
    case 'text': {
      const match = earliest(block.text, sequences);
      if (match === undefined) return undefined;
      return { block: { ...block, text: match.before }, sequence: match.sequence };
    }
    case 'call':
      return stopInCall(block.block, sequences);
    case 'thinking':
    case 'redacted':
    case 'result':
      return undefined;
  }
}

function stopInCall(
  call: ToolUseBlock | ServerToolUseBlock,
  sequences: readonly string[],
): StoppedBlock | undefined {
  const stopped = stopInObject(call.input, sequences);
  if (stopped === undefined) return undefined;
  const block = { ...call, input: stopped.value as JsonObject };
  return { block: { kind: 'call', block }, sequence: stopped.sequence };
}

interface StoppedValue {
  readonly value: JsonValue;
  readonly sequence: string;
}

function stopInValue(value: JsonValue, sequences: readonly string[]): StoppedValue | undefined {
  if (typeof value === 'string') {
    const match = earliest(value, sequences);
    return match === undefined ? undefined : { value: match.before, sequence: match.sequence };
  }
  if (isJsonObject(value)) return stopInObject(value, sequences);
  return Array.isArray(value) ? stopInList(value as readonly JsonValue[], sequences) : undefined;
}

/** What was written before the match stays; what would have come after it does not. */
function stopInObject(object: JsonObject, sequences: readonly string[]): StoppedValue | undefined {
  const members = Object.entries(object);
  for (const [index, [key, value]] of members.entries()) {
    const stopped = stopInValue(value, sequences);
    if (stopped === undefined) continue;
    const kept = Object.fromEntries([...members.slice(0, index), [key, stopped.value]]);
    return { value: kept, sequence: stopped.sequence };
  }
  return undefined;
}

function stopInList(
  items: readonly JsonValue[],
  sequences: readonly string[],
): StoppedValue | undefined {
  for (const [index, item] of items.entries()) {
    const stopped = stopInValue(item, sequences);
    if (stopped === undefined) continue;
    return { value: [...items.slice(0, index), stopped.value], sequence: stopped.sequence };
  }
  return undefined;
}

function earliest(
  text: string,
  sequences: readonly string[],
): { readonly before: string; readonly sequence: string } | undefined {
  let first: { at: number; sequence: string } | undefined;
  for (const sequence of sequences) {
    const at = text.indexOf(sequence);
    if (at >= 0 && (first === undefined || at < first.at)) first = { at, sequence };
  }
  if (first === undefined) return undefined;
  return { before: text.slice(0, first.at), sequence: first.sequence };
}
