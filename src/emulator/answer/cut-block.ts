import type { ServerToolUseBlock, ToolUseBlock } from '../../messages/content-blocks.ts';
import { inputJson, memberTexts } from '../../messages/input-json.ts';
import { cutThinking } from '../thinking/thinking-cost.ts';
import type { Tokenizer } from '../tokens/split-tokens.ts';
import { countTokens, splitTokens } from '../tokens/split-tokens.ts';
import type { PlannedBlock } from './planned-block.ts';

interface CutBlock {
  readonly block: PlannedBlock;
  /** The arguments of a call as far as they came. */
  readonly json?: string;
}

/** How a block is cut. */
export interface CutLimits {
  /** Tools whose arguments are sent before they are whole. */
  readonly eagerTools: ReadonlySet<string>;
  /** The model's; the older one where absent. */
  readonly tokenizer?: Tokenizer;
}

/** What is left of a block when its first `room` tokens are kept; nothing where there is no room. */
export function cutBlock(
  block: PlannedBlock,
  room: number,
  limits: CutLimits,
): CutBlock | undefined {
  if (room <= 0) return undefined;
  switch (block.kind) {
    case 'thinking':
    case 'redacted':
      return { block: cutThinking(block, room, limits.tokenizer) };
    case 'text': {
      const text = splitTokens(block.text, limits.tokenizer).slice(0, room).join('');
      return { block: { ...block, text } };
    }
    case 'call':
      return cutCall(block.block, room, limits);
    case 'result':
      return undefined;
  }
}

/**
 * Only members that were complete remain. The JSON ends behind the last of them, unless it is sent as
 * it comes: then it ends where the room does (API reference §5.2, §5.3).
 */
function cutCall(
  call: ToolUseBlock | ServerToolUseBlock,
  room: number,
  { eagerTools, tokenizer }: CutLimits,
): CutBlock {
  const isEager = eagerTools.has(call.name);
  const pieces = splitTokens(inputJson(call.input), tokenizer);
  const left = Math.max(0, room - countTokens(call.name, tokenizer));
  const reached = pieces.slice(0, left).join('');
  let json = '';
  let complete = 0;
  for (const member of memberTexts(call.input)) {
    if (json.length + member.length > reached.length) break;
    json += member;
    complete += 1;
  }
  const input = Object.fromEntries(Object.entries(call.input).slice(0, complete));
  const rest = isEager ? openRest(reached.slice(json.length)) : '';
  // More digits might follow a number that nothing ends.
  const end = rest === '' && /\d$/.test(json) ? ',' : rest;
  return { block: { kind: 'call', block: { ...call, input } }, json: json + end };
}

/**
 * The part of an unfinished member that is sent: of a key and of a text all that there is, of other
 * values nothing, since what they would be so far is not what they will be.
 */
function openRest(begun: string): string {
  const separator = /^(?:\{|, )"(?:[^"\\]|\\.)*": /.exec(begun)?.[0];
  if (separator === undefined || begun[separator.length] === '"') return begun;
  return separator;
}
