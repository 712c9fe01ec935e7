import type { MessageParam } from '../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import type { CountedInput } from '../tokens/count-input.ts';
import { countInput } from '../tokens/count-input.ts';
import { clearThinking } from './clear-thinking.ts';
import { clearToolUses, countToolUses } from './clear-tool-uses.ts';

const TRIGGER_INPUT_TOKENS = 100_000;
const KEPT_TOOL_USES = 3;

/** A request after `context_management.edits` (API reference §2.5). */
export interface EditedContext {
  readonly request: CheckedRequest;
  /** The same with the files that it refers to in their places. */
  readonly seen: CheckedRequest;
  readonly counted: CountedInput;
  /** What the answer says of the edits that changed anything. */
  readonly appliedEdits: readonly JsonObject[];
  /** What the prompt was before. */
  readonly originalInputTokens: number;
}

/** Applies the edits that a request asks for, in their order, to what the model is to read. */
export function editContext(
  request: CheckedRequest,
  seen: CheckedRequest,
  facts: ModelFacts,
): EditedContext {
  const counted = countInput(seen, facts);
  let edited: EditedContext = {
    request,
    seen,
    counted,
    appliedEdits: [],
    originalInputTokens: counted.total,
  };
  const edits = request.context_management?.['edits'];
  for (const edit of Array.isArray(edits) ? (edits as readonly JsonValue[]) : []) {
    if (isJsonObject(edit)) edited = applied(edit, edited, facts);
  }
  return edited;
}

/** What an edit does to messages, and how many of what it was done to. */
interface Change {
  readonly messages: readonly MessageParam[];
  readonly said: JsonObject;
  readonly count: number;
}

function applied(edit: JsonObject, before: EditedContext, facts: ModelFacts): EditedContext {
  const change = changeOf(edit, before, facts);
  if (change === undefined) return before;
  const { said, count, messages } = change(before.seen.messages);
  if (count === 0) return before;
  const seen = { ...before.seen, messages };
  const counted = countInput(seen, facts);
  const clearedTokens = before.counted.total - counted.total;
  if (clearedTokens < (valueOf(edit['clear_at_least']) ?? 0)) return before;
  return {
    ...before,
    request: { ...before.request, messages: change(before.request.messages).messages },
    seen,
    counted,
    appliedEdits: [...before.appliedEdits, { ...said, cleared_input_tokens: clearedTokens }],
  };
}

type Changing = (messages: readonly MessageParam[]) => Change;

function changeOf(
  edit: JsonObject,
  before: EditedContext,
  facts: ModelFacts,
): Changing | undefined {
  switch (edit['type']) {
    case 'clear_thinking_20251015':
      return thinkingChange(edit, facts);
    case 'clear_tool_uses_20250919':
      return isDue(edit['trigger'], before) ? toolUseChange(edit) : undefined;
    default:
      return undefined;
  }
}

function thinkingChange(edit: JsonObject, facts: ModelFacts): Changing {
  const asked = edit['keep'];
  const isAll = asked === 'all' || (isJsonObject(asked) && asked['type'] === 'all');
  const unasked = facts.thinking.keepsEarlierTurns ? Infinity : 1;
  const keep = isAll ? Infinity : (valueOf(asked) ?? unasked);
  return (before) => {
    const { messages, turns } = clearThinking(before, keep);
    const said = { type: 'clear_thinking_20251015', cleared_thinking_turns: turns };
    return { messages, count: turns, said };
  };
}

function toolUseChange(edit: JsonObject): Changing {
  const clearing = {
    keep: valueOf(edit['keep']) ?? KEPT_TOOL_USES,
    excludedTools: namesIn(edit['exclude_tools']),
    clearsInputs: edit['clear_tool_inputs'] === true || namesIn(edit['clear_tool_inputs']),
  };
  return (before) => {
    const { messages, uses } = clearToolUses(before, clearing);
    const said = { type: 'clear_tool_uses_20250919', cleared_tool_uses: uses };
    return { messages, count: uses, said };
  };
}

function isDue(trigger: JsonValue | undefined, { counted, seen }: EditedContext): boolean {
  const isByUses = isJsonObject(trigger) && trigger['type'] === 'tool_uses';
  const found = isByUses ? countToolUses(seen.messages) : counted.total;
  return found > (valueOf(trigger) ?? TRIGGER_INPUT_TOKENS);
}

function valueOf(amount: JsonValue | undefined): number | undefined {
  const value = isJsonObject(amount) ? amount['value'] : undefined;
  return typeof value === 'number' ? value : undefined;
}

function namesIn(names: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(names)) return [];
  return names.filter((name: JsonValue): name is string => typeof name === 'string');
}
