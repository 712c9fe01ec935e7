import type { Operation, UpstreamRequest } from '../../messages/upstream.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';

/** What scenarios look at: a request as far as it can be read, since some stand before its check. */
export interface RequestView {
  readonly operation: Operation;
  readonly account: string;
  /** As the caller wrote it. */
  readonly model: string;
  /** Of the last turn of the user that has any. */
  readonly lastUserText: string;
  /** In the last message. */
  readonly toolResults: readonly ToolResultView[];
  /** Messages of the user, those with results of tools among them. */
  readonly turns: number;
  readonly stream: boolean;
  readonly header: (name: string) => string | undefined;
}

/** A result of a tool, with the name that its call had. */
export interface ToolResultView {
  readonly tool: string;
  readonly text: string;
  readonly isError: boolean;
}

/** Looks at a request without asking that it be valid: what is not there is empty. */
export function viewRequest(request: UpstreamRequest, body: unknown): RequestView {
  const members = isJsonObject(body) ? body : {};
  const { model, stream } = members;
  const messages = objectsIn(members['messages']);
  const ofUser = messages.filter(({ role }) => role === 'user');
  return {
    operation: request.operation,
    account: request.account,
    model: typeof model === 'string' ? model : '',
    lastUserText: ofUser.map((message) => textIn(message)).findLast((text) => text !== '') ?? '',
    toolResults: toolResultsIn(messages.filter(({ role }) => role !== 'system')),
    turns: ofUser.length,
    stream: stream === true,
    header: (name) => headerOf(request, name),
  };
}

function toolResultsIn(messages: readonly JsonObject[]): readonly ToolResultView[] {
  const names = new Map<JsonValue | undefined, string>();
  for (const { type, id, name } of objectsIn(messages.at(-2)?.['content'])) {
    if (type === 'tool_use' && typeof name === 'string') names.set(id, name);
  }
  return objectsIn(messages.at(-1)?.['content'])
    .filter(({ type }) => type === 'tool_result')
    .map((block) => ({
      tool: names.get(block['tool_use_id']) ?? '',
      text: textIn(block),
      isError: block['is_error'] === true,
    }));
}

/** The text of something whose `content` is a string or blocks. */
function textIn({ content }: JsonObject): string {
  if (typeof content === 'string') return content;
  return objectsIn(content)
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
    .join('\n');
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isJsonObject(item)) : [];
}

function headerOf({ headers, callerHeader }: UpstreamRequest, name: string): string | undefined {
  const read = callerHeader?.(name);
  if (read !== undefined) return read;
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === name) return headers[at + 1];
  }
  return undefined;
}
