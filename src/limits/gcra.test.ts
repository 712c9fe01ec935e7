import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NEVER_USED_US, askGcra, correctGcra, standingOfGcra } from './gcra.ts';

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;

/** When something was let through, and how much. */
interface Passed {
  readonly atUs: number;
  readonly amount: number;
}

/** The most that passed in any time of this length. */
function mostWithin(passed: readonly Passed[], lengthUs: number): number {
  return Math.max(
    0,
    ...passed.map(({ atUs: startUs }) =>
      passed
        .filter(({ atUs }) => atUs >= startUs && atUs <= startUs + lengthUs)
        .reduce((sum, { amount }) => sum + amount, 0),
    ),
  );
}

describe('GCRA', () => {
  test('lets a limit through at once, then one each time one has drained', () => {
    const limit = { perMinute: 2 };
    let drainedAtUs = NEVER_USED_US;
    const ask = (nowUs: number): string | number => {
      const answer = askGcra(drainedAtUs, 1, { limit, nowUs });
      if (answer.kind === 'excess') return answer.retryAfterUs;
      drainedAtUs = answer.drainedAtUs;
      return 'fits';
    };
    expect([0, 0, 0, 30 * SECOND_US - 1, 30 * SECOND_US].map(ask)).toEqual([
      'fits',
      'fits',
      30 * SECOND_US,
      1,
      'fits',
    ]);
  });

  test('a cost above the limit passes where nothing was used, and counts as all of it', () => {
    const asked = { limit: { perMinute: 100 }, nowUs: 5 };
    expect(askGcra(NEVER_USED_US, 1000, asked)).toEqual({
      kind: 'fits',
      drainedAtUs: MINUTE_US + 5,
    });
    expect(askGcra(MINUTE_US + 5, 1, asked).kind).toBe('excess');
  });

  test.each([1, 3, 7, 59, 61, 999_999_937, 1_000_000_000])(
    'all of a limit of %i a minute fits an unused one, at any time',
    (perMinute) => {
      for (const nowUs of [0, 1, 123_456_789]) {
        const answer = askGcra(NEVER_USED_US, perMinute, { limit: { perMinute }, nowUs });
        expect(answer.kind).toBe('fits');
      }
    },
  );

  test('says what is left, and when all of it is there', () => {
    const limit = { perMinute: 60 };
    expect(standingOfGcra(NEVER_USED_US, limit, 7)).toEqual({ remaining: 60, resetUs: 0 });
    const answer = askGcra(NEVER_USED_US, 45, { limit, nowUs: 0 });
    if (answer.kind === 'excess') throw new Error('it fits');
    expect(standingOfGcra(answer.drainedAtUs, limit, 0)).toEqual({
      remaining: 15,
      resetUs: 45 * SECOND_US,
    });
    expect(standingOfGcra(answer.drainedAtUs, limit, 500_000).remaining).toBe(15);
    expect(standingOfGcra(answer.drainedAtUs, limit, SECOND_US).remaining).toBe(16);
    expect(standingOfGcra(MINUTE_US * 5, limit, 0).remaining).toBe(0);
  });

  test.each([
    { name: 'all at once', taken: 100, used: 0, afterUs: 0, drainedAtUs: 0 },
    { name: 'half at once', taken: 100, used: 50, afterUs: 0, drainedAtUs: 30 * SECOND_US },
    {
      name: 'nothing that has drained',
      taken: 100,
      used: 0,
      afterUs: 60 * SECOND_US,
      drainedAtUs: 60 * SECOND_US,
    },
    {
      name: 'what cannot have drained',
      taken: 100,
      used: 0,
      afterUs: 20 * SECOND_US,
      drainedAtUs: 20 * SECOND_US,
    },
    {
      name: 'more than was taken is added',
      taken: 100,
      used: 150,
      afterUs: 0,
      drainedAtUs: 90 * SECOND_US,
    },
    {
      name: 'of a clamped one, what was taken of it',
      taken: 1000,
      used: 0,
      afterUs: 0,
      drainedAtUs: 0,
    },
  ])('gives back $name', ({ taken, used, afterUs: nowUs, drainedAtUs }) => {
    const limit = { perMinute: 100 };
    const answer = askGcra(NEVER_USED_US, taken, { limit, nowUs: 0 });
    if (answer.kind === 'excess') throw new Error('it fits');
    const correction = { limit, nowUs, takenAtUs: 0, taken, used };
    expect(correctGcra(answer.drainedAtUs, correction)).toBe(drainedAtUs);
  });

  test('I14 in no time does more pass than the limit and what drains in it', () => {
    const step = fc.record({
      waitUs: fc.oneof(fc.nat(2000), fc.nat(20 * SECOND_US)),
      cost: fc.nat(40),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 * MINUTE_US }),
        (perMinute, steps, lengthUs) => {
          let [drainedAtUs, nowUs] = [NEVER_USED_US, 0];
          const passed: Passed[] = [];
          for (const { waitUs, cost } of steps) {
            nowUs += waitUs;
            const amount = Math.min(cost, perMinute);
            const answer = askGcra(drainedAtUs, amount, { limit: { perMinute }, nowUs });
            if (answer.kind === 'excess') continue;
            drainedAtUs = answer.drainedAtUs;
            passed.push({ atUs: nowUs, amount });
          }
          const allowed = perMinute + (lengthUs * perMinute) / MINUTE_US;
          expect(mostWithin(passed, lengthUs)).toBeLessThanOrEqual(allowed);
        },
      ),
    );
  });

  test('I14 what comes back of estimates never lets more be used than that', () => {
    const step = fc.record({
      waitUs: fc.oneof(fc.nat(2000), fc.nat(20 * SECOND_US)),
      cost: fc.nat(100),
      usedPercent: fc.nat(100),
      lastsUs: fc.nat(90 * SECOND_US),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 * MINUTE_US }),
        (perMinute, steps, lengthUs) => {
          const limit = { perMinute };
          let drainedAtUs = NEVER_USED_US;
          const used: Passed[] = [];
          const running: { readonly endUs: number; readonly end: () => void }[] = [];
          const endUntil = (nowUs: number): void => {
            running.sort((one, other) => one.endUs - other.endUs);
            while (running[0] !== undefined && running[0].endUs <= nowUs) running.shift()?.end();
          };
          let takenAtUs = 0;
          for (const { waitUs, cost, usedPercent, lastsUs } of steps) {
            takenAtUs += waitUs;
            endUntil(takenAtUs);
            const taken = Math.min(cost, perMinute);
            const answer = askGcra(drainedAtUs, taken, { limit, nowUs: takenAtUs });
            if (answer.kind === 'excess') continue;
            drainedAtUs = answer.drainedAtUs;
            const amount = Math.floor((taken * usedPercent) / 100);
            used.push({ atUs: takenAtUs, amount });
            const [startUs, endUs] = [takenAtUs, takenAtUs + lastsUs];
            running.push({
              endUs,
              end: () => {
                const correction = { limit, nowUs: endUs, takenAtUs: startUs, taken, used: amount };
                drainedAtUs = correctGcra(drainedAtUs, correction);
              },
            });
          }
          const allowed = perMinute + (lengthUs * perMinute) / MINUTE_US;
          expect(mostWithin(used, lengthUs)).toBeLessThanOrEqual(allowed + 1e-6);
        },
      ),
    );
  });
});
