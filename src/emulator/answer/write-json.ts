import { blocksOf } from '../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { findSchema } from '../json-schema/find-schema.ts';
import { generateJson } from '../json-schema/generate-json.ts';
import type { CheckedRequest } from '../rules/rule.ts';
import type { CallWriting } from './plan-calls.ts';
import { writeAnswer } from './write-answer.ts';

/**
 * JSON for a caller whose form asks for it and has no schema for it: what the prompt shows a schema
 * of, else an object around what the emulator would have said.
 */
export function writeJson({ request, view, random }: CallWriting): JsonValue {
  const schema = shownSchema(request);
  return schema === undefined
    ? { emulated: true, answer: writeAnswer(view, random) }
    : generateJson(schema, { random, words: view.words });
}

/** Instructions stand in the system prompt; who has none puts them where the question is. */
function shownSchema(request: CheckedRequest): JsonObject | undefined {
  return findSchema(systemTexts(request)) ?? findSchema(lastUserTexts(request));
}

function systemTexts({ system = [] }: CheckedRequest): readonly string[] {
  return typeof system === 'string' ? [system] : system.map(({ text }) => text);
}

/** The texts of the last message of the user that has any: results of tools may come after it. */
function lastUserTexts({ messages }: CheckedRequest): readonly string[] {
  for (const message of messages.toReversed()) {
    if (message.role !== 'user') continue;
    const texts = blocksOf(message).flatMap((block) => (block.type === 'text' ? [block.text] : []));
    if (texts.length > 0) return texts;
  }
  return [];
}
