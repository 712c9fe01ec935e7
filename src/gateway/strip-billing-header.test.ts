import { describe, expect, test } from 'vitest';
import { withoutBillingHeader } from './strip-billing-header.ts';

const note = '{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cch=0f3a9;"}';
const other = '{ "type": "text", "text": "You are Claude Code.", "cache_control": {} }';

const strip = (text: string): string =>
  Buffer.from(withoutBillingHeader(Buffer.from(text))).toString();

describe('withoutBillingHeader', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'first of several blocks',
      `{"model":"m", "system": [ ${note} ,\n ${other}], "messages":[]}`,
      `{"model":"m", "system": [ ${other}], "messages":[]}`,
    ],
    ['last of them', `{"system":[${other}, ${note} ]}`, `{"system":[${other} ]}`],
    ['the only one', `{"system":[${note}],"model":"m"}`, '{"system":[],"model":"m"}'],
    [
      'written with escapes, and more in the block',
      '{"x-anthropic-billing-header:":1,"system":[{"cache_control":null,"text":"\\u0078-anthropic-billing-header:","type":"text"}]}',
      '{"x-anthropic-billing-header:":1,"system":[]}',
    ],
  ];
  test.each(cases)('%s', (_name, text, expected) => {
    expect(strip(text)).toBe(expected);
  });

  const kept: readonly (readonly [string, string])[] = [
    ['a request without it', `{"system":[${other}]}`],
    [
      'a text that only speaks of it',
      '{"system":[{"type":"text","text":"no x-anthropic-billing-header: here"}]}',
    ],
    ['the same words of a user', `{"system":[],"messages":[{"role":"user","content":[${note}]}]}`],
    ['a system that is one text', '{"system":"x-anthropic-billing-header: x"}'],
    ['a list with something else in it', `{"system":["a",${note}]}`],
    ['no JSON', 'x-anthropic-billing-header:'],
  ];
  test.each(kept)('%s stays as it is', (_name, text) => {
    expect(strip(text)).toBe(text);
  });
});
