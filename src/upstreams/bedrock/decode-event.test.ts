import { expect, test } from 'vitest';
import { decodeChunk } from './decode-event.ts';

const chunk = (json: string): Buffer =>
  Buffer.from(JSON.stringify({ bytes: Buffer.from(json).toString('base64'), p: 'abcd' }));

const METRICS = '"amazon-bedrock-invocationMetrics":{"inputTokenCount":1}';
const spoken =
  '{"type":"content_block_delta","delta":{"type":"text_delta","text":"\\"amazon-bedrock-invocationMetrics\\""}}';

test.each<[string, string, string | undefined]>([
  ['as it is', '{"type":"ping" ,"n":1.0}', 'event: ping\ndata: {"type":"ping" ,"n":1.0}\n\n'],
  [
    'without what Bedrock adds',
    `{"type":"message_stop",${METRICS}}`,
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ],
  [
    'without it wherever it stands',
    `{${METRICS}, "type":"message_stop"}`,
    'event: message_stop\ndata: { "type":"message_stop"}\n\n',
  ],
  ['with what the model says of that', spoken, `event: content_block_delta\ndata: ${spoken}\n\n`],
  ['on one line', '{\n  "type": "ping"\r\n}', 'event: ping\ndata: {   "type": "ping" }\n\n'],
  ['not at all without a type', '{"usage":{}}', undefined],
  ['not at all where its type would be a line', '{"type":"a\\nb"}', undefined],
])('an event comes out %s', (_name, json, text) => {
  expect(decodeChunk(chunk(json))).toEqual(
    text === undefined ? { kind: 'none' } : { kind: 'event', text },
  );
});

test.each([
  ['no JSON', Buffer.from('{')],
  ['no bytes', Buffer.from('{"p":"abc"}')],
  ['bytes that are no JSON', chunk('{"type":"message_st')],
])('a chunk with %s is malformed', (_name, payload) => {
  expect(decodeChunk(payload).kind).toBe('malformed');
});
