import type { MessagesRequest } from '../../messages/request.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { ReadingContext } from './read-request.ts';

/** A request whose shape was checked. A count of tokens has no `max_tokens`. */
export type CheckedRequest = Omit<MessagesRequest, 'max_tokens'> & {
  readonly max_tokens?: number;
};

/** What a rule may look at. */
interface RuleInput {
  readonly request: CheckedRequest;
  readonly facts: ModelFacts;
  readonly betas: ReadonlySet<string>;
  readonly context: ReadingContext;
}

/** One thing the API checks: what it says when that is wrong, else undefined. */
export type Rule = (input: RuleInput) => string | undefined;

/** The same for what can be told from the request alone. */
export type BodyRule = (request: CheckedRequest) => string | undefined;

/** What the first rule that is broken says. */
export function firstBroken<Input>(
  rules: readonly ((input: Input) => string | undefined)[],
  input: Input,
): string | undefined {
  for (const rule of rules) {
    const text = rule(input);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Whether the choice of tools leaves no way around one. */
export function isToolForced(request: CheckedRequest): boolean {
  return request.tool_choice?.type === 'any' || request.tool_choice?.type === 'tool';
}
