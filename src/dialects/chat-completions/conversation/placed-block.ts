import type { SealedBlock } from '../../../chat-form/reasoning-details.ts';
import type {
  CacheControl,
  RequestBlock,
  ToolResultPart,
} from '../../../messages/content-blocks.ts';
import type { Refusal } from '../../../messages/errors.ts';
import type { JsonObject } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import { cacheMarkerSchema } from '../cache-marker-schema.ts';
import { checkParameter } from '../refuse-parameter.ts';

/** A block of a message, or of what a tool returned. */
export type DecodedBlock = RequestBlock | ToolResultPart;

/** A block, and the caller's field that a complaint about it names. */
export interface PlacedBlock<Block extends DecodedBlock = DecodedBlock> {
  readonly block: Block;
  readonly param: string;
  /** Whether it is a message's content that was one string. */
  readonly isWhole?: true;
}

/** A block of the conversation, in the order of the messages. */
export interface SpokenBlock extends PlacedBlock<RequestBlock> {
  readonly role: 'user' | 'assistant';
}

/** Consecutive blocks of one role. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly blocks: readonly SpokenBlock[];
}

/** A cached prefix may end here; what says so in the form itself has no options. */
const ephemeral: CacheControl = { type: 'ephemeral' };

/** Checks what a message or a part says of caching (chat reference §2.9). */
export function checkCacheMarker(holder: JsonObject, param: string): Refusal | undefined {
  const { cache_control: marker = null } = holder;
  if (marker === null) return undefined;
  return checkParameter(cacheMarkerSchema, marker, `${param}.cache_control`);
}

/** What a message or a part says of caching, after it was checked. */
export function cacheMarkerOf(holder: JsonObject): CacheControl | undefined {
  const { cache_control: marker = null, prompt_cache_breakpoint: breakpoint = null } = holder;
  // The schema of the marker was asked before.
  if (marker !== null) return marker as unknown as CacheControl;
  return isJsonObject(breakpoint) && breakpoint['mode'] === 'explicit' ? ephemeral : undefined;
}

/** The blocks with a marker on the last of them, unless that has one or cannot have one. */
export function markLast<Block extends DecodedBlock>(
  blocks: readonly PlacedBlock<Block>[],
  marker: CacheControl | undefined,
): readonly PlacedBlock<Block>[] {
  const last = blocks.at(-1);
  if (last === undefined || marker === undefined || !canBeMarked(last.block)) return blocks;
  const { block, param } = last;
  return [...blocks.slice(0, -1), { block: { ...block, cache_control: marker }, param }];
}

/** Whether a block is thinking, which goes back as it came. */
export function isSealed(block: DecodedBlock): block is SealedBlock {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

function canBeMarked(block: DecodedBlock): block is Exclude<DecodedBlock, SealedBlock> {
  if (isSealed(block)) return false;
  return (block.cache_control ?? null) === null;
}

/**
 * The blocks without those whose text is blank, which the Messages form refuses. Where one of them
 * ended a prefix, the block before it does: the prefix is the same (chat reference §2.3, §2.9).
 */
export function dropBlanks<Block extends DecodedBlock, Placed extends PlacedBlock<Block>>(
  blocks: readonly Placed[],
): readonly Placed[] {
  const kept: Placed[] = [];
  for (const placed of blocks) {
    const { block } = placed;
    if (block.type !== 'text' || !isBlank(block.text)) {
      kept.push(placed);
      continue;
    }
    const last = kept.at(-1);
    const marker = block.cache_control ?? undefined;
    if (last === undefined || marker === undefined || !canBeMarked(last.block)) continue;
    const { isWhole: _isWhole, ...bare } = last;
    kept[kept.length - 1] = { ...bare, block: { ...last.block, cache_control: marker } } as Placed;
  }
  return kept;
}

/** `trim` would copy a long text to say that it is not blank. */
function isBlank(text: string): boolean {
  return !/\S/.test(text);
}
