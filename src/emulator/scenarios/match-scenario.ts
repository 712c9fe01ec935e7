import type { ScenarioMatch, TextCondition, ToolResultCondition } from '../../config/scenario.ts';
import type { RequestView, ToolResultView } from './request-view.ts';

/** A pattern is tried on so much of a text and no more: how long it takes stays in hand. */
const PATTERN_LETTERS_MAX = 4000;

type Condition = (view: RequestView) => boolean;
type TextTest = (text: string) => boolean;

/** What decides whether a scenario is for a request, made once: all that is given must hold. */
export function compileMatch(match: ScenarioMatch = {}): Condition {
  const conditions = conditionsOf(match);
  return (view) => conditions.every((holds) => holds(view));
}

function conditionsOf(match: ScenarioMatch): readonly Condition[] {
  const { operation = 'messages.create', stream, turn, tool_results: results } = match;
  const text = (condition: TextCondition | undefined, of: (view: RequestView) => string) =>
    condition === undefined ? [] : [asking(compileText(condition), of)];
  return [
    ...(operation === 'any' ? [] : [(view: RequestView) => view.operation === operation]),
    ...text(match.model, ({ model }) => model),
    ...text(match.last_user_text, ({ lastUserText }) => lastUserText),
    ...text(match.account, ({ account }) => account),
    ...Object.entries(match.header ?? {}).map(([name, condition]) =>
      headerCondition(name.toLowerCase(), compileText(condition)),
    ),
    ...(turn === undefined ? [] : [turnCondition(turn)]),
    ...(stream === undefined ? [] : [(view: RequestView) => view.stream === stream]),
    ...(results === undefined ? [] : [resultCondition(results)]),
  ];
}

function asking(test: TextTest, of: (view: RequestView) => string): Condition {
  return (view) => test(of(view));
}

function headerCondition(name: string, test: TextTest): Condition {
  return (view) => {
    const value = view.header(name);
    return value !== undefined && test(value);
  };
}

function turnCondition(turn: NonNullable<ScenarioMatch['turn']>): Condition {
  if (typeof turn === 'number') return ({ turns }) => turns === turn;
  const { min = 0, max = Infinity } = turn;
  return ({ turns }) => turns >= min && turns <= max;
}

function resultCondition({ tool, text, is_error: isError }: ToolResultCondition): Condition {
  const testTool = tool === undefined ? undefined : compileText(tool);
  const testText = text === undefined ? undefined : compileText(text);
  const holds = (result: ToolResultView): boolean =>
    (testTool?.(result.tool) ?? true) &&
    (testText?.(result.text) ?? true) &&
    (isError === undefined || result.isError === isError);
  return ({ toolResults }) => toolResults.some((result) => holds(result));
}

function compileText(condition: TextCondition): TextTest {
  if (typeof condition === 'string') return (text) => text === condition;
  if ('contains' in condition) return (text) => text.includes(condition.contains);
  const pattern = new RegExp(condition.regex, condition.ignore_case === true ? 'iu' : 'u');
  return (text) => pattern.test(text.slice(0, PATTERN_LETTERS_MAX));
}
