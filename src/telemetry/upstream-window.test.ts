import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import type { AttemptDetail, RequestRecord } from './request-log.ts';
import { UpstreamWindow } from './upstream-window.ts';

const attempt = (upstream: string, more: Partial<AttemptDetail> = {}): AttemptDetail => ({
  attempt: 1,
  upstream,
  model: undefined,
  startedMs: 0,
  status: 200,
  ...more,
});

function recordAt(clock: ManualClock, more: Partial<RequestRecord>): RequestRecord {
  return {
    startedAtMs: clock.wallMs(),
    startedMs: 0,
    status: 200,
    errorCode: undefined,
    totalMs: 40,
    trail: [attempt('a')],
    ...more,
  } as RequestRecord;
}

interface Row {
  readonly name: string;
  readonly record: Partial<RequestRecord>;
  readonly wanted: { readonly attempts: number; readonly failed: number; readonly code?: string };
}

const rows: readonly Row[] = [
  { name: 'an answer', record: {}, wanted: { attempts: 1, failed: 0 } },
  {
    name: 'an overload',
    record: { trail: [attempt('a', { status: 529 })] },
    wanted: { attempts: 1, failed: 1 },
  },
  {
    name: 'a credential that is not taken',
    record: { trail: [attempt('a', { status: 401 })] },
    wanted: { attempts: 1, failed: 1 },
  },
  {
    name: 'a no to the request',
    record: { status: 400, errorCode: 'invalid_request', trail: [attempt('a', { status: 400 })] },
    wanted: { attempts: 1, failed: 0 },
  },
  {
    name: 'a stream that broke',
    record: { errorCode: 'upstream_truncated' },
    wanted: { attempts: 1, failed: 1, code: 'upstream_truncated' },
  },
  {
    name: 'a caller who left',
    record: { errorCode: 'client_gone' },
    wanted: { attempts: 1, failed: 0 },
  },
  {
    name: 'two attempts, the second one elsewhere',
    record: { trail: [attempt('a', { status: 503, errorCode: 'unavailable' }), attempt('b')] },
    wanted: { attempts: 1, failed: 1, code: 'unavailable' },
  },
  { name: 'nobody asked', record: { trail: [] }, wanted: { attempts: 0, failed: 0 } },
];

describe('what is counted of an upstream', () => {
  test.each(rows)('$name', ({ record, wanted }) => {
    const clock = new ManualClock();
    const window = new UpstreamWindow(clock);
    window.request(recordAt(clock, record));
    const { attempts, failed, lastError } = window.read('a', 5);
    expect({ attempts, failed, code: lastError?.code }).toEqual({ code: undefined, ...wanted });
  });

  test('is forgotten after the minutes that are asked for', () => {
    const clock = new ManualClock();
    const window = new UpstreamWindow(clock);
    window.request(recordAt(clock, { trail: [attempt('a', { status: 500 })] }));
    clock.advance(10 * 60_000);
    window.request(recordAt(clock, { totalMs: 40, firstContentMs: 12 }));
    expect(window.read('a', 5)).toMatchObject({ attempts: 1, failed: 0, lastError: undefined });
    expect(window.read('a', 60)).toMatchObject({ attempts: 2, failed: 1 });
    const { totalMs, firstContentMs } = window.read('a', 60);
    expect(totalMs.p50).toBeGreaterThan(25);
    expect(totalMs.p95).toBeLessThanOrEqual(50);
    expect(firstContentMs.p95).toBeLessThanOrEqual(25);
    clock.advance(61 * 60_000);
    expect(window.read('a', 60)).toMatchObject({ attempts: 0, lastUsedAtMs: undefined });
  });

  test('has a bound on names: the one left alone for longest goes', () => {
    const clock = new ManualClock();
    const window = new UpstreamWindow(clock);
    for (let number = 0; number <= 500; number += 1) {
      clock.advance(1);
      window.request(recordAt(clock, { trail: [attempt(`u${String(number)}`)] }));
    }
    expect([window.read('u0', 60).attempts, window.read('u1', 60).attempts]).toEqual([0, 1]);
  });
});
