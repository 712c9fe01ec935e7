import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { createLog } from '../telemetry/log.ts';
import type { SweepParts } from './idempotent-sweep.ts';
import { IdempotentSweep } from './idempotent-sweep.ts';

const MINUTE_MS = 60_000;

let clock: ManualClock;
let lines: string[];
let calls: (readonly unknown[])[];
/** How many keys are past their time. */
let due: number;
let isBroken: boolean;
let sweep: IdempotentSweep;

beforeEach(() => {
  clock = new ManualClock(1000);
  lines = [];
  calls = [];
  due = 0;
  isBroken = false;
  const store: SweepParts['store'] = {
    runningOwners: () => Promise.resolve(['epoch0', 'epoch1', 'epoch2']),
    abandonOwner: (owner) => {
      calls.push(['abandonOwner', owner]);
      return Promise.resolve(3);
    },
    forgetExpired: (atMs, limit) => {
      calls.push(['forgetExpired', atMs]);
      if (isBroken) return Promise.reject(new Error('no disk'));
      const forgotten = Math.min(due, limit);
      due -= forgotten;
      return Promise.resolve(forgotten);
    },
  };
  const log = createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) });
  sweep = new IdempotentSweep({
    store,
    owner: 'epoch2',
    isAlive: (name) => name === 'epoch1',
    clock,
    log,
  });
});
afterEach(() => sweep.close());

const rounds = (): number => calls.filter(([what]) => what === 'forgetExpired').length;

describe('keys that nobody ends', () => {
  test('of processes that died, and of no other ones, are given back at the start', async () => {
    await sweep.start();
    expect(calls).toEqual([['abandonOwner', 'epoch0']]);
    expect(lines.join('')).toContain('"count":3');
  });

  test('are forgotten each minute, page by page', async () => {
    await sweep.start();
    due = 1200;
    clock.advance(MINUTE_MS);
    await expect.poll(() => due).toBe(0);
    expect(calls.slice(1)).toEqual(Array.from({ length: 3 }, () => ['forgetExpired', 61_000]));
  });

  test('are forgotten later where the store fails', async () => {
    await sweep.start();
    isBroken = true;
    clock.advance(MINUTE_MS);
    await expect.poll(() => lines.join('')).toContain('idempotency_sweep_failed');
    isBroken = false;
    due = 1;
    clock.advance(MINUTE_MS);
    await expect.poll(() => due).toBe(0);
  });

  test('are left alone once it is closed', async () => {
    await sweep.start();
    await sweep.close();
    clock.advance(10 * MINUTE_MS);
    expect(rounds()).toBe(0);
  });
});
