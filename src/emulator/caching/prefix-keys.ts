import { createHash } from 'node:crypto';
import type { AcceptedRequest } from '../rules/read-request.ts';
import { latestTurn } from '../thinking/latest-turn.ts';
import { canonicalBlock } from './canonical-block.ts';
import { isWebTool, levelSettings } from './level-settings.ts';
import type { PromptPosition } from './prompt-positions.ts';

/** What the cache has to know of a request. */
export type CacheablePrompt = Pick<AcceptedRequest, 'request' | 'facts' | 'counted'>;

/**
 * The key of the prefix that ends at each position, up to `last`: equal keys stand for equal
 * prompts of the same model and account. A position that the model is not shown has none.
 *
 * Each key is made from the one before (API reference §6.6), and what a level depends on is mixed
 * in where the level begins (§6.5).
 */
export function prefixKeys(
  { request, facts }: CacheablePrompt,
  account: string,
  { positions, last }: { readonly positions: readonly PromptPosition[]; readonly last: number },
): readonly (string | undefined)[] {
  const settings = levelSettings(request, facts);
  const keptFrom = thinkingKeptFrom({ request, facts });
  let key = chained('', account, facts.id, settings.tools);
  let level: PromptPosition['level'] = 'tools';
  const keys: (string | undefined)[] = [];
  for (const position of positions.slice(0, last + 1)) {
    if (level === 'tools' && position.level !== 'tools') {
      key = chained(key, settings.system);
      level = 'system';
    }
    if (level === 'system' && position.level === 'messages') {
      key = chained(key, settings.messages);
      level = 'messages';
    }
    if (!isShown(position, keptFrom)) {
      keys.push(undefined);
      continue;
    }
    const next = chained(key, contentOf(position));
    keys.push(next);
    if (position.level !== 'tools' || !isWebTool(position.block)) key = next;
  }
  return keys;
}

/** From which message on thinking is in the prompt: some models drop that of earlier turns (§7.4). */
function thinkingKeptFrom({ request, facts }: Omit<CacheablePrompt, 'counted'>): number {
  if (facts.thinking.keepsEarlierTurns) return 0;
  const { start, isOpen } = latestTurn(request.messages);
  return isOpen ? start : Infinity;
}

/** Thinking of earlier turns may be gone, and a deferred tool waits to be searched for. */
function isShown(position: PromptPosition, keptFrom: number): boolean {
  if (position.level === 'tools') return position.block.defer_loading !== true;
  const { type } = position.block;
  const isThinking = type === 'thinking' || type === 'redacted_thinking';
  return !isThinking || position.at >= keptFrom;
}

/** Turns of one role in a row are one turn: only the role tells blocks of different turns apart. */
function contentOf(position: PromptPosition): string {
  const role = position.level === 'messages' ? position.role : '';
  return `${role}:${canonicalBlock(position.block)}`;
}

/** The length before each part keeps ('ab', 'c') and ('a', 'bc') apart. */
function chained(key: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256').update(key);
  for (const part of parts) hash.update(`${String(part.length)}:`).update(part);
  return hash.digest('base64');
}
