import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../std/json.ts';
import type { SealedBlock } from './reasoning-details.ts';
import {
  chatThinkingBlock,
  isSigned,
  readReasoningDetails,
  readThinkingBlocks,
  reasoningDetail,
} from './reasoning-details.ts';

const block: fastCheck.Arbitrary<SealedBlock> = fastCheck.oneof(
  fastCheck.record({
    type: fastCheck.constant('thinking' as const),
    thinking: fastCheck.string(),
    signature: fastCheck.string({ minLength: 1 }),
  }),
  fastCheck.record({
    type: fastCheck.constant('redacted_thinking' as const),
    data: fastCheck.string({ minLength: 1 }),
  }),
);

/** As the wire has it: through JSON. */
function sent(value: unknown): readonly JsonValue[] {
  return JSON.parse(JSON.stringify(value)) as readonly JsonValue[];
}

describe('thinking survives the way there and back', () => {
  test('as blocks', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.array(block), (blocks) => {
        const back = readThinkingBlocks(sent(blocks.map((one) => chatThinkingBlock(one))));
        expect(back).toEqual(blocks);
      }),
    );
  });

  test('as details', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.array(block), (blocks) => {
        const details = blocks.map((one, index) => reasoningDetail(one, index));
        expect(readReasoningDetails(sent(details))).toEqual(blocks);
      }),
    );
  });

  test('as details in pieces, as a stream has them, with or without their index', () => {
    const cuts = fastCheck.tuple(block, fastCheck.array(fastCheck.nat(20), { maxLength: 4 }));
    fastCheck.assert(
      fastCheck.property(fastCheck.array(cuts), fastCheck.boolean(), (blocks, isIndexed) => {
        const details = blocks.flatMap(([one, at], index) =>
          pieces(one, at).map((piece): JsonObject => (isIndexed ? { ...piece, index } : piece)),
        );
        expect(readReasoningDetails(details)).toEqual(blocks.map(([one]) => one));
      }),
    );
  });
});

/** A block as details whose last alone has the signature. */
function pieces(one: SealedBlock, cuts: readonly number[]): readonly JsonObject[] {
  if (one.type === 'redacted_thinking') return [{ type: 'reasoning.encrypted', data: one.data }];
  const texts: JsonObject[] = [];
  let start = 0;
  for (const cut of cuts.toSorted((a, b) => a - b)) {
    texts.push({ type: 'reasoning.text', text: one.thinking.slice(start, cut) });
    start = cut;
  }
  const text = one.thinking.slice(start);
  return [...texts, { type: 'reasoning.text', text, signature: one.signature }];
}

test('pieces of several blocks between each other are told apart by their index', () => {
  expect(
    readReasoningDetails([
      { type: 'reasoning.text', text: 'a', index: 0 },
      { type: 'reasoning.text', text: 'x', index: 1 },
      { type: 'reasoning.text', text: 'b', signature: '0', index: 0 },
      { type: 'reasoning.text', text: 'y', signature: '1', index: 1 },
    ]),
  ).toEqual([
    { type: 'thinking', thinking: 'ab', signature: '0' },
    { type: 'thinking', thinking: 'xy', signature: '1' },
  ]);
});

test('what is no thinking of this family is left out, and what is not signed says so', () => {
  const read = readReasoningDetails([
    null,
    { type: 'reasoning.summary', summary: 's' },
    { type: 'reasoning.encrypted', data: 'x', format: 'google-gemini-v1' },
    { type: 'reasoning.encrypted' },
    { type: 'reasoning.text', text: 'a', format: null },
  ]);
  expect(read).toEqual([{ type: 'thinking', thinking: 'a', signature: '' }]);
  expect(read.map((one) => isSigned(one))).toEqual([false]);
});

test('whatever the entries are, reading them does not throw', () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.array(fastCheck.jsonValue()), (entries) => {
      const values = sent(entries);
      const read = [...readThinkingBlocks(values), ...readReasoningDetails(values)];
      expect(read.every(({ type }) => type.endsWith('thinking'))).toBe(true);
    }),
  );
});
