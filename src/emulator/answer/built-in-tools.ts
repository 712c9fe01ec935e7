import type { JsonObject } from '../../std/json.ts';
import { advise } from './server-tools/advise.ts';
import { findToolsByPattern, findToolsByWords } from './server-tools/find-tools.ts';
import { editInContainer, runBash, runPython } from './server-tools/run-code.ts';
import type { ServerTool } from './server-tools/server-tool.ts';
import { webFetch } from './server-tools/web-fetch.ts';
import { webSearch } from './server-tools/web-search.ts';

/** A tool that the API defines and the caller runs. */
export interface ClientTool {
  readonly kind: 'client';
  /** A harmless input that the tool accepts. */
  readonly input: (word: string) => JsonObject;
}

const client = (input: ClientTool['input']): ClientTool => ({ kind: 'client', input });

/** Types by their beginning: the dates behind it change nothing that matters here. */
const builtInTools: readonly (readonly [string, ClientTool | ServerTool])[] = [
  ['bash_', client((word) => ({ command: `echo ${word}` }))],
  ['text_editor_', client((word) => ({ command: 'view', path: `/tmp/${word}.txt` }))],
  ['memory_', client(() => ({ command: 'view', path: '/memories' }))],
  ['computer_2', client(() => ({ action: 'screenshot' }))],
  ['web_search_', webSearch],
  ['web_fetch_', webFetch],
  ['code_execution_20250522', runPython],
  ['code_execution_', runBash],
  ['tool_search_tool_regex', findToolsByPattern],
  ['tool_search_tool_bm25', findToolsByWords],
  ['advisor_', advise],
];

/** What is known of a tool type; undefined for those that are never called (toolsets). */
export function findBuiltInTool(type: string): ClientTool | ServerTool | undefined {
  return builtInTools.find(([prefix]) => type.startsWith(prefix))?.[1];
}

const calledTools: ReadonlyMap<string, ServerTool> = new Map<string, ServerTool>([
  ['web_search', webSearch],
  ['web_fetch', webFetch],
  ['code_execution', runPython],
  ['bash_code_execution', runBash],
  ['text_editor_code_execution', editInContainer],
  ['tool_search_tool_regex', findToolsByPattern],
  ['tool_search_tool_bm25', findToolsByWords],
  ['advisor', advise],
]);

/** The server tool behind a call by this name. */
export function findCalledTool(calledName: string): ServerTool | undefined {
  return calledTools.get(calledName);
}
