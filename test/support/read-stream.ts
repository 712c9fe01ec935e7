import { expect } from 'vitest';
import type { MessagesEvent } from '../../src/messages/events.ts';
import { EventSequence } from '../../src/messages/event-sequence.ts';
import type { Message } from '../../src/messages/response.ts';
import type { Case } from './conformance.ts';
import { ask } from './conformance.ts';
import type { RawAnswer } from './post.ts';
import type { TestGateway } from './start-test-gateway.ts';

export type Sent = Omit<Case, 'name' | 'says' | 'status' | 'body'>;

/** The events of a stream; each `event:` line must name the type that its data has (§5.1). */
export function eventsIn(body: string): readonly MessagesEvent[] {
  const frames = body.split('\n\n');
  expect(frames.pop()).toBe('');
  return frames.map((frame) => {
    const lines = /^event: (\w+)\ndata: (.+)$/.exec(frame);
    const event = JSON.parse(lines?.[2] ?? 'null') as MessagesEvent;
    expect(event.type).toBe(lines?.[1]);
    return event;
  });
}

/** Asks for a stream, which must come in good order to its end. */
export async function askStream(
  gateway: TestGateway,
  sent: Sent,
): Promise<{ readonly answer: RawAnswer; readonly events: readonly MessagesEvent[] }> {
  const answer = await ask(gateway, { ...sent, change: { ...sent.change, stream: true } });
  expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
  const events = eventsIn(answer.body.toString());
  const sequence = new EventSequence();
  for (const event of events) expect(sequence.next(event.type)).toBeUndefined();
  expect([sequence.ended, sequence.failed]).toEqual([true, false]);
  return { answer, events };
}

/** Asks for the same in one piece. */
export async function askWhole(gateway: TestGateway, sent: Sent): Promise<Message> {
  const answer = await ask(gateway, sent);
  expect([answer.status, answer.body.toString().slice(0, 300)]).toEqual([
    200,
    expect.stringContaining('"type":"message"'),
  ]);
  return JSON.parse(answer.body.toString()) as Message;
}

/** What the deltas of a kind carry, in order. */
export function deltasIn(
  events: readonly MessagesEvent[],
  type: 'text_delta' | 'input_json_delta',
): readonly string[] {
  return events.flatMap((event) => {
    if (event.type !== 'content_block_delta' || event.delta.type !== type) return [];
    return event.delta.type === 'text_delta' ? [event.delta.text] : [event.delta.partial_json];
  });
}
