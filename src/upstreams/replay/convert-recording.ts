import { serverToolResultTypes } from '../../messages/content-blocks.ts';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal, refusal, refusalOfError } from '../../messages/errors.ts';
import { EventSequence } from '../../messages/event-sequence.ts';
import type { MessagesEvent } from '../../messages/events.ts';
import { eventText, eventTypes } from '../../messages/events.ts';
import { expandMessage } from '../../messages/expand-message.ts';
import { EventFold } from '../../messages/fold-events.ts';
import { frameJson } from '../../messages/frame.ts';
import type { RecordedStream, RecordedWhole } from '../../messages/recorded-exchange.ts';
import { isRecordedStream } from '../../messages/recorded-exchange.ts';
import type { Message } from '../../messages/response.ts';
import { FrameSplitter } from '../../messages/split-frames.ts';
import type { JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson } from '../../std/json.ts';

const PIECE_LETTERS = 40;

/** An answer as it is played: in the form that the request asks for. */
export type RecordedAnswer = RecordedWhole | RecordedStream;

/** A recorded answer in the form that is asked for, whatever form it was recorded in. */
export function answerInForm(
  response: RecordedAnswer,
  isStream: boolean,
): RecordedAnswer | Refusal {
  if (isRecordedStream(response)) return isStream ? response : wholeOf(response);
  return isStream && response.status === 200 ? streamOf(response) : response;
}

function wholeOf(response: RecordedStream): RecordedWhole | Refusal {
  const { chunks: _chunks, ...head } = response;
  if (response.ended.how === 'idle-timeout') return refusal('upstream_timeout');
  const message = messageOfStream(response);
  if (isRefusal(message)) return message;
  return {
    ...head,
    headers: { ...head.headers, 'content-type': 'application/json' },
    head_ms: response.ended.at_ms,
    body: message as unknown as JsonValue,
  };
}

function streamOf(response: RecordedWhole): RecordedAnswer | Refusal {
  const { body, body_text: text, ...head } = response;
  // What broke, breaks again; it has no message that could be streamed.
  if (response.ended.how !== 'complete') return response;
  const parsed = text === undefined ? undefined : parseJson(text);
  const stream = streamOfMessage(parsed?.kind === 'value' ? parsed.value : body);
  if (stream === undefined) {
    return refusal('upstream_failed', 'The recorded answer has no form in events.');
  }
  return {
    ...head,
    headers: { ...head.headers, 'content-type': 'text/event-stream; charset=utf-8' },
    chunks: [[response.ended.at_ms, stream]],
  };
}

/** The message that a recorded stream amounts to, or the refusal where it has none. */
function messageOfStream({ chunks }: RecordedStream): Message | Refusal {
  const events: MessagesEvent[] = [];
  const splitter = new FrameSplitter((type, bytes, start, end) => {
    const parsed = frameJson(bytes, start, end);
    const isKnown = eventTypes.some((known) => known === type);
    if (isKnown && parsed.kind === 'value') events.push(parsed.value as unknown as MessagesEvent);
  });
  splitter.push(Buffer.from(chunks.map(([, text]) => text).join('')));
  splitter.end();
  if (!isInOrder(events)) return refusal('upstream_truncated');
  const fold = new EventFold();
  for (const event of events) fold.take(event);
  const folded = fold.result();
  switch (folded.kind) {
    case 'message':
      return folded.message;
    case 'failed':
      return refusalOfError(folded.error);
    case 'incomplete':
      return refusal('upstream_truncated');
  }
}

/** Whether the fold can take the events: each in its order, each delta to a block that was begun. */
function isInOrder(events: readonly MessagesEvent[]): boolean {
  const sequence = new EventSequence();
  let blocks = 0;
  return events.every((event) => {
    if (event.type === 'content_block_start') blocks += 1;
    const isOfBlock = event.type !== 'content_block_delta' || event.index < blocks;
    return isOfBlock && sequence.next(event.type)?.kind !== 'broken';
  });
}

/** Kinds of blocks that can be streamed; one of next year is not known to have deltas. */
const streamedTypes: ReadonlySet<unknown> = new Set([
  'text',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'server_tool_use',
  'mcp_tool_use',
  'mcp_tool_result',
  'container_upload',
  'compaction',
  ...serverToolResultTypes,
]);

/** The stream of a recorded one-piece message; undefined where the body is none. */
function streamOfMessage(body: JsonValue | undefined): string | undefined {
  if (!isJsonObject(body) || body['type'] !== 'message') return undefined;
  const { content, usage } = body;
  if (!Array.isArray(content) || !isJsonObject(usage)) return undefined;
  const isKnown = (content as readonly JsonValue[]).every(
    (block) => isJsonObject(block) && streamedTypes.has(block['type']),
  );
  if (!isKnown) return undefined;
  const events = expandMessage(body as unknown as Message, {
    cutText: cut,
    cutJson: cut,
    startOutputTokens: 1,
  });
  return events.map((event) => eventText(event)).join('');
}

/** Pieces of a bounded length that split no character. */
function cut(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const letter of text) {
    piece += letter;
    if (piece.length < PIECE_LETTERS) continue;
    pieces.push(piece);
    piece = '';
  }
  return piece === '' ? pieces : [...pieces, piece];
}
