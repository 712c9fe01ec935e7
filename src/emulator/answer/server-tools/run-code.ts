import type { JsonObject } from '../../../std/json.ts';
import { plainWord } from '../plain-word.ts';
import type { ServerTool, ServerToolOutcome } from './server-tool.ts';
import { errorOutcome } from './server-tool.ts';

/** Python of the first version of code execution. */
export const runPython: ServerTool = {
  kind: 'server',
  resultType: 'code_execution_tool_result',
  runsInContainer: true,
  input: ({ view, random }) => ({ code: `print("${plainWord(view, random)}")` }),
  run: ({ code }) =>
    typeof code === 'string'
      ? outcomeOf('code_execution_result', outputOf(/^print\("(\w+)"\)$/, code))
      : errorOutcome('code_execution_tool_result', 'invalid_tool_input'),
};

/** The shell of the later versions. */
export const runBash: ServerTool = {
  kind: 'server',
  calledName: 'bash_code_execution',
  resultType: 'bash_code_execution_tool_result',
  runsInContainer: true,
  input: ({ view, random }) => ({ command: `echo ${plainWord(view, random)}` }),
  run: ({ command }) =>
    typeof command === 'string'
      ? outcomeOf('bash_code_execution_result', outputOf(/^echo (\w+)$/, command))
      : errorOutcome('bash_code_execution_tool_result', 'invalid_tool_input'),
};

/** The editor that the later versions have beside the shell: a file can be made, and none is there. */
export const editInContainer: ServerTool = {
  kind: 'server',
  calledName: 'text_editor_code_execution',
  resultType: 'text_editor_code_execution_tool_result',
  runsInContainer: true,
  input: ({ view, random }) => ({
    command: 'create',
    path: `/tmp/${plainWord(view, random)}.txt`,
    file_text: 'emulated\n',
  }),
  run: (input) => edit(input),
};

function edit(input: JsonObject): ServerToolOutcome {
  const type = 'text_editor_code_execution_tool_result';
  if (typeof input['path'] !== 'string')
    return errorOutcome(type, 'invalid_tool_input', 'No path.');
  if (input['command'] !== 'create') {
    return errorOutcome(type, 'file_not_found', 'The emulator keeps no files.');
  }
  return {
    content: { type: 'text_editor_code_execution_create_result', is_file_update: false },
    said: 'An emulated editor answered that it made the file; the emulator keeps none.',
    passages: [],
    foundTools: [],
  };
}

/** What one known command prints. Nothing is run, and whatever else is sent says so. */
function outputOf(printing: RegExp, source: string): string {
  const word = printing.exec(source)?.[1];
  return word === undefined ? 'The emulator runs no code.\n' : `${word}\n`;
}

function outcomeOf(type: string, stdout: string): ServerToolOutcome {
  return {
    content: { type, stdout, stderr: '', return_code: 0, content: [] },
    said: `Emulated code printed “${stdout.trim()}”; nothing was run.`,
    passages: [],
    foundTools: [],
  };
}
