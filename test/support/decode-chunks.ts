import { expect } from 'vitest';
import { EventSequence } from '../../src/messages/event-sequence.ts';
import type { MessagesEvent } from '../../src/messages/events.ts';
import { EventFold } from '../../src/messages/fold-events.ts';
import type { Message } from '../../src/messages/response.ts';
import type { JsonValue } from '../../src/std/json.ts';
import type { AnswerFacts } from '../../src/upstreams/chat-completions/answer-decoder.ts';
import { AnswerDecoder } from '../../src/upstreams/chat-completions/answer-decoder.ts';

/** What a decoder of tests knows of its request. */
export const facts: AnswerFacts = {
  model: 'claude-sonnet-4-6',
  idStem: 'X',
  stopSequences: ['END', 'STOP'],
  roughInputTokens: 11,
  countInput: () => 13,
  countOutput: (text) => text.length,
};

export function eventsOf(
  chunks: readonly object[],
  more: Partial<AnswerFacts> = {},
): MessagesEvent[] {
  const events: MessagesEvent[] = [];
  const decoder = new AnswerDecoder({ ...facts, ...more }, (event) => events.push(event));
  for (const said of chunks) expect(decoder.take(said as JsonValue)).toBeUndefined();
  expect(decoder.finish()).toBe(true);
  return events;
}

/** The message that the events amount to; their order has to be that of the canonical form. */
export function messageOf(events: readonly MessagesEvent[]): Message {
  const sequence = new EventSequence();
  const fold = new EventFold();
  for (const event of events) {
    expect(sequence.next(event.type)).toBeUndefined();
    fold.take(event);
  }
  expect(sequence.ended).toBe(true);
  const folded = fold.result();
  if (folded.kind !== 'message') throw new Error(folded.kind);
  return folded.message;
}

/** The message that chunks amount to. */
export function said(chunks: readonly object[], more: Partial<AnswerFacts> = {}): Message {
  return messageOf(eventsOf(chunks, more));
}

export function textBlock(words: string): object {
  return { type: 'text', text: words };
}

export function callBlock(id: string, name: string, input: object): object {
  return { type: 'tool_use', id, name, input };
}

/** A function of a call's delta. */
export function named(name: string, json = ''): object {
  return { name, arguments: json };
}

export const signed: object = { type: 'thinking', thinking: 'Hm, yes', signature: 'sig' };
