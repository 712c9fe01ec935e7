import { describe, expect, test } from 'vitest';
import { systemRandom } from '../std/random.ts';
import { TraceStarter, readTraceparent, writeTraceparent } from './trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';
const starter = (ratio: number): TraceStarter =>
  new TraceStarter(systemRandom(), { ratio, isPropagated: false });

describe('traceparent', () => {
  test.each([
    [`00-${traceId}-${parent}-01`, true],
    [`00-${traceId}-${parent}-00`, false],
    [`00-${traceId}-${parent}-03`, true],
    [`cc-${traceId}-${parent}-01-what-comes-later`, true],
  ])('%s is read', (text, isSampled) => {
    expect(readTraceparent(text)).toEqual({ traceId, parentSpanId: parent, isSampled });
  });

  test.each([
    undefined,
    '',
    'no trace',
    `ff-${traceId}-${parent}-01`,
    `00-${traceId}-${parent}-01-more`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${parent}-01`,
    `00-${traceId}-${parent}`,
    ` 00-${traceId}-${parent}-01`,
  ])('%s is as if it were not there', (text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });
});

describe('a request', () => {
  test.each([
    ['01', 0, true],
    ['00', 1, false],
  ])(
    'of a caller with flags %s is sampled as that says, not by the ratio %d',
    (flags, ratio, is) => {
      const header = `00-${traceId}-${parent}-${flags}`;
      const trace = starter(ratio).begin({ traceparent: header, tracestate: 'a=1,b=2' });
      expect(trace).toMatchObject({
        traceId,
        parentSpanId: parent,
        state: 'a=1,b=2',
        isSampled: is,
      });
      expect(trace.spanId).not.toBe(parent);
      expect(writeTraceparent(trace)).toBe(`00-${traceId}-${trace.spanId}-${flags}`);
    },
  );

  test.each([
    [0, false],
    [1, true],
  ])('without one begins a trace, sampled by the ratio %d', (ratio, isSampled) => {
    const trace = starter(ratio).begin({});
    expect(trace).toMatchObject({ isSampled });
    expect(trace.parentSpanId).toBeUndefined();
    expect(readTraceparent(writeTraceparent(trace))?.traceId).toBe(trace.traceId);
  });

  test('keeps no state that is no text of a header', () => {
    const traceparent = `00-${traceId}-${parent}-01`;
    expect(starter(1).begin({ traceparent, tracestate: 'x'.repeat(600) }).state).toBeUndefined();
    expect(starter(1).begin({ traceparent, tracestate: 'a=\n' }).state).toBeUndefined();
  });
});
