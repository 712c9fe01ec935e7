import { describe, expect, test } from 'vitest';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { ContentEnd } from './relay-content.ts';
import { ContentRelay } from './relay-content.ts';

function relayed(): {
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly relay: ContentRelay;
  readonly ends: ContentEnd[];
} {
  const source = new FedSource();
  const sink = new NotingSink();
  const ends: ContentEnd[] = [];
  const relay = new ContentRelay(source, (end) => ends.push(end));
  relay.open(sink);
  return { source, sink, relay, ends };
}

describe('ContentRelay', () => {
  test('passes chunks on as they are, counts them, and says that it is complete', () => {
    const { source, sink, relay, ends } = relayed();
    source.say('one');
    source.say('three');
    source.sink.end();
    expect(sink.text).toBe('onethree');
    expect(relay.bytesPassed).toBe(8);
    expect(ends).toEqual([{ kind: 'complete' }]);
  });

  test('hands the reader’s pace to the source', () => {
    const { source, sink, relay } = relayed();
    sink.takesMore = false;
    expect(source.say('x')).toBe(false);
    relay.resume();
    expect(source.resumed).toBe(1);
  });

  test('a source that breaks is broken for the reader too', () => {
    const { source, ends } = relayed();
    source.say('x');
    source.sink.fail({ kind: 'cut', detail: 'no more' });
    expect(ends).toEqual([{ kind: 'broken', fault: { kind: 'cut', detail: 'no more' } }]);
  });

  test('a reader that goes frees the source, and is said once', () => {
    const { source, relay, ends } = relayed();
    relay.cancel();
    relay.cancel();
    source.sink.end();
    expect(source.cancelled).toBeGreaterThan(0);
    expect(ends).toEqual([{ kind: 'client-gone' }]);
  });
});
