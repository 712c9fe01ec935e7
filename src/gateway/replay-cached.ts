import type { CachedAnswer } from '../cache/response-cache.ts';
import { ReplaySource } from '../cache/replay-source.ts';
import type { ResponseBlock } from '../messages/content-blocks.ts';
import type { ContentBlockDelta } from '../messages/events.ts';
import { eventText } from '../messages/events.ts';
import { expandMessage } from '../messages/expand-message.ts';
import { frameJson } from '../messages/frame.ts';
import type { Message } from '../messages/response.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import type { HeaderList, UpstreamAnswer } from '../messages/upstream.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { foldAnswer } from './fold-answer.ts';

const streamHeaders: HeaderList = [
  'content-type',
  'text/event-stream; charset=utf-8',
  'cache-control',
  'no-cache',
];
const wholeHeaders: HeaderList = ['content-type', 'application/json'];

/** As what an answer has to come: a message in one piece may also be made from events later. */
export type WantedShape = 'stream' | 'message' | 'either';

/**
 * A kept answer as if an upstream had just given it, as a stream or in one piece. Undefined where it
 * cannot be turned into the other one without losing something of it: then the upstream is asked.
 */
export function replayCached(kept: CachedAnswer, wanted: WantedShape): UpstreamAnswer | undefined {
  const isEventStream = wanted === 'either' ? kept.isEventStream : wanted === 'stream';
  const bytes = kept.isEventStream === isEventStream ? kept.bytes : turned(kept);
  if (bytes === undefined) return undefined;
  return {
    kind: 'answer',
    status: 200,
    headers: isEventStream ? streamHeaders : wholeHeaders,
    isEventStream,
    body: new ReplaySource(bytes),
  };
}

function turned({ isEventStream, bytes }: CachedAnswer): Uint8Array | undefined {
  if (isEventStream && !saysOnlyWhatFolds(bytes)) return undefined;
  const folded = foldAnswer(bytes, isEventStream);
  if (folded.kind !== 'message') return undefined;
  return isEventStream ? Buffer.from(JSON.stringify(folded.message)) : expanded(folded.message);
}

/** Every kind of delta that a fold knows; one of next year would be lost in it. */
const deltaTypes: Readonly<Record<ContentBlockDelta['type'], true>> = {
  text_delta: true,
  input_json_delta: true,
  thinking_delta: true,
  signature_delta: true,
  citations_delta: true,
  compaction_delta: true,
};

function saysOnlyWhatFolds(bytes: Uint8Array): boolean {
  let isKnown = true;
  const splitter = new FrameSplitter((type, frame, start, end) => {
    if (type === 'other') isKnown = false;
    if (type !== 'content_block_delta' || !isKnown) return;
    const parsed = frameJson(frame, start, end);
    isKnown = parsed.kind === 'value' && isKnownDelta(parsed.value);
  });
  splitter.push(bytes);
  return isKnown;
}

function isKnownDelta(event: JsonValue): boolean {
  const delta = isJsonObject(event) ? event['delta'] : undefined;
  const type = isJsonObject(delta) ? delta['type'] : undefined;
  return typeof type === 'string' && Object.hasOwn(deltaTypes, type);
}

/** Every kind of block that there are events for. */
const blockTypes: Readonly<Record<ResponseBlock['type'], true>> = {
  text: true,
  thinking: true,
  redacted_thinking: true,
  tool_use: true,
  server_tool_use: true,
  mcp_tool_use: true,
  mcp_tool_result: true,
  web_search_tool_result: true,
  web_fetch_tool_result: true,
  code_execution_tool_result: true,
  bash_code_execution_tool_result: true,
  text_editor_code_execution_tool_result: true,
  tool_search_tool_result: true,
  advisor_tool_result: true,
  container_upload: true,
  compaction: true,
};

/** Pieces of this many letters, so that no line of a stream is longer than readers take. */
const PIECE_LETTERS = 4096;

function expanded(message: Message): Uint8Array | undefined {
  const isKnown = message.content.every(({ type }) => Object.hasOwn(blockTypes, type));
  if (!isKnown) return undefined;
  const options = { cutText: inPieces, cutJson: inPieces, startOutputTokens: 1 };
  try {
    const events = expandMessage(message, options);
    return Buffer.from(events.map((event) => eventText(event)).join(''));
  } catch {
    // A block that does not hold what its type says is the upstream's: it passes in one piece only.
    return undefined;
  }
}

/** The text, cut between letters and never through one. */
function inPieces(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + PIECE_LETTERS, text.length);
    if (isHighSurrogate(text.charCodeAt(to - 1)) && to < text.length) to += 1;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff;
}
