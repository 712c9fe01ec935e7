import { describe, expect, test } from 'vitest';
import type { EventEncoder } from '../dialects/dialect.ts';
import {
  messageDelta,
  messageStop,
  opening,
  textDelta,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { ScriptedEnd } from './relay-scripted.ts';
import { ScriptedRelay } from './relay-scripted.ts';

/** Another form, in which an event is its type. */
const types: EventEncoder = {
  encode: ({ type }) => `<${typeof type === 'string' ? type : ''}>`,
  keepAlive: new Uint8Array(0),
};

function relay(
  isEventStream = true,
  encoder?: EventEncoder,
): {
  source: FedSource;
  sink: NotingSink;
  relayed: ScriptedRelay;
  ends: ScriptedEnd[];
} {
  const source = new FedSource();
  const sink = new NotingSink();
  const ends: ScriptedEnd[] = [];
  const answer = { kind: 'answer', status: 200, headers: [], isEventStream, body: source } as const;
  const relayed = new ScriptedRelay(answer, (end) => ends.push(end), encoder);
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

  test('is translated for another form, and what cannot be read stays what it is', () => {
    const { source, sink, ends } = relay(true, types);
    const broken = textDelta('Grüße').slice(0, -20);
    source.say(`${opening}${broken}\n\n${broken.slice(0, 40)}`);
    source.say(`${broken.slice(40)}\n\n${textDelta('world')}${messageStop}`);
    source.sink.end();
    expect(sink.text).toBe(
      `<message_start><content_block_start><ping><content_block_delta>${broken}\n\n${broken}\n\n<content_block_delta><message_stop>`,
    );
    expect(ends).toEqual(['complete']);
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
