import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { LIVE_STEP_MS, LiveFigures } from './live-figures.ts';
import type { RequestRecord } from './request-log.ts';

const START_MS = 1_700_000_000_000;

function record(more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    requestId: 'req_1',
    startedAtMs: START_MS,
    keyId: 'key1',
    dialect: 'messages',
    operation: 'messages.create',
    model: 'claude-sonnet-4-6',
    upstream: 'emulator',
    status: 200,
    errorCode: undefined,
    isStream: false,
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 2 },
    usageIsFinal: true,
    requestBytes: 1,
    responseBytes: 1,
    firstByteMs: 5,
    totalMs: 80,
    money: {
      costNanoUsd: 7n,
      chargedNanoUsd: 0n,
      usageSource: 'reported',
      priceVersion: undefined,
    },
    ...more,
  };
}

function started(): { readonly clock: ManualClock; readonly live: LiveFigures } {
  const clock = new ManualClock(START_MS);
  return { clock, live: new LiveFigures(clock) };
}

describe('live figures', () => {
  test('a step has what ended in it, and none is left out where nothing did', () => {
    const { clock, live } = started();
    live.request(record({ firstContentMs: 40 }));
    live.request(record({ status: 529, errorCode: 'overloaded', totalMs: 900 }));
    clock.advance(2 * LIVE_STEP_MS);
    live.request(record());
    const { steps } = live.view();
    expect(steps).toHaveLength(60);
    expect(steps.map(({ requests }) => requests).slice(-4)).toEqual([0, 2, 0, 1]);
    const step = steps.at(-3);
    expect(step).toMatchObject({ failed: 1, inputTokens: 24, outputTokens: 10, costNanoUsd: 14n });
    expect(step?.p50Ms).toBeLessThanOrEqual(100);
    expect(step?.p95Ms).toBeGreaterThan(700);
    expect(step?.p50FirstContentMs).toBeLessThanOrEqual(50);
    expect(steps.at(-1)?.p50FirstContentMs).toBeUndefined();
  });

  test('what is five minutes old is gone, also where nobody asked meanwhile', () => {
    const { clock, live } = started();
    live.request(record());
    clock.advance(60 * LIVE_STEP_MS);
    expect(live.view().steps.every(({ requests }) => requests === 0)).toBe(true);
    expect(live.view().models).toEqual([]);
    live.request(record());
    expect(live.view().steps.at(-1)?.requests).toBe(1);
  });

  test('names are told apart, most asked first, and made-up models are none', () => {
    const { clock, live } = started();
    live.request(record({ keyId: 'other' }));
    clock.advance(LIVE_STEP_MS);
    live.request(record());
    live.request(record());
    live.request(record({ model: 'made-up', status: 404, errorCode: 'not_found' }));
    const { models, upstreams, keys } = live.view();
    expect(models).toMatchObject([{ name: 'claude-sonnet-4-6', requests: 3 }]);
    expect(upstreams).toMatchObject([{ name: 'emulator', requests: 4, failed: 1 }]);
    expect(keys.map(({ name, requests }) => [name, requests])).toEqual([
      ['key1', 3],
      ['other', 1],
    ]);
  });

  test('however many names there are, a step keeps a bounded number', () => {
    const { live } = started();
    for (let index = 0; index < 1000; index += 1) {
      live.request(record({ keyId: `key${String(index)}` }));
    }
    const { keys } = live.view();
    expect(keys).toHaveLength(10);
    expect(keys[0]).toMatchObject({ name: 'other', requests: 800 });
  });

  test('the newest requests are there, newest first', () => {
    const { live } = started();
    for (let index = 0; index < 33; index += 1) {
      live.request(record({ requestId: `req_${String(index)}` }));
    }
    const ids = live.view().recent.map(({ requestId }) => requestId);
    expect(ids).toHaveLength(20);
    expect([ids[0], ids.at(-1)]).toEqual(['req_32', 'req_13']);
  });
});
