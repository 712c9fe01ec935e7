import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkMessage, eventMessage } from '../../../test/support/bedrock-server.ts';
import { closing, opening } from '../../../test/support/event-stream.ts';
import { eventTexts } from '../../../test/support/engine-server.ts';
import { FedSource, NotingSink } from '../../../test/support/fed-source.ts';
import { BedrockEventSource } from './bedrock-event-source.ts';

interface Fed {
  readonly source: FedSource;
  readonly stream: BedrockEventSource;
  readonly sink: NotingSink;
  readonly reasons: readonly string[];
}

function open(hidden: readonly string[] = []): Fed {
  const source = new FedSource();
  const sink = new NotingSink();
  const reasons: string[] = [];
  const stream = new BedrockEventSource(source, {
    requestId: 'req_1',
    hidden,
    onError: (reason, { code }) => reasons.push(`${reason} ${code}`),
  });
  stream.open(sink);
  return { source, stream, sink, reasons };
}

function exception(name: string, message: string): Buffer {
  const headers = { ':message-type': 'exception', ':exception-type': name };
  return eventMessage(headers, JSON.stringify({ message }));
}

const events = eventTexts(opening + closing).map((json) => json.replace('": "', '":"'));
const canonical = events
  .map((json) => `event: ${(JSON.parse(json) as { type: string }).type}\ndata: ${json}\n\n`)
  .join('');
const wire = Buffer.concat(events.map((json) => chunkMessage(json)));
const ping = chunkMessage('{"type":"ping"}');

test('a stream is the same events however it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(wire.length), { maxLength: 20 }), (places) => {
      const { source, sink } = open();
      const cuts = [...places, wire.length].toSorted((one, other) => one - other);
      cuts.forEach((end, index) => source.say(wire.subarray(cuts[index - 1] ?? 0, end)));
      source.sink.end();
      expect([sink.text, sink.ends]).toEqual([canonical, ['end']]);
    }),
  );
});

test('what one chunk brings goes on as one, and what its reader says goes back', () => {
  const { source, stream, sink } = open();
  sink.takesMore = false;
  expect(source.say(wire)).toBe(false);
  expect(sink.chunks).toHaveLength(1);
  stream.resume();
  expect(source.resumed).toBe(1);
  expect(source.say(ping.subarray(0, 20))).toBe(true);
});

describe('what is no event', () => {
  test.each<[string, Buffer, string]>([
    ['a throttling', exception('throttlingException', 'No.'), 'rate_limit_error'],
    ['a validation', exception('validationException', 'No.'), 'invalid_request_error'],
    ['a time-out', exception('modelTimeoutException', 'No.'), 'timeout_error'],
    ['a lack', exception('serviceUnavailableException', 'No.'), 'overloaded_error'],
    ['a failure', exception('internalServerException', 'No.'), 'api_error'],
    [
      'an error without an exception',
      eventMessage(
        { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'No.' },
        '',
      ),
      'api_error',
    ],
  ])('%s is the last event, and the connection is given up', (_name, message, type) => {
    const { source, sink, reasons } = open();
    source.say(Buffer.concat([ping, message, ping]));
    source.say(ping);
    source.sink.end();
    expect(sink.text).toBe(
      `event: ping\ndata: {"type":"ping"}\n\nevent: error\ndata: {"type":"error","error":{"details":null,"type":"${type}","message":"No."},"request_id":"req_1"}\n\n`,
    );
    expect([sink.ends, source.cancelled, reasons.length]).toEqual([['end'], 1, 1]);
  });

  test('an exception says nothing that is hidden', () => {
    const { source, sink } = open(['AKIACANARY']);
    source.say(exception('validationException', 'AKIACANARY of arn:aws:iam::1:user/x'));
    expect(sink.text).toContain('"message":"[redacted] of [redacted]"');
  });

  test('another kind of event passes by', () => {
    const { source, sink } = open();
    source.say(eventMessage({ ':message-type': 'event', ':event-type': 'initial-response' }, '{}'));
    source.say(ping);
    expect([sink.text, sink.ends]).toEqual(['event: ping\ndata: {"type":"ping"}\n\n', []]);
  });

  test.each<[string, Uint8Array]>([
    ['no event stream', Buffer.from('<html>and more of that</html>')],
    ['a chunk without bytes', eventMessage({ ':event-type': 'chunk' }, '{}')],
  ])('%s breaks it off behind what came before', (_name, bytes) => {
    const { source, sink } = open();
    source.say(Buffer.concat([ping, bytes, ping]));
    source.say(ping);
    expect([sink.text, sink.ends]).toEqual([
      'event: ping\ndata: {"type":"ping"}\n\n',
      ['fail malformed'],
    ]);
    expect(source.cancelled).toBe(1);
  });
});

test('an end within a message is a cut', () => {
  const { source, sink } = open();
  source.say(ping.subarray(0, -1));
  source.sink.end();
  expect(sink.ends).toEqual(['fail cut']);
});

test('a break goes on as it is', () => {
  const { source, sink } = open();
  source.sink.fail({ kind: 'idle-timeout', detail: 'silent' });
  expect(sink.ends).toEqual(['fail idle-timeout']);
});

test('who gives up hears nothing more', () => {
  const { source, stream, sink } = open();
  source.say(ping);
  stream.cancel();
  source.say(ping);
  source.sink.end();
  source.sink.fail({ kind: 'cut', detail: '' });
  expect([sink.chunks.length, sink.ends, source.cancelled]).toEqual([1, [], 1]);
});
