import { membersIn, setMembers, spliceBytes, withoutItems } from '../std/edit-json.ts';
import type { Splice } from '../std/edit-json.ts';
import type { FoundJson, JsonWanted } from '../std/find-json-values.ts';
import { findJsonValues } from '../std/find-json-values.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { JsonSpan } from '../std/scan-json.ts';

/** Where the API says that a block of a message is wrong. */
const blockPath = /^messages\.(\d+)\.content\.(\d+)[.:]/;

const thinkingTypes: ReadonlySet<JsonValue | undefined> = new Set([
  'thinking',
  'redacted_thinking',
]);

/**
 * The body without the thinking of earlier turns, where what an upstream says of it is about such a
 * block; undefined where it is about something else. What is wrong is read off the block that the
 * complaint points at, never off its words. All other bytes stay.
 */
export function thinkingStripped(body: Uint8Array, complaint: string): Uint8Array | undefined {
  const [, message, block] = blockPath.exec(complaint) ?? [];
  const members = membersIn(body);
  const span = members?.get('messages');
  if (message === undefined || members === undefined || span === undefined) return undefined;
  const messages = valueAt(body, span);
  if (!Array.isArray(messages)) return undefined;
  const turns = messages as readonly JsonValue[];
  if (!isThinking(blocksOf(turns[Number(message)])[Number(block)])) return undefined;
  const stripped = spliceBytes(body, splicesFor(body, span, turns));
  return needsThinking(turns) ? withoutAsking(stripped) : stripped;
}

function valueAt(body: Uint8Array, { start, end }: JsonSpan): JsonValue | undefined {
  const parsed = parseJson(textOf(body, start, end));
  return parsed.kind === 'value' ? parsed.value : undefined;
}

function blocksOf(message: JsonValue | undefined): readonly JsonValue[] {
  const content = isJsonObject(message) ? message['content'] : undefined;
  return Array.isArray(content) ? (content as readonly JsonValue[]) : [];
}

function isThinking(block: JsonValue | undefined): boolean {
  return isJsonObject(block) && thinkingTypes.has(block['type']);
}

const turnsAndBlocks: JsonWanted = {
  isWanted: (place) => place.length === 1 || (place.length === 3 && place[1] === 'content'),
  mayHold: (place) => place.length < 2 || (place.length === 2 && place[1] === 'content'),
};

/** A message of nothing but thinking goes whole: the API takes none that is empty. */
function splicesFor(
  body: Uint8Array,
  { start, end }: JsonSpan,
  turns: readonly JsonValue[],
): readonly Splice[] {
  const found = findJsonValues(body.subarray(start, end), turnsAndBlocks) ?? [];
  const moved = found.map(({ place, span }) => ({
    place,
    span: { start: start + span.start, end: start + span.end },
  }));
  const turnSpans = moved.filter(({ place }) => place.length === 1);
  const bare = new Set<number>();
  const inner = turns.flatMap((turn, index): readonly Splice[] => {
    const blocks = blocksOf(turn);
    const spans = spansOfBlocks(moved, index);
    const dropped = new Set(blocks.flatMap((block, at) => (isThinking(block) ? [at] : [])));
    if (dropped.size === 0 || spans.length !== blocks.length) return [];
    if (dropped.size < blocks.length) return withoutItems(spans, dropped);
    bare.add(index);
    return [];
  });
  if (turnSpans.length !== turns.length) return inner;
  const outer = withoutItems(
    turnSpans.map(({ span }) => span),
    bare,
  );
  return [...inner, ...outer].toSorted((one, other) => one.span.start - other.span.start);
}

function spansOfBlocks(found: readonly FoundJson[], turn: number): readonly JsonSpan[] {
  return found
    .filter(({ place }) => place.length === 3 && place[0] === turn)
    .map(({ span }) => span);
}

/** Amid a loop of tools the API wants the thinking that led to the call, or none asked for. */
function needsThinking(turns: readonly JsonValue[]): boolean {
  return blocksOf(turns.at(-1)).some(
    (block) => isJsonObject(block) && block['type'] === 'tool_result',
  );
}

function withoutAsking(body: Uint8Array): Uint8Array {
  const members = membersIn(body);
  const span = members?.get('thinking');
  if (members === undefined || span === undefined) return body;
  const thinking = valueAt(body, span);
  if (!isJsonObject(thinking) || thinking['type'] !== 'enabled') return body;
  return setMembers(
    body,
    members,
    new Map<string, JsonObject>([['thinking', { type: 'disabled' }]]),
  );
}
