import fastCheck from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/std/json.ts';

/** Conversations as clients of the Chat form may send them, well-formed or nearly so. */

const words = fastCheck.constantFrom('', ' \n', 'a', 'b ', ' c', '漢字', '😀');
const marker = fastCheck.option(fastCheck.constant({ type: 'ephemeral' }), { freq: 6 });
const ids = fastCheck.constantFrom('t1', 't2', 't.1', 't:1', 't_1', 'call 0', '');

const textPart = fastCheck
  .record({ type: fastCheck.constant('text'), text: words, cache_control: marker })
  .map((part): JsonObject => part);
const imagePart = fastCheck
  .constantFrom('https://example.com/a.png', 'data:image/png;base64,iVBORw0KGgo=')
  .map((url): JsonObject => ({ type: 'image_url', image_url: { url } }));
const filePart: fastCheck.Arbitrary<JsonObject> = fastCheck.constant({
  type: 'file',
  file: { file_data: 'data:text/plain,hello', filename: 'a.txt' },
});
const userContent: fastCheck.Arbitrary<JsonValue> = fastCheck.oneof(
  words,
  fastCheck.array(fastCheck.oneof(textPart, imagePart, filePart), { maxLength: 3 }),
);
const thinkingFields: fastCheck.Arbitrary<JsonObject> = fastCheck.constantFrom<JsonObject>(
  {},
  { reasoning_content: 'x' },
  { thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'c2ln' }] },
  { reasoning_details: [{ type: 'reasoning.encrypted', data: 'ZGF0YQ==' }] },
);
const callArguments = fastCheck.constantFrom('', '{}', '{"a":1}');

const user = userContent.map((content): JsonObject => ({ role: 'user', content }));
const systemText = words.map((content): JsonObject => ({ role: 'system', content }));
const assistant = fastCheck
  .tuple(words, thinkingFields)
  .map(([content, fields]): JsonObject => ({ role: 'assistant', content, ...fields }));

/** Calls and, mostly all of them, results: in any order, at times with words in between. */
const toolLoop: fastCheck.Arbitrary<readonly JsonObject[]> = fastCheck
  .record({
    called: fastCheck.uniqueArray(ids, { minLength: 1, maxLength: 3 }),
    text: callArguments,
    said: fastCheck.option(words),
    fields: thinkingFields,
    results: fastCheck.array(fastCheck.oneof(words, fastCheck.array(textPart, { maxLength: 2 })), {
      minLength: 3,
      maxLength: 3,
    }),
    between: fastCheck.option(user, { freq: 4 }),
    isReversed: fastCheck.boolean(),
    lost: fastCheck.option(fastCheck.nat(2), { freq: 8 }),
  })
  .map(({ called, text, said, fields, results, between, isReversed, lost }) => {
    const calls = called.map((id, index) => ({
      id,
      type: 'function',
      function: { name: `f${String(index)}`, arguments: text },
    }));
    const answers = called
      .map((id, index): JsonObject => ({
        role: 'tool',
        tool_call_id: id,
        content: results[index] ?? null,
      }))
      .filter((_answer, index) => index !== lost);
    if (isReversed) answers.reverse();
    if (between !== null) answers.splice(1, 0, between);
    return [{ role: 'assistant', content: said, tool_calls: calls, ...fields }, ...answers];
  });

/** Most of them can be decoded; what cannot lacks a result, or says nothing. */
export const chatConversation: fastCheck.Arbitrary<readonly JsonObject[]> = fastCheck
  .array(
    fastCheck.oneof(
      user.map((message) => [message]),
      assistant.map((message) => [message]),
      systemText.map((message) => [message]),
      toolLoop,
    ),
    { maxLength: 6 },
  )
  .map((parts) => [{ role: 'user', content: 'begin' }, ...parts.flat()]);
