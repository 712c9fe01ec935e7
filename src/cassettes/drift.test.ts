import { describe, expect, test } from 'vitest';
import type { RecordedResponse } from '../messages/recorded-exchange.ts';
import type { JsonValue } from '../std/json.ts';
import type { ExchangeDrift } from './drift-report.ts';
import { compareAnswers, driftText, reportDrift } from './drift-report.ts';

const ended = { how: 'complete', at_ms: 1 } as const;
const whole = (body: JsonValue, more: object = {}): RecordedResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  head_ms: 1,
  body,
  ended,
  ...more,
});
const message = {
  id: 'msg_1',
  type: 'message',
  content: [{ type: 'text', text: 'a' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, cache: { read: 2 } },
};
const event = (type: string, more: object = {}): JsonValue => ({ type, ...more });
const delta = (type = 'text_delta', words = 'a'): JsonValue =>
  event('content_block_delta', { index: 0, delta: { type, text: words } });
const start = event('content_block_start', { index: 0, content_block: { type: 'text' } });
const stop = event('content_block_stop', { index: 0 });
const stream = (...events: readonly JsonValue[]): RecordedResponse => ({
  status: 200,
  headers: {},
  head_ms: 1,
  chunks: [[1, events.map((data) => `data: ${JSON.stringify(data)}\n\n`).join('')]],
  ended,
});
const error = (type: string, said: string): RecordedResponse =>
  whole({ type: 'error', error: { type, message: said } }, { status: 400 });

describe('the form of answers', () => {
  test.each<[string, RecordedResponse, RecordedResponse]>([
    ['other words', whole(message), whole({ ...message, content: [{ type: 'text', text: 'b' }] })],
    [
      'other counts',
      whole(message),
      whole({ ...message, usage: { input_tokens: 9, cache: { read: 0 } } }),
    ],
    ['more pieces', stream(start, delta(), stop), stream(start, delta(), delta(), stop)],
    [
      'a late ping',
      stream(start, delta(), stop),
      stream(start, delta(), event('ping'), delta(), stop),
    ],
    [
      'two blocks of a kind',
      stream(start, stop, start, stop, event('x')),
      stream(start, stop, start, stop, event('x')),
    ],
    [
      'ids and numbers of an error',
      error('a', 'req_0123456789 has 5'),
      error('a', 'req_abcdefghij has 71'),
    ],
    [
      'arguments of a tool',
      whole({ content: [{ type: 'tool_use', input: { a: 1 } }] }),
      whole({ content: [{ type: 'tool_use', input: { b: [] } }] }),
    ],
    [
      'a refusal and its status',
      { refused: { code: 'invalid_request', detail: 'max_tokens: 5 is wrong' }, ended },
      whole(
        {
          type: 'error',
          error: { type: 'invalid_request_error', message: 'max_tokens: 7 is wrong' },
          request_id: 'req_1',
        },
        { status: 400 },
      ),
    ],
  ])('%s: the same', (_, recorded, today) => {
    expect(compareAnswers(recorded, today)).toEqual([]);
  });

  test.each<[string, RecordedResponse, RecordedResponse, object]>([
    [
      'a status',
      whole(message),
      whole(message, { status: 201 }),
      { facet: 'status', kind: 'changed', recorded: '200', today: '201' },
    ],
    [
      'a header',
      whole(message),
      whole(message, { headers: {} }),
      { facet: 'header content-type', kind: 'missing' },
    ],
    [
      'a member',
      whole(message),
      whole({ ...message, container: null }),
      { facet: 'body.container', kind: 'added', today: 'null' },
    ],
    [
      'a type',
      whole(message),
      whole({ ...message, id: 5 }),
      { facet: 'body.id', kind: 'changed', recorded: 'string', today: 'number' },
    ],
    [
      'usage',
      whole(message),
      whole({ ...message, usage: { input_tokens: 1, cache: {} } }),
      { facet: 'body.usage.cache.read', kind: 'missing' },
    ],
    [
      'a stop reason',
      whole(message),
      whole({ ...message, stop_reason: 'refusal' }),
      { facet: 'stop_reason', kind: 'changed', recorded: 'end_turn', today: 'refusal' },
    ],
    [
      'blocks',
      whole(message),
      whole({ ...message, content: [] }),
      { facet: 'blocks', kind: 'changed' },
    ],
    [
      'an error type',
      error('a', 'm'),
      error('b', 'm'),
      { facet: 'error type', kind: 'changed', recorded: 'a', today: 'b' },
    ],
    [
      'the text of an error',
      error('a', 'm'),
      error('a', 'n'),
      { facet: 'error message', kind: 'changed' },
    ],
    [
      'the order of events',
      stream(start, stop),
      stream(stop, start),
      { facet: 'order of events', kind: 'changed' },
    ],
    [
      'a kind of delta',
      stream(start, delta(), stop),
      stream(start, delta('new_delta'), stop),
      {
        facet: 'deltas of (text)',
        kind: 'changed',
        recorded: '(text_delta)',
        today: '(new_delta)',
      },
    ],
    [
      'an event of next year',
      stream(start, stop),
      stream(start, stop, event('later')),
      { facet: 'event later', kind: 'added' },
    ],
    [
      'a cut',
      stream(start),
      { ...stream(start), ended: { how: 'cut', at_ms: 1 } },
      { facet: 'ended', kind: 'changed', today: 'cut' },
    ],
    [
      'a refusal',
      whole(message),
      { refused: { code: 'overloaded' }, ended },
      { facet: 'error type', kind: 'added', today: 'overloaded_error' },
    ],
  ])('%s: drift', (_, recorded, today, difference) => {
    expect(compareAnswers(recorded, today)).toContainEqual(expect.objectContaining(difference));
    expect(compareAnswers(recorded, recorded)).toEqual([]);
  });
});

describe('the report', () => {
  const changed = { facet: 'status', kind: 'changed', recorded: '200', today: '500' } as const;
  const exchanges: readonly ExchangeDrift[] = [
    { kind: 'compared', line: 2, request: 'messages.create m', differences: [changed] },
    { kind: 'compared', line: 3, request: 'messages.create m', differences: [] },
    { kind: 'compared', line: 4, request: 'messages.create m', differences: [changed] },
    {
      kind: 'skipped',
      line: 5,
      request: 'messages.create m',
      reason: 'it was left before its end',
    },
  ];

  test('sums up what differs, and says it by exchange', () => {
    const report = reportDrift(exchanges);
    expect(report).toMatchObject({
      compared: 3,
      skipped: 1,
      drifted: 2,
      summed: [{ ...changed, lines: [2, 4] }],
    });
    expect(driftText(report)).toBe(
      [
        'line 2: messages.create m',
        '  changed  status: 200 → 500',
        'line 4: messages.create m',
        '  changed  status: 200 → 500',
        'line 5: messages.create m: skipped, it was left before its end',
        '',
        'In sum:',
        '  changed  status: 200 → 500  (2 exchanges)',
        '',
        '2 of the exchanges drifted (3 compared, 1 skipped).',
      ].join('\n'),
    );
  });
});
