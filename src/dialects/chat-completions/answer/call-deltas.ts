import type { ChatDelta } from '../../../chat-form/chat-response.ts';
import type { JsonObject } from '../../../std/json.ts';
import { isJsonObject, parseJson } from '../../../std/json.ts';
import type { AnswerProgress, BlockDeltas } from './block-deltas.ts';
import { objectIn, textIn } from './event-fields.ts';

/** How much of a custom tool's arguments is gathered before it is unwrapped. */
const CUSTOM_INPUT_LENGTH_MAX = 8 * 1024 * 1024;
/** The one argument that a custom tool is given upstream; chat reference §2.5. */
const CUSTOM_ARGUMENT = 'input';

/** A call of a function: id, type and name once, then its arguments as they come. */
export function functionCall(block: JsonObject, progress: AnswerProgress): BlockDeltas {
  const index = progress.calls;
  progress.calls += 1;
  const isTool = progress.shape.callsAs === 'tool_calls';
  const name = textIn(block, 'name');
  let sawDelta = false;
  let sawArguments = false;
  const argue = (text: string): ChatDelta =>
    isTool
      ? { tool_calls: [{ index, function: { arguments: text } }] }
      : { function_call: { arguments: text } };
  return {
    start() {
      const opening = { name, arguments: '' };
      if (!isTool) return [{ function_call: opening }];
      const id = idOf(block, index);
      return [{ tool_calls: [{ index, id, type: 'function', function: opening }] }];
    },
    grow(delta) {
      if (delta['type'] !== 'input_json_delta') return [];
      sawDelta = true;
      const text = textIn(delta, 'partial_json');
      if (text === '') return [];
      sawArguments = true;
      return [argue(text)];
    },
    stop(isWhole) {
      // What came with the start is said where nothing came after it: once, and never as ''. Of a
      // call that was cut before its first argument nothing is known.
      if (sawArguments || (sawDelta && !isWhole)) return [];
      return [argue(JSON.stringify(objectIn(block, 'input')))];
    },
  };
}

/**
 * A call of a tool that takes text. Upstream it is a function with one argument, and only its whole
 * JSON can be unwrapped: the call goes out in one piece, at its end. One that was cut does not.
 */
export function customCall(block: JsonObject, progress: AnswerProgress): BlockDeltas {
  const pieces: string[] = [];
  let length = 0;
  return {
    start: () => [],
    grow(delta) {
      if (delta['type'] !== 'input_json_delta') return [];
      const text = textIn(delta, 'partial_json');
      length += text.length;
      if (length <= CUSTOM_INPUT_LENGTH_MAX) pieces.push(text);
      return [];
    },
    stop(isWhole) {
      progress.isCallLost ||= length > CUSTOM_INPUT_LENGTH_MAX;
      if (!isWhole || progress.isCallLost) return [];
      const index = progress.calls;
      progress.calls += 1;
      const json = pieces.join('') || JSON.stringify(objectIn(block, 'input'));
      const custom = { name: textIn(block, 'name'), input: unwrapped(json) };
      return [{ tool_calls: [{ index, id: idOf(block, index), type: 'custom', custom }] }];
    },
  };
}

/** The text in its wrapper. What does not fit the wrapper is given as it is: it is all there is. */
function unwrapped(json: string): string {
  const parsed = parseJson(json);
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return json;
  const input = parsed.value[CUSTOM_ARGUMENT];
  return typeof input === 'string' ? input : json;
}

/** Clients pair results with calls by the id: an upstream that gave none must not leave it out. */
function idOf(block: JsonObject, index: number): string {
  return textIn(block, 'id') || `call_${String(index)}`;
}
