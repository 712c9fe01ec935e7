import { expect, test } from 'vitest';
import { drainBudget } from './drain-budget.ts';

const local = { host: '127.0.0.1', port: 1, trusted_proxies: [] };
const open = { ...local, host: '0.0.0.0' };

test.each<[string, Parameters<typeof drainBudget>[0], number, number]>([
  ['on loopback, no notice', { listen: local, drain: { streams_ms: 600_000 } }, 0, 600_000],
  ['beyond it, a notice', { listen: open, drain: { streams_ms: 600_000 } }, 15_000, 600_000],
  [
    'a notice of its own',
    { listen: open, drain: { streams_ms: 600_000, notice_ms: 5 } },
    5,
    600_000,
  ],
  [
    'all of it out of one budget',
    { listen: open, drain: { streams_ms: 600_000, total_ms: 60_000 } },
    15_000,
    39_000,
  ],
  [
    'a budget that is more than enough',
    { listen: open, drain: { streams_ms: 1000, total_ms: 60_000 } },
    15_000,
    1000,
  ],
  [
    'a budget that the notice alone takes',
    { listen: open, drain: { streams_ms: 1000, total_ms: 10_000 } },
    4000,
    0,
  ],
  [
    'a budget for the end alone',
    { listen: open, drain: { streams_ms: 1000, total_ms: 3000 } },
    0,
    0,
  ],
])('%s', (_name, config, noticeMs, streamsMs) => {
  expect(drainBudget(config)).toEqual({ noticeMs, streamsMs, cutMs: 1000, settleMs: 5000 });
});
