import type { JsonObject } from '../format/json-value.ts';
import { isJsonObject, parseJson } from '../format/json-value.ts';
import { blockOf } from './messages-answer.ts';
import type { Attachment, Part, Turn } from './part.ts';
import { textOfParts } from './part.ts';
import type { RequestDraft } from './request-draft.ts';

/** A request of Chat Completions. */
export function chatBody(draft: RequestDraft): JsonObject {
  const { model, system, turns, tools, isStreamed, parameters } = draft;
  const instructions = system.trim() === '' ? [] : [{ role: 'system', content: system }];
  return {
    model,
    ...parameters,
    messages: [...instructions, ...turns.flatMap((turn) => messagesOf(turn))],
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => asFunction(tool)) }),
    ...(isStreamed ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

/** A tool of the Messages form as a function; those that the API runs stay as they are. */
function asFunction(tool: JsonObject): JsonObject {
  const { type = 'custom', name = '', description, input_schema } = tool;
  if (type !== 'custom') return tool;
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: input_schema ?? { type: 'object' },
    },
  };
}

function messagesOf(turn: Turn): readonly JsonObject[] {
  return turn.role === 'user' ? userMessages(turn.parts) : assistantMessages(turn.parts);
}

/** Results are messages of their own, before what is said of them. */
function userMessages(parts: readonly Part[]): readonly JsonObject[] {
  const results = parts.flatMap((part): readonly JsonObject[] =>
    part.kind === 'result'
      ? [
          {
            role: 'tool',
            tool_call_id: part.callId,
            content: part.text,
            ...(part.isError ? { is_error: true } : {}),
          },
        ]
      : [],
  );
  const said = parts.map((part) => contentPart(part)).filter((part) => part !== undefined);
  if (said.length === 0) return results;
  const isText = said.every(({ type }) => type === 'text');
  return [...results, { role: 'user', content: isText ? textOfParts(parts) : said }];
}

function contentPart(part: Part): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      return part.text === '' ? undefined : { type: 'text', text: part.text };
    case 'image':
      return { type: 'image_url', image_url: { url: dataUrl(part) } };
    case 'pdf':
      return { type: 'file', file: { filename: part.name, file_data: dataUrl(part) } };
    case 'other':
      return part.block;
    case 'thinking':
    case 'redacted':
    case 'call':
    case 'result':
      return undefined;
  }
}

/** A picture or document as an address that holds it. */
export function dataUrl({ mediaType, data }: Attachment): string {
  return `data:${mediaType};base64,${data}`;
}

/** Thinking goes back with its signature, in the place that this form has for it. */
function assistantMessages(parts: readonly Part[]): readonly JsonObject[] {
  const thoughts = parts
    .filter(({ kind }) => kind === 'thinking' || kind === 'redacted')
    .map((part) => blockOf(part))
    .filter((block) => block !== undefined);
  const calls = parts.flatMap((part): readonly JsonObject[] =>
    part.kind === 'call' && isJsonObject(parseJson(part.argumentsText))
      ? [
          {
            id: part.id,
            type: 'function',
            function: { name: part.name, arguments: part.argumentsText },
          },
        ]
      : [],
  );
  const said = parts.map((part) => contentPart(part)).filter((part) => part !== undefined);
  if (said.length === 0 && calls.length === 0) return [];
  const isText = said.every(({ type }) => type === 'text');
  const text = textOfParts(parts);
  const content = isText ? (text === '' ? null : text) : said;
  return [
    {
      role: 'assistant',
      content,
      ...(thoughts.length === 0 ? {} : { thinking_blocks: thoughts }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ];
}
