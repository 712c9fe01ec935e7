import { describe, expect, test } from 'vitest';
import { messageDelta, opening, wholeStream } from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { ScriptedEnd } from './relay-scripted.ts';
import { ScriptedRelay } from './relay-scripted.ts';

function relay(isEventStream = true): {
  source: FedSource;
  sink: NotingSink;
  relayed: ScriptedRelay;
  ends: ScriptedEnd[];
} {
  const source = new FedSource();
  const sink = new NotingSink();
  const ends: ScriptedEnd[] = [];
  const answer = { kind: 'answer', status: 200, headers: [], isEventStream, body: source } as const;
  const relayed = new ScriptedRelay(answer, (end) => ends.push(end));
  relayed.open(sink);
  return { source, sink, relayed, ends };
}

describe('an answer that breaks on purpose', () => {
  test('goes on as it comes, half events too, and its usage is seen', () => {
    const { source, sink, relayed, ends } = relay();
    source.say(opening.slice(0, 30));
    expect(sink.text).toBe(opening.slice(0, 30));
    source.say(opening.slice(30) + messageDelta);
    source.sink.end();
    expect(sink.text).toBe(opening + messageDelta);
    expect([sink.ends, ends]).toEqual([['end'], ['broken']]);
    expect(relayed.usage.usage).toMatchObject({ inputTokens: 11, outputTokens: 42 });
    expect(relayed.bytesPassed).toBe(Buffer.byteLength(opening + messageDelta));
  });

  test.each(['cut', 'reset'] as const)('a %s stays what it is', (kind) => {
    const { source, sink, ends } = relay();
    source.say(opening);
    source.sink.fail({ kind, detail: '' });
    expect([sink.ends, ends]).toEqual([[`fail ${kind}`], ['broken']]);
  });

  test('that comes to its end after all is complete', () => {
    const { source, ends } = relay();
    source.say(wholeStream);
    source.sink.end();
    expect(ends).toEqual(['complete']);
  });

  test('in one piece ends with its body, whatever that is', () => {
    const { source, sink, ends } = relay(false);
    source.say('{"half":');
    source.sink.end();
    expect([sink.text, ends]).toEqual(['{"half":', ['complete']]);
  });

  test('whose caller has gone stops its source, and is over once', () => {
    const { source, relayed, ends } = relay();
    source.say(opening);
    relayed.cancel();
    relayed.cancel();
    expect(source.cancelled).toBeGreaterThan(0);
    expect(ends).toEqual(['client-gone']);
  });
});
