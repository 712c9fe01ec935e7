import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedBody, scanBatchBody } from './scan-batch-body.ts';

/** What was found, each value parsed: `undefined` where the body is malformed. */
function found(body: string | Uint8Array): unknown {
  const bytes = Buffer.from(body);
  const values: unknown[] = [];
  try {
    for (const { kind, name, start, end } of scanBatchBody(bytes)) {
      values.push([kind, name, JSON.parse(bytes.toString('utf8', start, end))]);
    }
  } catch (error) {
    if (error instanceof MalformedBody) return undefined;
    throw error;
  }
  return values;
}

describe('scanBatchBody', () => {
  test('any list of requests has the items that a parser finds, in any spacing', () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 });
    const item = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.record({ custom_id: text, params: fc.dictionary(text, fc.jsonValue({ maxDepth: 2 })) }),
    );
    const body = fc.record({
      before: fc.jsonValue({ maxDepth: 2 }),
      requests: fc.array(item, { maxLength: 12 }),
      after: fc.jsonValue({ maxDepth: 2 }),
    });
    fc.assert(
      fc.property(body, fc.constantFrom(0, 1, '\t', '\r\n'), (value, space) => {
        const parsed = JSON.parse(JSON.stringify(value)) as typeof value;
        expect(found(JSON.stringify(value, undefined, space))).toEqual([
          ['member', 'before', parsed.before],
          ...parsed.requests.map((request) => ['item', 'requests', request]),
          ['member', 'requests', parsed.requests],
          ['member', 'after', parsed.after],
        ]);
      }),
      { numRuns: 500 },
    );
  });

  test('cut anywhere it is malformed, and never throws anything else', () => {
    const text = JSON.stringify({ requests: [{ a: ['\\"', { b: '}' }] }, 1, 'x'], c: { d: [] } });
    for (let end = 0; end < text.length; end += 1) {
      expect({ end, found: found(text.slice(0, end)) }).toEqual({ end, found: undefined });
    }
    expect(found(text)).toHaveLength(5);
  });

  test.each<[string, string | Uint8Array]>([
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a key twice', '{"requests":[],"requests":[]}'],
    ['a key twice, once escaped', '{"requests":[],"r\\u0065quests":[]}'],
    ['a comma too many', '{"requests":[],}'],
    ['a comma too many in the list', '{"requests":[{},]}'],
    ['no comma in the list', '{"requests":[{}{}]}'],
    ['something after the end', '{"requests":[]} {}'],
    ['no key', '{requests:[]}'],
    ['no colon', '{"requests" []}'],
    ['a long string without an end', `{"a":"${'x'.repeat(200)}\\"}`],
  ])('%s is malformed', (_name, body) => {
    expect(found(body)).toBeUndefined();
  });

  test('the message says where', () => {
    const scan = (): unknown => [...scanBatchBody(Buffer.from('{\n "requests": [{} {}]}'))];
    expect(scan).toThrow('expected a comma: line 2 column 18 (char 19)');
  });
});
