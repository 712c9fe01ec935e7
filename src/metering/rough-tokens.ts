import type { FrameType } from '../messages/frame.ts';

/** What stands around a piece of an answer in an event of the canonical form. */
const AROUND_DELTA_BYTES = 115;
/** The same in a chunk of a form whose events have no types, which says more of itself each time. */
const AROUND_CHUNK_BYTES = 225;
const BYTES_A_TOKEN = 4;

/**
 * About how many tokens an event of an answer stands for, by its length alone: for streams that
 * nobody counts and that end before they say what they used. It costs one addition an event.
 */
export function roughTokensOf(type: FrameType, frameBytes: number): number {
  if (type !== 'content_block_delta' && type !== 'none') return 0;
  const around = type === 'none' ? AROUND_CHUNK_BYTES : AROUND_DELTA_BYTES;
  return Math.max(1, Math.ceil((frameBytes - around) / BYTES_A_TOKEN));
}
