import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { LocalRateLimits } from './local-rate-limits.ts';
import type { RateDemand, RateExcess, RatePermit, RateRules } from './rate-limits.ts';

const MINUTE_MS = 60_000;

const all: RateRules = {
  perMinute: { requests: 10, 'input-tokens': 1000, 'output-tokens': 600 },
  concurrency: 3,
};

function demand(more: Partial<RateDemand> = {}): RateDemand {
  return {
    subject: 'key',
    rules: all,
    amounts: { requests: 1, 'input-tokens': 100, 'output-tokens': 100 },
    ...more,
  };
}

function permitted(given: RatePermit | RateExcess): RatePermit {
  if (given.kind === 'excess') throw new Error(`over ${given.over}`);
  return given;
}

describe('limits in this process', () => {
  test('say where they stand, and come back as time passes', async () => {
    const clock = new ManualClock();
    const limits = new LocalRateLimits(clock);
    permitted(await limits.admit(demand())).giveBack({});
    expect(await limits.look('key', all)).toEqual([
      { meter: 'requests', limit: 10, remaining: 9, resetMs: 6000 },
      { meter: 'input-tokens', limit: 1000, remaining: 900, resetMs: 6000 },
      { meter: 'output-tokens', limit: 600, remaining: 500, resetMs: 10_000 },
    ]);
    clock.advance(10_000);
    const left = (await limits.look('key', all)).map(({ remaining }) => remaining);
    expect(left).toEqual([10, 1000, 600]);
  });

  test('take of all limits or of none', async () => {
    const limits = new LocalRateLimits(new ManualClock());
    const large = demand({ amounts: { requests: 1, 'input-tokens': 100, 'output-tokens': 501 } });
    permitted(await limits.admit(demand())).giveBack({});
    expect(await limits.admit(large)).toMatchObject({
      kind: 'excess',
      over: 'output-tokens',
      limit: 600,
      retryAfterMs: 100,
    });
    const left = (await limits.look('key', all)).map(({ remaining }) => remaining);
    expect(left).toEqual([9, 900, 500]);
  });

  test('name the limit that has to be waited for longest', async () => {
    const limits = new LocalRateLimits(new ManualClock());
    const amounts = { requests: 10, 'input-tokens': 1000, 'output-tokens': 600 };
    permitted(await limits.admit(demand({ amounts }))).giveBack({});
    expect(await limits.admit(demand())).toMatchObject({ over: 'output-tokens' });
  });

  test('let so many run at once, and more when one has ended', async () => {
    const limits = new LocalRateLimits(new ManualClock());
    const rules = { perMinute: {}, concurrency: 2 };
    const first = permitted(await limits.admit(demand({ rules })));
    permitted(await limits.admit(demand({ rules })));
    expect(await limits.admit(demand({ rules }))).toMatchObject({
      over: 'concurrency',
      limit: 2,
      retryAfterMs: 1000,
    });
    first.giveBack({});
    permitted(await limits.admit(demand({ rules })));
  });

  test('put an estimate right: what was not used comes back, what nobody said stays', async () => {
    const limits = new LocalRateLimits(new ManualClock());
    permitted(await limits.admit(demand())).giveBack({ 'input-tokens': 10 });
    const left = (await limits.look('key', all)).map(({ remaining }) => remaining);
    expect(left).toEqual([9, 990, 500]);
  });

  test('a permit is given back once', async () => {
    const limits = new LocalRateLimits(new ManualClock());
    const permit = permitted(await limits.admit(demand()));
    permit.giveBack({});
    expect(() => {
      permit.giveBack({});
    }).toThrow('given back once');
  });

  test('subjects are counted apart', async () => {
    const limits = new LocalRateLimits(new ManualClock());
    const rules = { perMinute: { requests: 1 } };
    permitted(await limits.admit(demand({ rules })));
    permitted(await limits.admit(demand({ rules, subject: 'other' })));
    expect((await limits.admit(demand({ rules }))).kind).toBe('excess');
  });

  test('an idle subject is forgotten, and none that has something to remember', async () => {
    const clock = new ManualClock();
    const limits = new LocalRateLimits(clock);
    const rules = { perMinute: { requests: 60 } };
    const running = permitted(await limits.admit(demand({ rules, subject: 'running' })));
    for (let index = 0; index < 1000; index += 1) {
      const subject = `key ${String(index)}`;
      permitted(await limits.admit(demand({ rules, subject }))).giveBack({});
    }
    expect(limits.size).toBe(1001);
    clock.advance(MINUTE_MS);
    for (let index = 0; index < 1000; index += 1) {
      permitted(await limits.admit(demand({ rules, subject: 'busy' }))).giveBack({});
      clock.advance(1000);
    }
    expect(limits.size).toBe(2);
    running.giveBack({});
    permitted(await limits.admit(demand({ rules, subject: 'busy' }))).giveBack({});
    expect(limits.size).toBe(1);
  });

  test('more subjects than can be remembered are refused, never forgotten', async () => {
    const clock = new ManualClock();
    const limits = new LocalRateLimits(clock, 2);
    const rules = { perMinute: { requests: 1 } };
    permitted(await limits.admit(demand({ rules, subject: 'a' }))).giveBack({});
    permitted(await limits.admit(demand({ rules, subject: 'b' }))).giveBack({});
    expect((await limits.admit(demand({ rules, subject: 'c' }))).kind).toBe('excess');
    expect((await limits.admit(demand({ rules, subject: 'a' }))).kind).toBe('excess');
    clock.advance(MINUTE_MS);
    permitted(await limits.admit(demand({ rules, subject: 'c' })));
  });

  test('forgetting changes no decision', async () => {
    const steps = fc.array(
      fc.record({
        subject: fc.constantFrom('a', 'b', 'c', 'd'),
        waitMs: fc.nat(20_000),
        tokens: fc.nat(1200),
        usedPercent: fc.nat(150),
        isEnded: fc.boolean(),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (trace) => {
        const decisionsOf = async (bystanders: number): Promise<readonly string[]> => {
          const clock = new ManualClock();
          const limits = new LocalRateLimits(clock);
          const decisions: string[] = [];
          for (const { subject, waitMs, tokens, usedPercent, isEnded } of trace) {
            clock.advance(waitMs);
            // Others are used in between, and so the first ones are swept sooner.
            for (let index = 0; index < bystanders; index += 1) {
              await limits.admit(demand({ subject: `bystander ${String(index)}` }));
            }
            const amounts = { requests: 1, 'input-tokens': tokens, 'output-tokens': 1 };
            const given = await limits.admit(demand({ subject, amounts }));
            decisions.push(JSON.stringify([given.kind, given.standings]));
            const used = Math.floor((tokens * usedPercent) / 100);
            if (given.kind === 'permit' && isEnded) given.giveBack({ 'input-tokens': used });
          }
          return decisions;
        };
        expect(await decisionsOf(3)).toEqual(await decisionsOf(0));
      }),
      { numRuns: 50 },
    );
  });
});

test('what is asked is what would be said, and draws on nothing', async () => {
  const limits = new LocalRateLimits(new ManualClock());
  const asked = demand({});
  const before = await limits.look(asked.subject, asked.rules);
  expect([await limits.ask(asked), limits.size]).toEqual([undefined, 0]);
  expect(await limits.look(asked.subject, asked.rules)).toEqual(before);
  let given = await limits.admit(asked);
  for (let time = 0; time < 1000 && given.kind === 'permit'; time += 1) {
    expect((await limits.ask(asked))?.kind ?? 'permit').toBe(
      (given = await limits.admit(asked)).kind,
    );
  }
  expect(given.kind).toBe('excess');
  expect(await limits.ask(asked)).toEqual(given);
});
