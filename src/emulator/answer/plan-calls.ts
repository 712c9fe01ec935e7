import type { ToolUseBlock } from '../../messages/content-blocks.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import type { WaitingCode } from './call-by-code.ts';
import { codeCaller } from './call-by-code.ts';
import type { ChosenTool } from './choose-calls.ts';
import { findCustomTool, makeCall } from './choose-calls.ts';
import type { ConversationView } from './conversation-view.ts';
import type { PlannedBlock } from './planned-block.ts';
import { newId } from './planned-block.ts';
import { writePreamble } from './write-answer.ts';

const PREAMBLE_PERCENT = 50;
const SECOND_CALL_PERCENT = 40;
const CALLS_OF_CODE_MAX = 2;

/** What calls are written with. */
export interface CallWriting {
  readonly request: CheckedRequest;
  readonly view: ConversationView;
  readonly random: DeterministicRandom;
}

/** Calls of the caller's tools; what is only for code is called by code that waits for the result. */
export function planCalls(
  tools: readonly ChosenTool[],
  writing: CallWriting,
  isForced: boolean,
): readonly PlannedBlock[] {
  const { view, random } = writing;
  const blocks: PlannedBlock[] = [];
  if (!isForced && random.chance(PREAMBLE_PERCENT)) {
    blocks.push({ kind: 'text', text: writePreamble(view, random) });
  }
  const [first] = tools;
  const caller = first === undefined ? undefined : codeCaller(writing.request, first.tool);
  if (first !== undefined && caller !== undefined) {
    return [...blocks, ...callByCode(first, caller, writing)];
  }
  const direct = tools.filter(({ tool }) => codeCaller(writing.request, tool) === undefined);
  for (const tool of direct) blocks.push({ kind: 'call', block: directCall(tool, writing) });
  return blocks;
}

/** Goes on with code whose call was answered: it calls once more, or it ends and prints (§5.2). */
export function resumeCode(code: WaitingCode, writing: CallWriting): readonly PlannedBlock[] {
  const { random } = writing;
  const tool = findCustomTool(writing.request, code.lastCall.name);
  const goesOn = code.callCount < CALLS_OF_CODE_MAX && random.chance(SECOND_CALL_PERCENT);
  if (tool !== undefined && goesOn) {
    const { caller } = code.lastCall;
    return [{ kind: 'call', block: { ...directCall(tool, writing), caller: caller ?? null } }];
  }
  return [
    {
      kind: 'result',
      block: {
        type: 'code_execution_tool_result',
        tool_use_id: code.id,
        content: {
          type: 'code_execution_result',
          stdout: `${code.results}\n`,
          stderr: '',
          return_code: 0,
          content: [],
        },
      },
    },
  ];
}

function directCall(tool: ChosenTool, { view, random }: CallWriting): ToolUseBlock {
  return makeCall(tool, view, { random, id: newId('toolu', random) });
}

function callByCode(
  chosen: ChosenTool,
  callerType: string,
  writing: CallWriting,
): readonly PlannedBlock[] {
  const { random } = writing;
  const id = newId('srvtoolu', random);
  const call = directCall(chosen, writing);
  const code = `result = await ${chosen.name}(${JSON.stringify(call.input)})\nprint(result)`;
  const caller = { type: callerType, tool_id: id };
  return [
    {
      kind: 'call',
      block: {
        type: 'server_tool_use',
        id,
        name: 'code_execution',
        input: { code },
        caller: { type: 'direct' },
      },
    },
    { kind: 'call', block: { ...call, caller } },
  ];
}
