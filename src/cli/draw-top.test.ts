import { describe, expect, test } from 'vitest';
import { stripVTControlCharacters } from 'node:util';
import type { RequestAnswer } from '../admin/contract.ts';
import type { LiveAnswer, LiveStepAnswer } from '../admin/contract-exchanges.ts';
import { countText, drawTop, usdShort } from './draw-top.ts';
import { paintFor } from './paint.ts';
import { textWidth } from './text-width.ts';

const quiet: LiveStepAnswer = {
  at: '2026-11-21T18:00:00.000Z',
  requests: 0,
  failed: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost_nano: '0',
  p50_ms: null,
  p95_ms: null,
  p50_first_content_ms: null,
};
const busy: LiveStepAnswer = {
  ...quiet,
  requests: 30,
  failed: 3,
  input_tokens: 6000,
  output_tokens: 1500,
  cost_nano: '250000000',
  p50_ms: 820,
  p95_ms: 2100,
};
const top = {
  requests: 60,
  failed: 6,
  input_tokens: 1_200_000,
  output_tokens: 30_500,
  cost_nano: '123456789',
};
const request: RequestAnswer = {
  id: 'req_1',
  status: 'settled',
  account: 'acme',
  key_id: 'abcdefghij',
  created_at: '2026-11-21T18:01:02.345Z',
  form: 'messages',
  operation: 'messages.create',
  model: 'claude-sonnet-4-6',
  upstream: 'emulator',
  gateway: null,
  http_status: 200,
  error: null,
  is_stream: false,
  usage: {
    input_tokens: 12,
    output_tokens: 34,
    cache_read_input_tokens: null,
    cache_creation_input_tokens: null,
    cache_creation_5m_input_tokens: null,
    cache_creation_1h_input_tokens: null,
    web_search_requests: null,
  },
  usage_source: 'reported',
  attempts: 1,
  price_version: null,
  cost_nano: '546000',
  charged_nano: '0',
  held_nano: null,
  total_ms: 41,
  first_byte_ms: 3,
  first_content_ms: null,
  stop_reason: 'end_turn',
  edits: [],
  trace_id: null,
  attempt_details: null,
};
const live: LiveAnswer = {
  at: '2026-11-21T18:02:03.000Z',
  in_flight: 3,
  step_ms: 5000,
  steps: [...Array.from({ length: 58 }, () => quiet), busy, busy],
  models: [{ name: 'claude-sonnet-4-6', ...top }],
  keys: [{ name: 'abcdefghij', ...top, failed: 0 }],
  upstreams: [{ name: 'emulator', ...top }],
  recent: [
    request,
    { ...request, http_status: 529, error: 'overloaded', usage: null, cost_nano: null },
  ],
};
const many: LiveAnswer = {
  ...live,
  models: Array.from({ length: 20 }, (_, at) => ({ name: `漢字-${String(at)}`, ...top })),
  recent: Array.from({ length: 100 }, () => request),
};

describe('the figures of the last minutes', () => {
  const lines = drawTop(live, { columns: 100 }, { source: 'http://127.0.0.1:4115' });
  const text = lines.join('\n');

  test.each([
    [
      'where they come from, and when',
      /^quatrain top {2}http:\/\/127\.0\.0\.1:4115 +18:02:03 UTC$/m,
    ],
    ['what runs', /^in flight 3 /m],
    ['rates of the last whole steps', /requests\/s 1\.0 .* {3}tokens\/s in 200, out 50$/m],
    ['times of the newest step that has any', /p50 820 ms {3}p95 2\.1 s {3}/],
    [
      'sums',
      /^5 min: 60 requests {3}failed 6 \(10\.0 %\) {3}spent \$0\.5000 {3}in 12\.0k, out 3,000$/m,
    ],
    ['models', /^claude-sonnet-4-6 +60 +6 +1\.20M +30\.5k +\$0\.1235$/m],
    ['a key without failures', /^abcdefghij +60 +· /m],
    ['a request', /^18:01:02 +200 {2}claude-sonnet-4-6 +abcdefghij +12 +34 +41 ms +\$0\.000546$/m],
    ['one that failed, whose cost nobody knows', /^18:01:02 +529 .* - +- +41 ms +-$/m],
  ])('have %s', (_name, line) => {
    expect(text).toMatch(line);
  });

  test.each([
    [100, 40],
    [80, 24],
    [200, 60],
    [60, 20],
    [40, 12],
    [20, 5],
    [10, 1],
  ])('fit into %i columns and %i rows', (columns, rows) => {
    for (const note of [undefined, 'nothing answers at http://127.0.0.1:4115 (asked again)']) {
      const drawn = drawTop(many, { columns, rows }, { source: 'http://127.0.0.1:4115', note });
      expect(drawn.length).toBeLessThanOrEqual(rows);
      expect(drawn.filter((line) => textWidth(line) > columns)).toEqual([]);
    }
  });

  test.each([
    [60, /^claude-sonnet-4-6 +60 +6 +\$0\.1235$/m],
    [40, /^claude-sonnet-4-6 +60 +6$/m],
    [30, /^claude-sonnet-4-6 +60$/m],
  ])('keep names whole in %i columns, and no figure is cut', (columns, row) => {
    const drawn = drawTop(live, { columns }).join('\n');
    expect(drawn).toMatch(row);
    expect(drawn).toMatch(/^in flight 3( {3}requests\/s 1\.0( {3}p50 820 ms {3}p95 2\.1 s)?)?$/m);
    expect(drawn).not.toMatch(/\d…/);
  });

  test('leave room for the newest requests on a usual terminal', () => {
    const drawn = drawTop(many, { columns: 80, rows: 24 });
    expect(drawn.filter((line) => line.startsWith('18:01:02')).length).toBeGreaterThanOrEqual(5);
    expect(drawn.filter((line) => line.startsWith('漢字')).length).toBeGreaterThanOrEqual(2);
  });

  test('say in the last line why they are old', () => {
    const drawn = drawTop(many, { columns: 80, rows: 24 }, { note: 'nothing answers' });
    expect(drawn).toHaveLength(24);
    expect(drawn.at(-1)).toBe('nothing answers');
  });

  test('have colours that change no letter, and none where nobody wants them', () => {
    const terminal = { isTerminal: true, env: {} };
    const painted = drawTop(live, { columns: 100 }, { paint: paintFor(terminal) });
    expect(painted.join('\n')).toContain('\u{1B}[31m');
    expect(painted.map((line) => stripVTControlCharacters(line))).toEqual(
      drawTop(live, { columns: 100 }),
    );
    for (const wanted of [
      { ...terminal, color: false },
      { ...terminal, env: { NO_COLOR: '1' } },
      { ...terminal, env: { TERM: 'dumb' } },
      { ...terminal, isTerminal: false },
    ]) {
      const drawn = drawTop(live, { columns: 100 }, { paint: paintFor(wanted) });
      expect(drawn.join('\n')).not.toContain('\u{1B}');
    }
  });

  test('are there where nothing was asked yet', () => {
    const nothing = {
      ...live,
      in_flight: 0,
      steps: [],
      models: [],
      keys: [],
      upstreams: [],
      recent: [],
    };
    expect(drawTop(nothing, { columns: 80, rows: 24 }).join('\n')).toMatch(
      /requests\/s 0\.0 .*p50 - {3}p95 -[\s\S]*5 min: 0 requests {3}failed 0 \(0\.0 %\)/,
    );
  });
});

test.each<[bigint, string]>([
  [0n, '$0'],
  [390_000n, '$0.000390'],
  [12_345_678n, '$0.0123'],
  [150_000_000_000n, '$150.00'],
])('%i nano-USD are %s', (nano, text) => {
  expect(usdShort(nano)).toBe(text);
});

test.each<[number, string]>([
  [9999, '9,999'],
  [56_300, '56.3k'],
  [1_200_000, '1.20M'],
])('%i tokens are %s', (count, text) => {
  expect(countText(count)).toBe(text);
});
