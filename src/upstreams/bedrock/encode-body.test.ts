import { expect, test } from 'vitest';
import { scanBody } from '../scanned-body.ts';
import { encodeBody, encodeCount } from './encode-body.ts';

type Encode = typeof encodeBody;

function encoded(encode: Encode, body: string, beta?: string): string {
  const scanned = scanBody(Buffer.from(body));
  if (scanned === undefined) throw new Error('no object');
  const headers = beta === undefined ? [] : ['anthropic-beta', beta];
  return Buffer.from(encode(scanned, headers)).toString();
}

const VERSION = '"anthropic_version":"bedrock-2023-05-31"';

/** The API reference, §12: request rewriting. */
test.each<[string, string | undefined, string]>([
  ['{"model":"m","a":1.0}', undefined, `{${VERSION},"a":1.0}`],
  [
    '{ "a" : "\\u0061" , "model":"m" , "stream": true }',
    undefined,
    `{${VERSION}, "a" : "\\u0061" }`,
  ],
  ['{"a":1}', 'x, y,x,', `{${VERSION},"anthropic_beta":["x","y"],"a":1}`],
  ['{"anthropic_beta":["z"],"a":1}', 'x', `{${VERSION},"anthropic_beta":["z","x"],"a":1}`],
  ['{"anthropic_beta":["z"],"a":1}', undefined, `{${VERSION},"anthropic_beta":["z"],"a":1}`],
  ['{"anthropic_version":"mine","a":1}', undefined, '{"anthropic_version":"mine","a":1}'],
])('%s with the betas %s is %s', (body, beta, wanted) => {
  expect(encoded(encodeBody, body, beta)).toBe(wanted);
});

test.each<[string, string]>([
  ['{"model":"m","messages":[]}', `{${VERSION},"max_tokens":1,"messages":[]}`],
  ['{"max_tokens":7}', `{${VERSION},"max_tokens":7}`],
  [
    '{"thinking":{"type":"enabled","budget_tokens":2048}}',
    `{${VERSION},"max_tokens":2049,"thinking":{"type":"enabled","budget_tokens":2048}}`,
  ],
])('a count of %s counts %s', (body, wanted) => {
  const { input } = JSON.parse(encoded(encodeCount, body)) as {
    input: { invokeModel: { body: string } };
  };
  expect(Buffer.from(input.invokeModel.body, 'base64').toString()).toBe(wanted);
});

test('the same request is the same bytes', () => {
  const body = '{"model":"m","system":"s","messages":[]}';
  expect(encoded(encodeBody, body, 'b')).toBe(encoded(encodeBody, body, 'b'));
});
