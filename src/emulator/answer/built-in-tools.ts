import type { ServerToolResultType } from '../../messages/content-blocks.ts';
import type { JsonObject } from '../../std/json.ts';

/** A tool that the API defines and the caller runs. */
export interface ClientTool {
  readonly kind: 'client';
  /** A harmless input that the tool accepts. */
  readonly input: (word: string) => JsonObject;
}

/** A tool that the API runs itself. Here it never can: it is called when forced, and unavailable. */
export interface ServerTool {
  readonly kind: 'server';
  /** The name in `server_tool_use`, where it is not the tool's own. */
  readonly calledName?: string;
  readonly input: (word: string) => JsonObject;
  readonly resultType: ServerToolResultType;
}

const client = (input: ClientTool['input']): ClientTool => ({ kind: 'client', input });

/** Types by their beginning: the dates behind it change nothing that matters here. */
const builtInTools: readonly (readonly [string, ClientTool | ServerTool])[] = [
  ['bash_', client((word) => ({ command: `echo ${word}` }))],
  ['text_editor_', client((word) => ({ command: 'view', path: `/tmp/${word}.txt` }))],
  ['memory_', client(() => ({ command: 'view', path: '/memories' }))],
  ['computer_2', client(() => ({ action: 'screenshot' }))],
  [
    'web_search_',
    {
      kind: 'server',
      input: (word) => ({ query: word }),
      resultType: 'web_search_tool_result',
    },
  ],
  [
    'web_fetch_',
    {
      kind: 'server',
      input: (word) => ({ url: `https://example.com/${word}` }),
      resultType: 'web_fetch_tool_result',
    },
  ],
  [
    'code_execution_20250522',
    {
      kind: 'server',
      input: (word) => ({ code: `print("${word}")` }),
      resultType: 'code_execution_tool_result',
    },
  ],
  [
    'code_execution_',
    {
      kind: 'server',
      calledName: 'bash_code_execution',
      input: (word) => ({ command: `echo ${word}` }),
      resultType: 'bash_code_execution_tool_result',
    },
  ],
  [
    'tool_search_tool_regex',
    {
      kind: 'server',
      input: (word) => ({ pattern: word }),
      resultType: 'tool_search_tool_result',
    },
  ],
  [
    'tool_search_tool_bm25',
    { kind: 'server', input: (word) => ({ query: word }), resultType: 'tool_search_tool_result' },
  ],
  ['advisor_', { kind: 'server', input: () => ({}), resultType: 'advisor_tool_result' }],
];

/** What is known of a tool type; undefined for those that are never called (toolsets). */
export function findBuiltInTool(type: string): ClientTool | ServerTool | undefined {
  return builtInTools.find(([prefix]) => type.startsWith(prefix))?.[1];
}

/** The result that a call by this name gets. */
export function resultTypeOf(calledName: string): ServerToolResultType | undefined {
  const byName: Readonly<Record<string, ServerToolResultType>> = {
    web_search: 'web_search_tool_result',
    web_fetch: 'web_fetch_tool_result',
    code_execution: 'code_execution_tool_result',
    bash_code_execution: 'bash_code_execution_tool_result',
    text_editor_code_execution: 'text_editor_code_execution_tool_result',
    tool_search_tool_regex: 'tool_search_tool_result',
    tool_search_tool_bm25: 'tool_search_tool_result',
    advisor: 'advisor_tool_result',
  };
  return Object.hasOwn(byName, calledName) ? byName[calledName] : undefined;
}

/** The documented error object of a server tool (API reference §3.1). */
export function unavailableResult(type: ServerToolResultType): JsonObject {
  const error = { type: `${type}_error`, error_code: 'unavailable' };
  const hasMessage =
    type === 'tool_search_tool_result' || type === 'text_editor_code_execution_tool_result';
  return hasMessage ? { ...error, error_message: 'The emulator runs no server tools.' } : error;
}
