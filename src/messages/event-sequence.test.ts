import { describe, expect, test } from 'vitest';
import { EventSequence } from './event-sequence.ts';
import type { FrameType } from './frame.ts';

function run(types: readonly FrameType[]): { violations: string[]; sequence: EventSequence } {
  const sequence = new EventSequence();
  const violations = types.flatMap((type) => {
    const violation = sequence.next(type);
    return violation === undefined ? [] : [`${violation.kind}: ${violation.detail}`];
  });
  return { violations, sequence };
}

const text = ['content_block_start', 'content_block_delta', 'content_block_stop'] as const;

describe('EventSequence', () => {
  test.each<[string, readonly FrameType[]]>([
    [
      '#135 one block',
      [
        'message_start',
        'content_block_start',
        'ping',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'message_stop',
      ],
    ],
    [
      '#139 three blocks',
      ['message_start', ...text, ...text, ...text, 'message_delta', 'message_stop'],
    ],
    ['no blocks', ['message_start', 'ping', 'message_delta', 'message_stop']],
    [
      '#141 a clipped tool call has no stop',
      [
        'message_start',
        'content_block_start',
        'content_block_delta',
        'message_delta',
        'message_stop',
      ],
    ],
    ['a resumed call ends at once', ['message_start', 'message_stop']],
    [
      'two message_delta',
      ['message_start', ...text, 'message_delta', 'message_delta', 'message_stop'],
    ],
    [
      'unknown events anywhere before the end',
      ['other', 'message_start', 'other', ...text, 'other', 'message_delta', 'message_stop'],
    ],
    [
      '#142 an error ends it',
      ['message_start', 'content_block_start', 'content_block_delta', 'error'],
    ],
    ['an error first', ['error']],
    ['comments after the end', ['message_start', 'message_delta', 'message_stop', 'none']],
  ])('in order: %s', (_name, types) => {
    const { violations, sequence } = run(types);
    expect(violations).toEqual([]);
    expect(sequence.ended).toBe(true);
    expect(sequence.failed).toBe(types.includes('error'));
  });

  test.each<[string, readonly FrameType[], string]>([
    ['a second start', ['message_start', 'message_start'], 'broken: a second message_start'],
    ['content first', ['content_block_start'], 'broken: content_block_start before message_start'],
    [
      'something after message_stop',
      ['message_start', 'message_stop', 'message_delta'],
      'late: message_delta after the end of the stream',
    ],
    [
      'a stop after an error',
      ['message_start', 'error', 'message_stop'],
      'late: message_stop after the end of the stream',
    ],
    [
      'a delta outside a block',
      ['message_start', 'content_block_delta'],
      'odd: content_block_delta between blocks',
    ],
    [
      'a stop in a block',
      ['message_start', 'content_block_start', 'message_stop'],
      'odd: message_stop in block',
    ],
  ])('out of order: %s', (_name, types, violation) => {
    expect(run(types).violations).toEqual([violation]);
  });

  test('an unfinished stream has not ended', () => {
    expect(run(['message_start', ...text]).sequence.ended).toBe(false);
  });
});
