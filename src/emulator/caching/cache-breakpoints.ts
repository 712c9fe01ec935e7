import type { CacheControl } from '../../messages/content-blocks.ts';
import { isJsonObject } from '../../std/json.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { nestedBlocks } from './nested-blocks.ts';
import type { PromptPosition } from './prompt-positions.ts';
import { positionPath, promptPositions } from './prompt-positions.ts';

/** How long an entry lives after it was last used. */
export type CacheTtl = NonNullable<CacheControl['ttl']>;

/** A `cache_control` that a request carries: up to where it asks to store the prompt. */
export interface CacheBreakpoint {
  /** Index among the positions of the prompt. */
  readonly position: number;
  readonly ttl: CacheTtl;
  /** Of the block that carries it. */
  readonly path: string;
  /** Whether that block is text without any letters. */
  readonly isEmptyText: boolean;
}

/** Every `cache_control` of a request. */
export interface CacheBreakpoints {
  /** Those on blocks, in the order of the prompt. One inside of a block stands for the whole block. */
  readonly explicit: readonly CacheBreakpoint[];
  /** The top-level one, whether or not there is a block that can take it. */
  readonly automaticTtl: CacheTtl | undefined;
  /** Where the top-level one falls: the last block that can be cached (API reference §6.4). */
  readonly automaticPosition: number | undefined;
}

/** Finds what a request asks to have cached. */
export function cacheBreakpoints(
  request: CheckedRequest,
  positions: readonly PromptPosition[] = promptPositions(request),
): CacheBreakpoints {
  const automaticTtl = ttlOf(request.cache_control);
  const last = automaticTtl === undefined ? -1 : positions.findLastIndex(isCacheable);
  return {
    explicit: positions.flatMap((position, index) => breakpointsOf(position, index)),
    automaticTtl,
    automaticPosition: last < 0 ? undefined : last,
  };
}

function breakpointsOf(position: PromptPosition, index: number): readonly CacheBreakpoint[] {
  const found: CacheBreakpoint[] = [];
  const add = (block: object, innerPath: string): void => {
    const ttl = 'cache_control' in block ? ttlOf(block.cache_control) : undefined;
    if (ttl === undefined) return;
    const path = `${positionPath(position)}${innerPath}`;
    const isEmptyText = 'text' in block && block.text === '';
    found.push({ position: index, ttl, path, isEmptyText });
  };
  if (position.level === 'messages') {
    for (const { block, path } of nestedBlocks(position.block)) add(block, `.${path}`);
  }
  add(position.block, '');
  return found;
}

function isCacheable(position: PromptPosition): boolean {
  if (position.level === 'tools') return position.block.defer_loading !== true;
  const { block } = position;
  if (block.type === 'text') return block.text !== '';
  return block.type !== 'thinking' && block.type !== 'redacted_thinking';
}

function ttlOf(control: unknown): CacheTtl | undefined {
  if (!isJsonObject(control)) return undefined;
  return control['ttl'] === '1h' ? '1h' : '5m';
}
