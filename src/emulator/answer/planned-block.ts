import { base62 } from '../../std/base62.ts';
import type {
  Citation,
  CompactionBlock,
  ContainerUploadBlock,
  McpToolResultBlock,
  McpToolUseBlock,
  RedactedThinkingBlock,
  ServerToolResultBlock,
  ServerToolUseBlock,
  ToolUseBlock,
} from '../../messages/content-blocks.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';

const ID_LETTERS = 22;

/** One block of an answer before any limit was applied to it. */
export type PlannedBlock =
  | PlannedThinking
  /** Thinking of which nothing is shown. */
  | { readonly kind: 'redacted'; readonly reasoning: string }
  | PlannedText
  | { readonly kind: 'call'; readonly block: ToolUseBlock | ServerToolUseBlock }
  /** Goes out as it is and costs nothing. */
  | { readonly kind: 'result'; readonly block: WholeBlock };

/** Thinking as it is shown, and all of it where that is more: what is billed. */
export interface PlannedThinking {
  readonly kind: 'thinking';
  readonly text: string;
  readonly reasoning?: string;
}

/** Words, and what they are taken from. */
export interface PlannedText {
  readonly kind: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
}

type WholeBlock =
  | ServerToolResultBlock
  | McpToolUseBlock
  | McpToolResultBlock
  | RedactedThinkingBlock
  | ContainerUploadBlock
  | CompactionBlock;

/** An id in the API's form: its prefix, `01` and 22 letters. */
export function newId(prefix: string, random: DeterministicRandom): string {
  return `${prefix}_01${base62(ID_LETTERS, (count) => random.bytes(count))}`;
}
