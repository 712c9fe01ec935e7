import { wireUsageOf } from '../../chat-form/chat-usage.ts';
import type { SealedBlock } from '../../chat-form/reasoning-details.ts';
import { readReasoningDetails, readThinkingBlocks } from '../../chat-form/reasoning-details.ts';
import type { ReadStop } from '../../chat-form/read-stop.ts';
import { readStop } from '../../chat-form/read-stop.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { WireUsage } from '../../messages/response.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { readStreamError } from './read-error.ts';

/** A piece of a call as it came; what an engine leaves out is undefined. */
export interface CallPiece {
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly json: string;
}

/** What a chunk of a stream says, or a whole answer, which says it all at once. */
export interface ReadChunk {
  readonly kind: 'chunk';
  readonly thinking: readonly SealedBlock[];
  readonly text: string;
  readonly calls: readonly CallPiece[];
  readonly refusal: string;
  readonly stop: ReadStop | undefined;
  readonly usage: WireUsage | undefined;
}

/**
 * Reads a `chat.completion.chunk` or a `chat.completion`. Engines are believed what can be
 * understood; what cannot is left out. An error in the place of either is a refusal.
 */
export function readChunk(value: JsonValue): ReadChunk | Refusal {
  if (!isJsonObject(value)) return readStreamError(value);
  const choice = choiceOf(value);
  const error = value['error'] ?? choice['error'] ?? null;
  if (error !== null) return readStreamError({ error });
  if (!Array.isArray(value['choices']) && value['usage'] === undefined) {
    return readStreamError(value);
  }
  const { finish_reason: finish } = choice;
  if (typeof finish === 'string' && isBreakdown(finish)) {
    return refusal('upstream_failed', 'The upstream stopped its answer because of an error.');
  }
  const said = objectIn(choice, 'delta') ?? objectIn(choice, 'message') ?? {};
  const isWhole = objectIn(choice, 'delta') === undefined;
  return {
    kind: 'chunk',
    thinking: thinkingIn(said),
    text: textIn(said['content']),
    calls: callsIn(said, isWhole),
    refusal: textIn(said['refusal']),
    stop: readStop(choice),
    usage: wireUsageOf(value['usage']),
  };
}

/** One answer is asked for: further choices are nobody's. */
function choiceOf({ choices }: JsonObject): JsonObject {
  const [first] = Array.isArray(choices) ? (choices as readonly JsonValue[]) : [];
  const isFirst = isJsonObject(first) && (first['index'] === 0 || first['index'] === undefined);
  return isFirst ? first : {};
}

/** Words for an end that is none; no answer of the form's own vocabulary. */
function isBreakdown(finish: string): boolean {
  return finish === 'error' || finish === 'abort';
}

/** Thinking in whichever convention it comes; the plain text says again what signed blocks say. */
function thinkingIn(said: JsonObject): readonly SealedBlock[] {
  const blocks = readThinkingBlocks(listIn(said, 'thinking_blocks'));
  const sealed =
    blocks.length > 0 ? blocks : readReasoningDetails(listIn(said, 'reasoning_details'));
  const plain = textIn(said['reasoning_content']) || textIn(said['reasoning']);
  const isSaid = sealed.some((block) => block.type !== 'thinking' || block.thinking !== '');
  if (plain === '' || isSaid) return sealed;
  return [{ type: 'thinking', thinking: plain, signature: '' }, ...sealed];
}

function callsIn(said: JsonObject, isWhole: boolean): readonly CallPiece[] {
  const calls = listIn(said, 'tool_calls').flatMap((entry, place) => {
    const called = isJsonObject(entry) ? objectIn(entry, 'function') : undefined;
    if (!isJsonObject(entry) || called === undefined) return [];
    const { index, id } = entry;
    return [
      {
        // In one piece each entry is a call of its own.
        index: typeof index === 'number' ? index : isWhole ? place : undefined,
        id: nonEmpty(id),
        ...readFunction(called),
      },
    ];
  });
  const only = objectIn(said, 'function_call');
  if (only === undefined) return calls;
  return [...calls, { index: LEGACY_CALL, id: undefined, ...readFunction(only) }];
}

/** The one call of the form of 2023, beside the places of tool calls. */
const LEGACY_CALL = -1;

function readFunction(called: JsonObject): Pick<CallPiece, 'name' | 'json'> {
  const { name, arguments: given } = called;
  const json = isJsonObject(given) ? JSON.stringify(given) : textIn(given);
  // A call without arguments is `null` to some.
  return { name: nonEmpty(name), json: json.trim() === 'null' ? '' : json };
}

/** A text, or the texts of parts. */
function textIn(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return (value as readonly JsonValue[])
    .map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
}

function objectIn(holder: JsonObject, name: string): JsonObject | undefined {
  const value = holder[name];
  return value !== undefined && isJsonObject(value) ? value : undefined;
}

function listIn(holder: JsonObject, name: string): readonly JsonValue[] {
  const value = holder[name];
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function nonEmpty(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
