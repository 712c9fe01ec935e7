import { base62 } from '../../std/base62.ts';
import type {
  ServerToolResultBlock,
  ServerToolUseBlock,
  ToolUseBlock,
} from '../../messages/content-blocks.ts';
import { blocksOf } from '../../messages/request.ts';
import type { ServerTool } from './built-in-tools.ts';
import { resultTypeOf, unavailableResult } from './built-in-tools.ts';
import type { ChosenTool } from './choose-calls.ts';
import { chooseTools, makeCall, plainWord } from './choose-calls.ts';
import type { ConversationView } from './conversation-view.ts';
import { viewConversation } from './conversation-view.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import { generateJson } from '../json-schema/generate-json.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import { isToolForced } from '../rules/rule.ts';
import { writeAnswer, writePreamble, writeThinking } from './write-answer.ts';

const ID_LETTERS = 22;
const PREAMBLE_PERCENT = 50;

/** One block of an answer before any limit was applied to it. */
export type PlannedBlock =
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly block: ToolUseBlock | ServerToolUseBlock }
  | { readonly kind: 'result'; readonly block: ServerToolResultBlock };

/** Everything the answer to a request would say if it had all the room. */
export function planAnswer(
  request: CheckedRequest,
  random: DeterministicRandom,
): readonly PlannedBlock[] {
  const view = viewConversation(request);
  const blocks: PlannedBlock[] = [...missingResults(request)];
  const tools = chooseTools(request, random.fork('tools'));
  const isForced = isToolForced(request) && tools.length > 0;
  if (!isForced && thinksAloud(request, random)) {
    blocks.push({ kind: 'thinking', text: writeThinking(view, random) });
  }
  const [first] = tools;
  if (first?.builtIn?.kind === 'server') {
    blocks.push(...serverCall(first, first.builtIn, { view, random }));
  } else if (first !== undefined) {
    return [...blocks, ...clientCalls(tools, { view, random, isForced })];
  }
  const text = formattedText(request, { view, random }) ?? writeAnswer(view, random);
  return [...blocks, { kind: 'text', text }];
}

/** An id in the API's form: its prefix, `01` and 22 letters. */
export function newId(prefix: string, random: DeterministicRandom): string {
  return `${prefix}_01${base62(ID_LETTERS, (count) => random.bytes(count))}`;
}

interface Writing {
  readonly view: ConversationView;
  readonly random: DeterministicRandom;
}

function clientCalls(
  tools: readonly ChosenTool[],
  writing: Writing & { readonly isForced: boolean },
): readonly PlannedBlock[] {
  const { view, random, isForced } = writing;
  const blocks: PlannedBlock[] = [];
  if (!isForced && random.chance(PREAMBLE_PERCENT)) {
    blocks.push({ kind: 'text', text: writePreamble(view, random) });
  }
  for (const tool of tools) {
    const id = newId('toolu', random);
    blocks.push({ kind: 'call', block: makeCall(tool, view, { random, id }) });
  }
  return blocks;
}

function serverCall(
  chosen: ChosenTool,
  tool: ServerTool,
  writing: Writing,
): readonly PlannedBlock[] {
  const { view, random } = writing;
  const id = newId('srvtoolu', random);
  const name = tool.calledName ?? chosen.name;
  const input = tool.input(plainWord(view, random));
  const type = tool.resultType;
  return [
    { kind: 'call', block: { type: 'server_tool_use', id, name, input } },
    { kind: 'result', block: { type, tool_use_id: id, content: unavailableResult(type) } },
  ];
}

/** A paused turn goes on with the results that it lacks (API reference §5.5, `pause_turn`). */
function missingResults(request: CheckedRequest): readonly PlannedBlock[] {
  const last = request.messages.at(-1);
  if (last?.role !== 'assistant') return [];
  const blocks = blocksOf(last);
  const answered = new Set(
    blocks.flatMap((block) => ('tool_use_id' in block ? [block.tool_use_id] : [])),
  );
  return blocks.flatMap((block): readonly PlannedBlock[] => {
    if (block.type !== 'server_tool_use' || answered.has(block.id)) return [];
    const type = resultTypeOf(block.name);
    if (type === undefined) return [];
    const content = unavailableResult(type);
    return [{ kind: 'result', block: { type, tool_use_id: block.id, content } }];
  });
}

/** How often adaptive thinking thinks, in percent, by the effort asked for. */
const thinkingPercent = { low: 10, medium: 50, high: 80, xhigh: 95, max: 100 } as const;

function thinksAloud(request: CheckedRequest, random: DeterministicRandom): boolean {
  const { thinking } = request;
  switch (thinking?.type) {
    case 'enabled':
      return !continuesToolLoop(request);
    case 'adaptive':
      return random.chance(thinkingPercent[request.output_config?.effort ?? 'high']);
    case 'disabled':
    case undefined:
      return false;
  }
}

/** In manual mode a turn thinks once, before its first call (API reference §7.3). */
function continuesToolLoop(request: CheckedRequest): boolean {
  const last = request.messages.at(-1);
  return last?.role === 'user' && blocksOf(last).some((block) => block.type === 'tool_result');
}

function formattedText(request: CheckedRequest, writing: Writing): string | undefined {
  const format = request.output_config?.format ?? request.output_format;
  const schema = format?.['schema'];
  if (schema === undefined) return undefined;
  const { random, view } = writing;
  return JSON.stringify(generateJson(schema, { random, words: view.words }));
}
