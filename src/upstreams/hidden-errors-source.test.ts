import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { HiddenErrorsSource } from './hidden-errors-source.ts';

const hide = (text: string): string => text.replaceAll('sk-secret', '[redacted]');
const content =
  'event: content_block_delta\ndata: {"type":"content_block_delta","x":"sk-secret ü"}\n\n';
const error = 'event: error\ndata: {"type":"error","error":{"message":"sk-secret"}}\n\n';
const unnamed = 'data: {"type":"error","error":{"message":"sk-secret"}}\r\n\r\n';

function opened(): { readonly source: FedSource; readonly sink: NotingSink } {
  const source = new FedSource();
  const sink = new NotingSink();
  new HiddenErrorsSource(source, hide).open(sink);
  return { source, sink };
}

test('however a stream is cut, errors lose the secret and all else keeps its bytes', () => {
  const events = fc.array(fc.constantFrom(content, error, unnamed), { maxLength: 8 });
  fc.assert(
    fc.property(events, fc.array(fc.nat(120), { maxLength: 12 }), (stream, cuts) => {
      const { source, sink } = opened();
      const bytes = Buffer.from(stream.join(''));
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        source.say(bytes.subarray(at, at + cut));
        at += cut;
      }
      source.sink.end();
      const expected = stream.map((event) => (event === content ? event : hide(event))).join('');
      expect([sink.text, sink.ends]).toEqual([expected, ['end']]);
    }),
  );
});

test('a chunk without an error is passed on where it lies', () => {
  const { source, sink } = opened();
  source.say(content + content);
  expect(sink.chunks.map(String)).toEqual([content + content]);
});

test('an event that was not finished goes out at the end, and not at a cut', () => {
  const ended = opened();
  ended.source.say(content + error.trimEnd());
  ended.source.sink.end();
  expect(ended.sink.text).toBe(content + hide(error).trimEnd());
  const cut = opened();
  cut.source.say(`${content}event: err`);
  cut.source.sink.fail({ kind: 'cut', detail: 'x' });
  expect([cut.sink.text, cut.sink.ends]).toEqual([content, ['fail cut']]);
});

test('what is no stream of events ends it and frees its connection', () => {
  const { source, sink } = opened();
  expect(source.say('x'.repeat(1024 * 1024 + 2))).toBe(false);
  expect([sink.ends, source.cancelled]).toEqual([['fail malformed'], 1]);
});

test('back-pressure and cancelling go through', () => {
  const source = new FedSource();
  const sink = new NotingSink();
  sink.takesMore = false;
  const hidden = new HiddenErrorsSource(source, hide);
  hidden.open(sink);
  expect(source.say(content)).toBe(false);
  expect(source.say('event: ')).toBe(true);
  hidden.resume();
  hidden.cancel();
  expect([source.resumed, source.cancelled]).toEqual([1, 1]);
});
