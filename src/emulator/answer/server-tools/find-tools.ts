import { isCustomTool } from '../../../messages/request.ts';
import type { JsonObject } from '../../../std/json.ts';
import { matchPattern } from '../../json-schema/match-pattern.ts';
import { parsePattern } from '../../json-schema/parse-pattern.ts';
import type { CheckedRequest } from '../../rules/rule.ts';
import { foundTools } from '../found-tools.ts';
import type { ServerTool, ServerToolOutcome, ServerToolWorld } from './server-tool.ts';
import { errorOutcome } from './server-tool.ts';

const RESULT_TYPE = 'tool_search_tool_result';
const FOUND_MAX = 5;
const PATTERN_LETTERS_MAX = 200;
const WORD_LETTERS_MIN = 3;
/** Longer texts are not matched against patterns. */
const SEARCHED_LETTERS_MAX = 300;
const SEARCHED_TOOLS_MAX = 1000;

/** Search among the tools whose loading is deferred, by a pattern (API reference §2.3, §3.1). */
export const findToolsByPattern: ServerTool = {
  kind: 'server',
  resultType: RESULT_TYPE,
  isUseful: hasUnseenTools,
  input: (world) => ({ pattern: tellingWord(world) }),
  run: ({ pattern }, { request }) => {
    if (typeof pattern !== 'string' || pattern.length > PATTERN_LETTERS_MAX) {
      return errorOutcome(RESULT_TYPE, 'invalid_tool_input', 'The pattern is not usable.');
    }
    const parsed = parsePattern(pattern.toLowerCase());
    if (parsed === undefined) {
      return errorOutcome(RESULT_TYPE, 'invalid_tool_input', 'The pattern cannot be read.');
    }
    return outcomeOf(searched(request, (text) => matchPattern(parsed, text) === true));
  },
};

/** The same by words. */
export const findToolsByWords: ServerTool = {
  kind: 'server',
  resultType: RESULT_TYPE,
  isUseful: hasUnseenTools,
  input: (world) => ({ query: tellingWord(world) }),
  run: ({ query }: JsonObject, { request }): ServerToolOutcome => {
    if (typeof query !== 'string') {
      return errorOutcome(RESULT_TYPE, 'invalid_tool_input', 'There is no query.');
    }
    const words = query.toLowerCase().split(/[^a-z0-9]+/);
    const telling = words.filter((word) => word !== '').slice(0, FOUND_MAX);
    return outcomeOf(searched(request, (text) => telling.some((word) => text.includes(word))));
  },
};

interface DeferredTool {
  readonly name: string;
  /** Name and description, to be searched. */
  readonly text: string;
}

function deferredTools(request: CheckedRequest): readonly DeferredTool[] {
  return (request.tools ?? []).slice(0, SEARCHED_TOOLS_MAX).flatMap((tool) => {
    if (!isCustomTool(tool) || tool.defer_loading !== true) return [];
    const { name, description = '' } = tool;
    const text = `${name} ${description}`.slice(0, SEARCHED_LETTERS_MAX).toLowerCase();
    return [{ name, text }];
  });
}

function hasUnseenTools(request: CheckedRequest): boolean {
  const found = foundTools(request);
  return deferredTools(request).some(({ name }) => !found.has(name));
}

function searched(request: CheckedRequest, matches: (text: string) => boolean): readonly string[] {
  const found = deferredTools(request).filter(({ text }) => matches(text));
  return found.slice(0, FOUND_MAX).map(({ name }) => name);
}

/** A word of a deferred tool's name, so that a search may find something; else one of the user's. */
function tellingWord({ request, view, random }: ServerToolWorld): string {
  const wanted = random.pick(deferredTools(request));
  const words = (wanted?.name ?? '').toLowerCase().split(/[^a-z0-9]+/);
  const telling = words.filter((word) => word.length >= WORD_LETTERS_MIN);
  const plain = view.words.find((word) => /^[a-zA-Z0-9]+$/.test(word)) ?? 'tool';
  return telling.at(-1) ?? plain.toLowerCase();
}

function outcomeOf(names: readonly string[]): ServerToolOutcome {
  return {
    content: {
      type: 'tool_search_tool_search_result',
      tool_references: names.map((name) => ({ type: 'tool_reference', tool_name: name })),
    },
    said: `A search among the deferred tools found ${names.length === 0 ? 'none' : names.join(', ')}.`,
    passages: [],
    foundTools: names,
  };
}
