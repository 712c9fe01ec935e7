import { expect } from 'vitest';
import type { ChatChunk, ChatCompletion } from '../../src/chat-form/chat-response.ts';
import type { AnswerShape } from '../../src/dialects/chat-completions/answer-shape.ts';
import { createAnswerEncoder } from '../../src/dialects/chat-completions/encode-answer.ts';
import type { MessagesEvent } from '../../src/messages/events.ts';
import { eventText } from '../../src/messages/events.ts';
import type { Message } from '../../src/messages/response.ts';
import type { JsonObject } from '../../src/std/json.ts';

/** The shape of the answer to a plain request; `more` is what the request has besides. */
export function shapeOf(more: Partial<AnswerShape> = {}): AnswerShape {
  return {
    id: 'chatcmpl-AAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    created: 1_762_343_744,
    model: 'anthropic/claude-sonnet-4.6',
    isStream: false,
    includesUsage: false,
    callsAs: 'tool_calls',
    customTools: new Set(),
    reasoning: 'content-and-blocks',
    removesFence: false,
    metadata: undefined,
    ignored: [],
    credits: undefined,
    isKnownModel: true,
    fields: new Set(['model', 'messages']),
    ...more,
  };
}

/** A message of an upstream with one text; `more` is what differs. */
export function messageOf(more: object = {}): Message {
  return {
    model: 'claude-sonnet-4-6',
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'hello' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
    ...more,
  };
}

/** What a caller gets who asked for one piece. */
export function completionOf(message: Message, more: Partial<AnswerShape> = {}): ChatCompletion {
  const { body } = createAnswerEncoder(shapeOf(more)).encodeMessage(message);
  return JSON.parse(Buffer.from(body).toString()) as ChatCompletion;
}

/** What a caller gets who asked for a stream: its bytes. */
export function streamOf(
  events: readonly (MessagesEvent | JsonObject)[],
  more: Partial<AnswerShape> = {},
): string {
  const stream = createAnswerEncoder(shapeOf({ isStream: true, ...more })).startStream();
  return events.map((event) => stream.encode(event as unknown as JsonObject)).join('');
}

/** The data of a stream's frames, each of which must be one line and a blank one. */
export function dataIn(stream: string): readonly string[] {
  const frames = stream.split('\n\n');
  expect(frames.pop()).toBe('');
  return frames.flatMap((frame) => {
    if (frame.startsWith(':')) return [];
    const [, data = ''] = /^data: (.+)$/.exec(frame) ?? [];
    expect(data).not.toBe('');
    return [data];
  });
}

/** The chunks of a stream that came to its end; all must have one head. */
export function chunksIn(stream: string): readonly ChatChunk[] {
  const data = dataIn(stream);
  expect(data.at(-1)).toBe('[DONE]');
  const chunks = data.slice(0, -1).map((text) => JSON.parse(text) as ChatChunk);
  const heads = chunks.map(({ id, object, created, model }) => [id, object, created, model].join());
  expect(new Set(heads).size).toBe(1);
  return chunks;
}

/** Events as upstreams send them, for streams written by hand. */
export const started: JsonObject = {
  type: 'message_start',
  message: {
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 1 },
  },
};
export const stopped: JsonObject = { type: 'message_stop' };

/** Events as the bytes of the wire. */
export function wireOf(events: readonly JsonObject[]): string {
  return events.map((event) => eventText(event as unknown as MessagesEvent)).join('');
}

export function blockStarted(index: number, content_block: JsonObject): JsonObject {
  return { type: 'content_block_start', index, content_block };
}

export function grown(index: number, delta: JsonObject): JsonObject {
  return { type: 'content_block_delta', index, delta };
}

export function blockStopped(index: number): JsonObject {
  return { type: 'content_block_stop', index };
}

export function ended(stop_reason: string, more: JsonObject = {}): JsonObject {
  const usage = { output_tokens: 5 };
  return { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage, ...more };
}

/** A text block with these deltas. */
export function textBlock(index: number, ...texts: readonly string[]): readonly JsonObject[] {
  return [
    blockStarted(index, { type: 'text', text: '' }),
    ...texts.map((text) => grown(index, { type: 'text_delta', text })),
    blockStopped(index),
  ];
}

/** A call with these pieces of its arguments. */
export function callBlock(index: number, name: string, ...pieces: readonly string[]): JsonObject[] {
  const id = `toolu_${String(index)}`;
  return [
    blockStarted(index, { type: 'tool_use', id, name, input: {} }),
    ...pieces.map((partial_json) => grown(index, { type: 'input_json_delta', partial_json })),
    blockStopped(index),
  ];
}
