import type { Effort } from '../../messages/model-traits.ts';
import type { ConversationView } from '../answer/conversation-view.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { latestTurn } from './latest-turn.ts';
import { effortOf, isInterleaved, thinkingMode } from './thinking-mode.ts';
import type { Reasoning } from './write-reasoning.ts';
import { writeReasoning } from './write-reasoning.ts';

/** How adaptive thinking goes about it, by the effort asked for (API reference §7.1, §7.2). */
const byEffort: Readonly<Record<Effort, { readonly percent: number; readonly tokens: Range }>> = {
  low: { percent: 10, tokens: [30, 80] },
  medium: { percent: 50, tokens: [60, 160] },
  high: { percent: 80, tokens: [100, 300] },
  xhigh: { percent: 95, tokens: [200, 500] },
  max: { percent: 100, tokens: [400, 900] },
};
type Range = readonly [least: number, most: number];

/** Of `max_tokens`, so that there is room for words; the effort `max` spares no tokens. */
const ROOM_SHARE = 2;

/** What thinking is planned from. */
export interface ThinkingPlan {
  readonly request: CheckedRequest;
  readonly facts: ModelFacts;
  readonly betas: ReadonlySet<string>;
  readonly view: ConversationView;
}

/**
 * What is thought before an answer; undefined where nothing is. With a budget a turn is thought
 * about once, at its start, unless thinking is interleaved; adaptive thinking decides each time.
 */
export function planThinking(
  { request, facts, betas, view }: ThinkingPlan,
  random: DeterministicRandom,
): Reasoning | undefined {
  const mode = thinkingMode(request, facts);
  if (mode.kind === 'off') return undefined;
  if (latestTurn(request.messages).isOpen && !isInterleaved(mode, betas)) return undefined;
  const effort = effortOf(request);
  const { percent, tokens } = byEffort[effort];
  if (mode.kind === 'adaptive' && !random.chance(percent)) return undefined;
  const budget = mode.kind === 'enabled' ? mode.budgetTokens : Infinity;
  const share = Math.floor((request.max_tokens ?? Infinity) / ROOM_SHARE);
  const room = effort === 'max' ? Infinity : share;
  const target = Math.min(random.between(...tokens), budget, room);
  return target < 1 ? undefined : writeReasoning(view, target, random);
}
