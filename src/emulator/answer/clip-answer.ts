import type { ToolUseBlock, ServerToolUseBlock } from '../../messages/content-blocks.ts';
import type { StopReason } from '../../messages/response.ts';
import type { JsonObject } from '../../std/json.ts';
import type { PlannedBlock } from './plan-answer.ts';
import { countTokens, splitTokens } from '../tokens/split-tokens.ts';

/** What bounds an answer. */
export interface AnswerLimits {
  readonly maxTokens: number;
  /** What the window leaves beside the prompt. */
  readonly windowTokensLeft: number;
  readonly stopSequences: readonly string[];
}

/** An answer as far as its limits let it come. */
export interface ClippedAnswer {
  readonly blocks: readonly PlannedBlock[];
  readonly stopReason: StopReason;
  readonly stopSequence: string | null;
  readonly outputTokens: number;
  readonly thinkingTokens: number;
  /** The arguments of the last block's call as far as they came, where it was cut. */
  readonly clippedToolJson?: string;
}

/** Applies stop sequences, then the limit of tokens: what was stopped before it, it does not reach. */
export function clipAnswer(planned: readonly PlannedBlock[], limits: AnswerLimits): ClippedAnswer {
  const stopped = stopAtSequence(planned, limits.stopSequences);
  const room = Math.max(1, Math.min(limits.maxTokens, limits.windowTokensLeft));
  const full: StopReason =
    limits.windowTokensLeft < limits.maxTokens ? 'model_context_window_exceeded' : 'max_tokens';
  const kept: PlannedBlock[] = [];
  let used = 0;
  for (const block of stopped.blocks) {
    const cost = tokensOf(block);
    if (used + cost > room) {
      const cut = cutBlock(block, room - used);
      return {
        ...(cut?.json === undefined ? {} : { clippedToolJson: cut.json }),
        blocks: cut === undefined ? kept : [...kept, cut.block],
        stopReason: full,
        stopSequence: null,
        outputTokens: room,
        thinkingTokens: thinkingIn(kept) + (block.kind === 'thinking' ? room - used : 0),
      };
    }
    used += cost;
    kept.push(block);
  }
  return {
    blocks: kept,
    stopReason: stopped.sequence === null ? naturalReason(kept) : 'stop_sequence',
    stopSequence: stopped.sequence,
    outputTokens: Math.max(1, used),
    thinkingTokens: thinkingIn(kept),
  };
}

function naturalReason(blocks: readonly PlannedBlock[]): StopReason {
  const calls = blocks.some((block) => block.kind === 'call' && block.block.type === 'tool_use');
  return calls ? 'tool_use' : 'end_turn';
}

function thinkingIn(blocks: readonly PlannedBlock[]): number {
  let count = 0;
  for (const block of blocks) if (block.kind === 'thinking') count += countTokens(block.text);
  return count;
}

/** A call costs its name and its arguments; the API's own results cost nothing. */
function tokensOf(block: PlannedBlock): number {
  switch (block.kind) {
    case 'text':
    case 'thinking':
      return countTokens(block.text);
    case 'call':
      return countTokens(block.block.name) + countTokens(JSON.stringify(block.block.input));
    case 'result':
      return 0;
  }
}

interface CutBlock {
  readonly block: PlannedBlock;
  readonly json?: string;
}

/** What is left of a block when its first `room` tokens are kept; nothing where there is no room. */
function cutBlock(block: PlannedBlock, room: number): CutBlock | undefined {
  if (room <= 0) return undefined;
  switch (block.kind) {
    case 'text':
    case 'thinking': {
      const text = splitTokens(block.text).slice(0, room).join('');
      return { block: { ...block, text } };
    }
    case 'call':
      return cutCall(block.block, room);
    case 'result':
      return undefined;
  }
}

/** Only members that were complete remain, and the JSON ends behind the last (API reference §5.2). */
function cutCall(call: ToolUseBlock | ServerToolUseBlock, room: number): CutBlock {
  const pieces = splitTokens(JSON.stringify(call.input));
  const shown = pieces.slice(0, Math.max(0, room - countTokens(call.name)));
  const shownLength = shown.join('').length;
  const members: [string, JsonObject[string]][] = [];
  let json = '';
  for (const [key, value] of Object.entries(call.input)) {
    const member = `${JSON.stringify(key)}:${JSON.stringify(value)}`;
    const longer = `${json === '' ? '{' : `${json},`}${member}`;
    if (longer.length > shownLength) break;
    json = longer;
    members.push([key, value]);
  }
  return { block: { kind: 'call', block: { ...call, input: Object.fromEntries(members) } }, json };
}

interface Stopped {
  readonly blocks: readonly PlannedBlock[];
  readonly sequence: string | null;
}

/** Cuts before the earliest match. In a call it ends the argument it stands in, and the call. */
function stopAtSequence(blocks: readonly PlannedBlock[], sequences: readonly string[]): Stopped {
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
      return { block: { kind: 'text', text: match.before }, sequence: match.sequence };
    }
    case 'call':
      return stopInCall(block.block, sequences);
    case 'thinking':
    case 'result':
      return undefined;
  }
}

function stopInCall(
  call: ToolUseBlock | ServerToolUseBlock,
  sequences: readonly string[],
): StoppedBlock | undefined {
  const members: [string, JsonObject[string]][] = [];
  for (const [key, value] of Object.entries(call.input)) {
    const match = typeof value === 'string' ? earliest(value, sequences) : undefined;
    members.push([key, match?.before ?? value]);
    if (match === undefined) continue;
    const input = Object.fromEntries(members);
    return { block: { kind: 'call', block: { ...call, input } }, sequence: match.sequence };
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
