import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { facts } from '../../../test/support/decode-chunks.ts';
import { isRefusal } from '../../messages/errors.ts';
import { EventSequence } from '../../messages/event-sequence.ts';
import type { JsonValue } from '../../std/json.ts';
import { AnswerDecoder } from './answer-decoder.ts';

const anyChunk = fastCheck.oneof(
  fastCheck.jsonValue(),
  fastCheck.record(
    {
      choices: fastCheck.array(
        fastCheck.record(
          {
            index: fastCheck.constantFrom(0, 1),
            delta: fastCheck.record(
              {
                content: fastCheck.oneof(fastCheck.string(), fastCheck.jsonValue()),
                reasoning_content: fastCheck.string(),
                thinking_blocks: fastCheck.array(
                  fastCheck.oneof(
                    fastCheck.record({
                      type: fastCheck.constant('thinking'),
                      thinking: fastCheck.string(),
                      signature: fastCheck.string(),
                    }),
                    fastCheck.jsonValue(),
                  ),
                ),
                tool_calls: fastCheck.array(
                  fastCheck.record(
                    {
                      index: fastCheck.nat(2),
                      id: fastCheck.constantFrom('a', 'b', ''),
                      function: fastCheck.record(
                        {
                          name: fastCheck.constantFrom('f', ''),
                          arguments: fastCheck.constantFrom('{', '}', '"', '\\', '{}', ''),
                        },
                        { requiredKeys: [] },
                      ),
                    },
                    { requiredKeys: ['function'] },
                  ),
                ),
              },
              { requiredKeys: [] },
            ),
            finish_reason: fastCheck.constantFrom(null, '', 'stop', 'tool_calls', 'error'),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 2 },
      ),
      usage: fastCheck.jsonValue(),
    },
    { requiredKeys: ['choices'] },
  ),
);

test('whatever an engine sends, nothing is thrown and the order of events holds', () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.array(anyChunk), (chunks) => {
      const sequence = new EventSequence();
      const decoder = new AnswerDecoder(facts, (event) => {
        expect(sequence.next(event.type)).toBeUndefined();
      });
      const hasFailed = chunks.some((one) => decoder.take(one as JsonValue) !== undefined);
      if (hasFailed) return;
      const finished = decoder.finish();
      expect(sequence.ended).toBe(finished === true);
      expect(typeof finished === 'boolean' || isRefusal(finished)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
