import type { JsonObject } from '../format/json-value.ts';
import { isJsonObject } from '../format/json-value.ts';
import { contentOf, isSendable } from './messages-answer.ts';
import type { RequestDraft } from './request-draft.ts';

/** The inputs of a run, which are a request of the Messages form without its model. */
export function runInputs(draft: RequestDraft): JsonObject {
  const { system, turns, tools, isStreamed, parameters } = draft;
  return {
    ...parameters,
    ...(system.trim() === '' ? {} : { system }),
    messages: turns
      .filter(({ parts }) => isSendable(parts))
      .map(({ role, parts }) => ({ role, content: contentOf(parts) })),
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => asMessagesTool(tool)) }),
    ...(isStreamed ? { stream: true } : {}),
  };
}

/** A request of the Messages form. */
export function messagesBody(draft: RequestDraft): JsonObject {
  return { model: draft.model, ...runInputs(draft) };
}

/** A function as a tool of this form; what is one already stays as it is. */
function asMessagesTool(tool: JsonObject): JsonObject {
  const { type, function: called } = tool;
  if (type !== 'function' || !isJsonObject(called)) return tool;
  const { name = '', description, parameters } = called;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: parameters ?? { type: 'object' },
  };
}
