import type { Effort } from '../../messages/model-traits.ts';
import type { ThinkingDisplay } from '../../messages/request.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { CheckedRequest } from '../rules/rule.ts';

/** How a request has its answer thought about, defaults of the model included (API reference §7.1). */
export type ThinkingMode =
  | { readonly kind: 'off' }
  | {
      readonly kind: 'enabled';
      readonly budgetTokens: number;
      readonly display: ThinkingDisplay;
    }
  | { readonly kind: 'adaptive'; readonly display: ThinkingDisplay };

const INTERLEAVED_BETA = 'interleaved-thinking-2025-05-14';

/** The mode of a request. One that says nothing has what the model does by itself. */
export function thinkingMode(request: CheckedRequest, facts: ModelFacts): ThinkingMode {
  const { thinking } = request;
  const isAdaptiveByItself = thinking === undefined && facts.thinking.unset === 'adaptive';
  if (isAdaptiveByItself) return { kind: 'adaptive', display: facts.thinking.display };
  if (thinking === undefined || thinking.type === 'disabled') return { kind: 'off' };
  const display = thinking.display ?? facts.thinking.display;
  return thinking.type === 'adaptive'
    ? { kind: 'adaptive', display }
    : { kind: 'enabled', budgetTokens: thinking.budget_tokens, display };
}

/** Whether a turn may think again after results of tools: with a budget only where the beta asks. */
export function isInterleaved(mode: ThinkingMode, betas: ReadonlySet<string>): boolean {
  return mode.kind === 'adaptive' || betas.has(INTERLEAVED_BETA);
}

/** Whether a budget may pass `max_tokens`: it is then that of a whole turn with tools (seed 003). */
export function isBudgetOfTurn(request: CheckedRequest, betas: ReadonlySet<string>): boolean {
  return betas.has(INTERLEAVED_BETA) && (request.tools?.length ?? 0) > 0;
}

/** The effort asked for; `high` where nothing is. */
export function effortOf(request: CheckedRequest): Effort {
  return request.output_config?.effort ?? 'high';
}
