import { describe, expect, test } from 'vitest';
import { isRefusal, refusalText } from '../messages/errors.ts';
import type { Clock } from '../std/clock.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { readBatchBody } from './read-batch-body.ts';

/** A clock whose timers run at once: how long a pause is does not matter here, that it ends does. */
function eagerClock(): Clock {
  const clock = new ManualClock();
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, run) => {
      const timer = clock.after(delayMs, run);
      clock.advance(delayMs);
      return timer;
    },
  };
}

async function read(body: string, itemBytesMax = 1000): Promise<string | readonly string[]> {
  const bytes = Buffer.from(body);
  const result = await readBatchBody(bytes, {
    clock: eagerClock(),
    jsonBounds: { depthMax: 8, keysMax: 100 },
    itemBytesMax,
  });
  if (isRefusal(result)) return `${result.code}: ${refusalText(result)}`;
  const { customIds, paramsSpans } = result;
  return customIds.map(
    (id, at) => `${id} ${bytes.toString('utf8', paramsSpans[2 * at], paramsSpans[2 * at + 1])}`,
  );
}

const ok = '{"custom_id":"a","params":{}}';

describe('what is taken', () => {
  test.each<[string, readonly string[]]>([
    [`{"requests":[${ok}]}`, ['a {}']],
    [
      ' { "requests" : [ {"params": {"x":[1,"}"]} , "custom_id" : "A_-9"} ,\n{"custom_id":"b","params":{ }}] } ',
      ['A_-9 {"x":[1,"}"]}', 'b { }'],
    ],
    ['{"requests":[{"custom_id":"\\u0061","params":{"a":null}}]}', ['a {"a":null}']],
    [`{"requests":[{"custom_id":"${'x'.repeat(64)}","params":{}}]}`, [`${'x'.repeat(64)} {}`]],
  ])('%s', async (body, expected) => {
    expect(await read(body)).toEqual(expected);
  });

  test('ten thousand requests, with pauses for others', async () => {
    const items = Array.from(
      { length: 10_000 },
      (_, at) => `{"custom_id":"i${String(at)}","params":{}}`,
    );
    const taken = await read(`{"requests":[${items.join()}]}`);
    expect(taken).toHaveLength(10_000);
    expect(taken[9999]).toBe('i9999 {}');
  });

  test('params that are too long are left for later', async () => {
    const body = `{"requests":[{"custom_id":"a","params":{"x":"${'y'.repeat(2000)}"}}]}`;
    expect(await read(body)).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test.each<[string, string]>([
    ['{}', 'requests: Field required'],
    ['[]', 'Input should be a valid dictionary'],
    ['{"requests":null}', 'requests: Input should be a valid list'],
    ['{"requests":{"a":1}}', 'requests: Input should be a valid list'],
    ['{"requests":[]}', 'requests: List should have at least 1 item after validation, not 0'],
    ['{"requests":[1]}', 'requests.0: Input should be an object'],
    [`{"requests":[${ok},[]]}`, 'requests.1: Input should be an object'],
    ['{"requests":[{"params":{}}]}', 'requests.0.custom_id: Field required'],
    [
      '{"requests":[{"custom_id":7,"params":{}}]}',
      'requests.0.custom_id: Input should be a valid string',
    ],
    [
      '{"requests":[{"custom_id":"","params":{}}]}',
      'requests.0.custom_id: String should have at least 1 character',
    ],
    [
      `{"requests":[{"custom_id":"${'x'.repeat(65)}","params":{}}]}`,
      'requests.0.custom_id: String should have at most 64 characters',
    ],
    [
      '{"requests":[{"custom_id":"a b","params":{}}]}',
      "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
    ],
    ['{"requests":[{"custom_id":"a"}]}', 'requests.0.params: Field required'],
    [
      '{"requests":[{"custom_id":"a","params":[]}]}',
      'requests.0.params: Input should be an object',
    ],
    [
      '{"requests":[{"custom_id":"a","params":{},"url":1}]}',
      'requests.0.url: Extra inputs are not permitted',
    ],
    [
      '{"requests":[{"custom_id":"a","params":{},"__proto__":{}}]}',
      'requests.0.__proto__: Extra inputs are not permitted',
    ],
    [`{"requests":[${ok}],"model":"m"}`, 'model: Extra inputs are not permitted'],
    [
      `{"requests":[${ok},${ok}]}`,
      "requests: custom_id's must be unique within a batch. Duplicate custom_id found: a",
    ],
    // A wrong item is said before a doubled one, the item before what does not belong.
    [`{"requests":[${ok},${ok},{}],"model":1}`, 'requests.2.custom_id: Field required'],
  ])('%s: %s', async (body, text) => {
    expect(await read(body)).toBe(`invalid_request: ${text}`);
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['half a body', `{"requests":[${ok}`],
    ['what is no JSON inside params', '{"requests":[{"custom_id":"a","params":{"x":bare}}]}'],
    ['brackets of two kinds', '{"requests":[{"custom_id":"a","params":{"x":[}}]}'],
    ['a key of an item twice', '{"requests":[{"custom_id":"a","custom_id":"b","params":{}}]}'],
    ['a wrong item and half a body', '{"requests":[1,{}'],
    [
      'too deep',
      `{"requests":[{"custom_id":"a","params":{"x":${'['.repeat(9)}${']'.repeat(9)}}}]}`,
    ],
  ])('#14 %s is no JSON', async (_name, body) => {
    expect(await read(body)).toMatch(/^malformed_json: The request body is not valid JSON: ./);
  });

  test('more than a hundred thousand', async () => {
    const items = Array.from({ length: 100_001 }, () => '0').join();
    expect(await read(`{"requests":[${items}]}`)).toBe(
      'invalid_request: requests: List should have at most 100000 items after validation, not 100001',
    );
  });
});
