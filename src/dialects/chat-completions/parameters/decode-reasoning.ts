import type { Refusal } from '../../../messages/errors.ts';
import { isRefusal } from '../../../messages/errors.ts';
import type { OutputConfig, ThinkingConfig, ToolChoice } from '../../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import type { KnownModel } from '../../dialect.ts';
import type { AnswerShape } from '../answer-shape.ts';
import type { ReasoningLevel, ThinkingLevel } from './reasoning-levels.ts';
import { budgetOfLevel, clampBudget, effortOfLevel, levelOfBudget } from './reasoning-levels.ts';
import { refuseParameter } from '../refuse-parameter.ts';

/** What else of the request decides how it can be thought about. */
export interface ReasoningContext {
  readonly model: KnownModel | undefined;
  readonly maxTokens: number;
  readonly choice: ToolChoice | undefined;
  /** Whether a budget may pass `max_tokens`: with tools and the beta for interleaved thinking. */
  readonly isBudgetOfTurn: boolean;
  /** Whether the conversation stands where the API refuses a budget: API reference §7.1, §7.4. */
  readonly rulesOutBudget: boolean;
}

export interface DecodedReasoning {
  readonly thinking: ThinkingConfig | undefined;
  readonly effort: OutputConfig['effort'] | undefined;
  /** Whether the answer is thought about, be it because the model does so by itself. */
  readonly isThinking: boolean;
  readonly shown: AnswerShape['reasoning'];
  readonly ignored: readonly string[];
}

/** What `reasoning_effort` and `reasoning` ask for, put together. */
interface Wanted {
  readonly mode: 'unsaid' | 'off' | 'on';
  readonly level: ThinkingLevel | undefined;
  readonly budget: number | undefined;
  readonly isExcluded: boolean;
  /** Names of those that ask for it. */
  readonly names: readonly string[];
}

/** Never the caller's object by itself, so that nothing in that is taken for a refusal. */
interface Thought {
  readonly thinking: ThinkingConfig | undefined;
}

const unthought: Thought = { thinking: undefined };

/** `thinking`, `reasoning` and `reasoning_effort` (chat reference §2.8). */
export function decodeReasoning(
  given: JsonObject,
  context: ReasoningContext,
): DecodedReasoning | Refusal {
  const wanted = readWanted(given);
  const native = readNative(given, context);
  if (isRefusal(native)) return native;
  const derived = native.thinking === undefined ? deriveThinking(wanted, context) : unthought;
  if (isRefusal(derived)) return derived;
  const thinking = native.thinking ?? derived.thinking;
  const effort = effortFor(wanted, context.model);
  const hasEffect = derived.thinking !== undefined || effort !== undefined;
  return {
    thinking,
    effort,
    isThinking: isOn(thinking, context.model),
    shown: shownAs(given, wanted),
    ignored: hasEffect ? [] : wanted.names,
  };
}

/** Types were checked against the table of parameters. */
function readWanted(given: JsonObject): Wanted {
  const { reasoning_effort: first, reasoning } = given;
  const said = isJsonObject(reasoning) ? reasoning : {};
  const { enabled, exclude, max_tokens: budget } = said;
  const level = (first ?? said['effort'] ?? undefined) as ReasoningLevel | undefined;
  const asks = [said['effort'], budget, enabled].some((value) => isSaid(value));
  const isOff = level === 'none' || (level === undefined && enabled === false);
  const isOn = level !== undefined || asks || exclude === true;
  return {
    mode: isOff ? 'off' : isOn ? 'on' : 'unsaid',
    level: level === 'none' ? undefined : level,
    budget: typeof budget === 'number' ? budget : undefined,
    isExcluded: exclude === true,
    names: [...(first === undefined ? [] : ['reasoning_effort']), ...(asks ? ['reasoning'] : [])],
  };
}

function isSaid(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}

/** `thinking` in the words of the Messages form: it goes on as it is where the API can take it. */
function readNative(given: JsonObject, context: ReasoningContext): Thought | Refusal {
  if (given['thinking'] === undefined) return unthought;
  const thinking = given['thinking'] as unknown as ThinkingConfig;
  const budgetParam = 'thinking.budget_tokens';
  if (thinking.type === 'enabled') {
    if ((thinking.budget_tokens as number | undefined) === undefined) {
      return refuseParameter(budgetParam, 'Field required', 'missing_required_parameter');
    }
    const issue = budgetIssue(budgetParam, thinking.budget_tokens, context);
    if (issue !== undefined) return issue;
  } else if ('budget_tokens' in thinking) {
    return refuseParameter(budgetParam, `there is no budget for the type ${thinking.type}`);
  }
  return isForcedAgainst(thinking, context)
    ? refuseParameter(
        given['tool_choice'] === undefined ? 'function_call' : 'tool_choice',
        'a tool cannot be forced while `thinking` is on',
      )
    : { thinking };
}

function budgetIssue(
  param: string,
  budget: number,
  { maxTokens, isBudgetOfTurn }: ReasoningContext,
): Refusal | undefined {
  if (isBudgetOfTurn || budget < maxTokens) return undefined;
  return refuseParameter(param, `must be less than \`max_tokens\`, which is ${String(maxTokens)}`);
}

/** Whether the API would refuse it because of a tool that must be called. API reference §7.1. */
function isForcedAgainst(thinking: ThinkingConfig, { choice, model }: ReasoningContext): boolean {
  const isForced = choice?.type === 'any' || choice?.type === 'tool';
  if (!isForced || thinking.type === 'disabled') return false;
  return thinking.type === 'enabled' || model?.traits.thinking.adaptiveWithForcedTool !== true;
}

/** Thinking that levels and budgets amount to; undefined where the request cannot have any. */
function deriveThinking(wanted: Wanted, context: ReasoningContext): Thought | Refusal {
  const traits = context.model?.traits.thinking;
  if (wanted.mode === 'unsaid') return unthought;
  if (wanted.mode === 'off') {
    return traits?.disabled === false ? unthought : { thinking: { type: 'disabled' } };
  }
  const thinking = thinkingOn(wanted, context);
  if (thinking === undefined || isForcedAgainst(thinking, context)) return unthought;
  if (thinking.type === 'enabled') {
    if (context.rulesOutBudget) return unthought;
    const issue = budgetIssue('reasoning.max_tokens', thinking.budget_tokens, context);
    if (issue !== undefined) return issue;
  }
  const isHidden = traits?.display === 'omitted' && !wanted.isExcluded;
  return { thinking: isHidden ? { ...thinking, display: 'summarized' } : thinking };
}

type ThinkingOn = Exclude<ThinkingConfig, { readonly type: 'disabled' }>;

/** An unknown model counts as one of the newest that takes both ways. */
function thinkingOn(wanted: Wanted, context: ReasoningContext): ThinkingOn | undefined {
  const { enabled, adaptive } = context.model?.traits.thinking ?? { enabled: true, adaptive: true };
  const { budget, level = 'medium' } = wanted;
  if (budget !== undefined && enabled) {
    return { type: 'enabled', budget_tokens: clampBudget(budget) };
  }
  if (adaptive) return { type: 'adaptive' };
  const share = enabled ? budgetOfLevel(level, context.maxTokens) : undefined;
  return share === undefined ? undefined : { type: 'enabled', budget_tokens: share };
}

function effortFor(
  { mode, level, budget }: Wanted,
  model: KnownModel | undefined,
): OutputConfig['effort'] | undefined {
  if (mode !== 'on') return undefined;
  const takesBudget = model?.traits.thinking.enabled ?? true;
  const asked = level ?? (budget === undefined || takesBudget ? undefined : levelOfBudget(budget));
  return asked === undefined ? undefined : effortOfLevel(asked, model?.traits.effortLevels);
}

function isOn(thinking: ThinkingConfig | undefined, model: KnownModel | undefined): boolean {
  if (thinking === undefined) return model?.traits.thinking.unset === 'adaptive';
  return thinking.type !== 'disabled';
}

/** Whoever asks in the way of `reasoning` reads the answer in that way too. */
function shownAs(given: JsonObject, { isExcluded }: Wanted): AnswerShape['reasoning'] {
  if (isExcluded) return 'excluded';
  return given['reasoning'] === undefined ? 'content-and-blocks' : 'content-blocks-and-details';
}
