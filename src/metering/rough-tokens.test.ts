import { expect, test } from 'vitest';
import { eventText } from '../messages/events.ts';
import type { FrameType } from '../messages/frame.ts';
import { roughTokensOf } from './rough-tokens.ts';

const words = 'Twelve words make about as many tokens, give or take a few.';

function deltaBytes(text: string): number {
  const delta = { type: 'text_delta', text } as const;
  return Buffer.byteLength(eventText({ type: 'content_block_delta', index: 0, delta }));
}

test.each<[string, FrameType, number, readonly [number, number]]>([
  ['a piece of text', 'content_block_delta', deltaBytes(words), [13, 17]],
  ['a letter', 'content_block_delta', deltaBytes('a'), [1, 1]],
  ['a seal of 4,000 letters', 'content_block_delta', deltaBytes('A'.repeat(4000)), [990, 1010]],
  ['a chunk without a type', 'none', 225 + words.length, [13, 17]],
  ['the start of a block', 'content_block_start', 200, [0, 0]],
  ['the end', 'message_delta', 200, [0, 0]],
  ['a ping', 'ping', 40, [0, 0]],
])('%s', (_name, type, bytes, [least, most]) => {
  const tokens = roughTokensOf(type, bytes);
  expect(tokens).toBeGreaterThanOrEqual(least);
  expect(tokens).toBeLessThanOrEqual(most);
});
