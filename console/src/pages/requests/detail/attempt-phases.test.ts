import { describe, expect, test } from 'vitest';
import type { AttemptAnswer } from '../../../../../src/admin/contract.ts';
import { attemptPhases, axisEndMs } from './attempt-phases.ts';

const attempt: AttemptAnswer = {
  upstream: 'east',
  credential: null,
  model: null,
  started_ms: 10,
  head_ms: 50,
  ended_ms: 100,
  http_status: 200,
  error: null,
};
const request = { first_byte_ms: 55, first_content_ms: 70, total_ms: 101, is_stream: true };

/** Kind, beginning and end of each phase. */
function drawn(
  changes: Partial<AttemptAnswer>,
  times: Partial<typeof request> | Record<string, null> = {},
  isLast = true,
): readonly (readonly [string, number, number])[] {
  return attemptPhases({ ...attempt, ...changes }, { ...request, ...times }, isLast).map(
    ({ kind, fromMs, toMs }) => [kind, fromMs, toMs],
  );
}

describe('attemptPhases', () => {
  test('a stream waits, opens and says', () => {
    expect(drawn({})).toEqual([
      ['waiting', 10, 50],
      ['opening', 50, 70],
      ['content', 70, 100],
    ]);
  });

  test('an answer in one piece has no first content', () => {
    expect(drawn({}, { first_content_ms: null })).toEqual([
      ['waiting', 10, 50],
      ['content', 50, 100],
    ]);
  });

  test('what the row says is about the last attempt', () => {
    expect(drawn({}, {}, false)).toEqual([
      ['waiting', 10, 50],
      ['content', 50, 100],
    ]);
    expect(drawn({ head_ms: null }, {}, false)).toEqual([['waiting', 10, 100]]);
    expect(drawn({ head_ms: null })).toEqual([
      ['waiting', 10, 55],
      ['opening', 55, 70],
      ['content', 70, 100],
    ]);
  });

  test('moments that contradict each other draw nothing backwards', () => {
    expect(drawn({ head_ms: 200, ended_ms: 100 })).toEqual([['waiting', 10, 100]]);
    expect(drawn({ started_ms: 80 }, { first_content_ms: 20 })).toEqual([['content', 80, 100]]);
  });

  test('nothing is drawn of what never ended', () => {
    expect(
      drawn({ head_ms: null, ended_ms: null }, { first_byte_ms: null, total_ms: null }),
    ).toEqual([]);
  });
});

test('the axis ends with the last of all', () => {
  expect(axisEndMs([attempt], request)).toBe(101);
  expect(axisEndMs([{ ...attempt, ended_ms: 300 }, attempt], request)).toBe(300);
  expect(axisEndMs([], { ...request, total_ms: null })).toBe(1);
});
