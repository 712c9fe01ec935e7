import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../messages/errors.ts';
import type { RightName, RightsOfKey } from './key-rights.ts';
import { rightsBeyond } from './key-rights.ts';
import type { BudgetPeriod, KeyKind } from './key-store.ts';
import { budgetPeriods, keyKinds } from './key-store.ts';
import type { WantedRights } from './normalize-rights.ts';
import { normalizeRights } from './normalize-rights.ts';
import { grantableScopes, scopes, usableScopes } from './scopes.ts';

const open: RightsOfKey = {
  kind: 'management',
  scopes: grantableScopes.management,
  modelIds: null,
  allowedCidrs: null,
  budget: null,
  rate: null,
};

function budget(limit: number, period: BudgetPeriod): RightsOfKey['budget'] {
  return { limitNanoUsd: BigInt(limit), period };
}

describe('rights beyond those of the maker', () => {
  interface Case {
    readonly name: string;
    readonly child?: Partial<RightsOfKey>;
    readonly maker?: Partial<RightsOfKey>;
    readonly beyond: readonly RightName[];
  }

  test.each<Case>([
    { name: 'the same', beyond: [] },
    { name: 'an inference key of a management key', child: { kind: 'inference' }, beyond: [] },
    { name: 'an admin key of a management key', child: { kind: 'admin' }, beyond: ['kind'] },
    {
      name: 'an inference key of an inference key',
      child: { kind: 'inference' },
      maker: { kind: 'inference' },
      beyond: ['kind'],
    },
    { name: 'a scope more', maker: { scopes: ['chat'] }, beyond: ['scopes'] },
    {
      name: 'a scope less',
      child: { scopes: ['chat'] },
      maker: { scopes: ['chat', 'keys:write'] },
      beyond: [],
    },
    { name: 'any model of some', maker: { modelIds: ['a'] }, beyond: ['modelIds'] },
    { name: 'no model of some', child: { modelIds: [] }, maker: { modelIds: ['a'] }, beyond: [] },
    {
      name: 'another model',
      child: { modelIds: ['a', 'b'] },
      maker: { modelIds: ['a'] },
      beyond: ['modelIds'],
    },
    { name: 'any address of some', maker: { allowedCidrs: [] }, beyond: ['allowedCidrs'] },
    {
      name: 'a narrower range',
      child: { allowedCidrs: ['10.1.0.0/16'] },
      maker: { allowedCidrs: ['11.0.0.0/8', '10.0.0.0/8'] },
      beyond: [],
    },
    {
      name: 'a wider range',
      child: { allowedCidrs: ['10.0.0.0/7'] },
      maker: { allowedCidrs: ['10.0.0.0/8'] },
      beyond: ['allowedCidrs'],
    },
    {
      name: 'a range that cannot be read',
      child: { allowedCidrs: ['?'] },
      maker: { allowedCidrs: ['0.0.0.0/0'] },
      beyond: ['allowedCidrs'],
    },
    { name: 'no budget', maker: { budget: budget(5, 'day') }, beyond: ['budget'] },
    {
      name: 'a larger budget',
      child: { budget: budget(6, 'day') },
      maker: { budget: budget(5, 'day') },
      beyond: ['budget'],
    },
    {
      name: 'as much in a longer time',
      child: { budget: budget(5, 'month') },
      maker: { budget: budget(5, 'day') },
      beyond: [],
    },
    {
      name: 'as much in a shorter time',
      child: { budget: budget(5, 'day') },
      maker: { budget: budget(5, 'month') },
      beyond: ['budget'],
    },
    {
      name: 'as much in a month as in a week, which two months may share',
      child: { budget: budget(5, 'month') },
      maker: { budget: budget(5, 'week') },
      beyond: ['budget'],
    },
    { name: 'no rate', maker: { rate: { requestsPerMinute: 1 } }, beyond: ['rate'] },
    {
      name: 'a rate of another figure',
      child: { rate: { concurrency: 1 } },
      maker: { rate: { requestsPerMinute: 1 } },
      beyond: ['rate'],
    },
    {
      name: 'a lower rate',
      child: { rate: { requestsPerMinute: 1, concurrency: 5 } },
      maker: { rate: { requestsPerMinute: 2 } },
      beyond: [],
    },
    { name: 'a life without an end', maker: { expiresAtMs: 5 }, beyond: ['expiresAtMs'] },
    { name: 'a shorter life', child: { expiresAtMs: 4 }, maker: { expiresAtMs: 5 }, beyond: [] },
    {
      name: 'anything of an admin key',
      child: { modelIds: null },
      maker: { kind: 'admin', scopes: [], modelIds: [] },
      beyond: [],
    },
    {
      name: 'a longer life than an admin key has',
      maker: { kind: 'admin', expiresAtMs: 5 },
      beyond: ['expiresAtMs'],
    },
    {
      name: 'everything at once',
      child: { kind: 'admin' },
      maker: {
        scopes: [],
        modelIds: [],
        allowedCidrs: [],
        budget: budget(0, 'none'),
        rate: { concurrency: 1 },
        expiresAtMs: 1,
      },
      beyond: ['kind', 'scopes', 'modelIds', 'allowedCidrs', 'budget', 'rate', 'expiresAtMs'],
    },
  ])('$name', ({ child, maker, beyond }) => {
    expect(rightsBeyond({ ...open, ...child }, { ...open, ...maker })).toEqual(beyond);
  });

  test('what is within a key that is within another is within that one', () => {
    const list = <Entry>(entries: readonly Entry[]): fc.Arbitrary<readonly Entry[]> =>
      fc.subarray([...entries]);
    const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
      fc.oneof(fc.constant(null), value);
    const figure = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
    const rights: fc.Arbitrary<RightsOfKey> = fc
      .record({
        scopes: list(['chat', 'messages', 'keys:write'] as const),
        modelIds: maybe(list(['a', 'b'])),
        allowedCidrs: maybe(list(['10.0.0.0/8', '10.1.0.0/16', '10.1.1.0/24', '::/0'])),
        budget: maybe(
          fc.record({
            limitNanoUsd: fc.bigInt(1n, 3n),
            period: fc.constantFrom(...budgetPeriods),
          }),
        ),
        requestsPerMinute: figure,
        concurrency: figure,
      })
      .map(({ requestsPerMinute, concurrency, ...more }) => ({
        ...more,
        kind: 'management',
        rate: {
          ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
          ...(concurrency === undefined ? {} : { concurrency }),
        },
      }));
    fc.assert(
      fc.property(rights, rights, rights, (one, two, three) => {
        expect(rightsBeyond(one, one)).toEqual([]);
        const isChain =
          rightsBeyond(one, two).length === 0 && rightsBeyond(two, three).length === 0;
        expect(isChain ? rightsBeyond(one, three) : []).toEqual([]);
      }),
    );
  });
});

describe('scopes', () => {
  test('of management keys call no model, and those of inference keys manage nothing', () => {
    const both = usableScopes.inference.filter((scope) => usableScopes.management.includes(scope));
    expect(both).toEqual(['usage:read', 'wallet:read']);
    expect(usableScopes.admin).toEqual([]);
  });

  test('each can be used by some kind of key, and none is given that nobody can use', () => {
    const usable = new Set(keyKinds.flatMap((kind) => usableScopes[kind]));
    expect([...usable].toSorted()).toEqual([...scopes].toSorted());
    for (const kind of keyKinds) {
      expect(grantableScopes[kind].filter((scope) => !usable.has(scope))).toEqual([]);
    }
  });
});

describe('rights as they are written', () => {
  const normalized = (wanted: WantedRights, kind: KeyKind = 'inference'): unknown => {
    const rights = normalizeRights(kind, wanted, (name) =>
      name === 'sonnet' ? 'claude-sonnet-4-6' : undefined,
    );
    return isRefusal(rights) ? rights.param : rights;
  };
  const nothing = { modelIds: null, allowedCidrs: null, budget: null, rate: null };

  test('are those of the kind where nothing is said', () => {
    expect(normalized({})).toEqual({ scopes: usableScopes.inference, ...nothing });
    expect(normalized({}, 'admin')).toEqual({ scopes: [], ...nothing });
  });

  test('get the one spelling of each', () => {
    const wanted: WantedRights = {
      scopes: ['chat', 'chat'],
      modelIds: ['sonnet', 'claude-sonnet-4-6', 'of-next-year'],
      allowedCidrs: ['10.1.2.3/8', '::ffff:10.0.0.0/104', '::1'],
      budget: { limitNanoUsd: 5n, period: 'week' },
      rate: { concurrency: 3 },
    };
    expect(normalized(wanted)).toEqual({
      scopes: ['chat'],
      modelIds: ['claude-sonnet-4-6', 'of-next-year'],
      allowedCidrs: ['10.0.0.0/8', '::1/128'],
      budget: { limitNanoUsd: 5n, period: 'week' },
      rate: { concurrency: 3 },
    });
  });

  test('keep an empty list, which allows nothing', () => {
    expect(normalized({ scopes: [], modelIds: [], allowedCidrs: [], rate: {} })).toEqual({
      scopes: [],
      modelIds: [],
      allowedCidrs: [],
      budget: null,
      rate: null,
    });
  });

  test.each<[string, WantedRights, string]>([
    ['a scope that is none', { scopes: ['everything'] }, 'scopes'],
    ['a scope of another kind', { scopes: ['keys:write'] }, 'scopes'],
    ['a model without a name', { modelIds: [''] }, 'models'],
    ['too many models', { modelIds: Array<string>(257).fill('m') }, 'models'],
    ['K16 a range that is none', { allowedCidrs: ['10.0.0.0/33'] }, 'allowed_cidrs'],
    ['a period that is none', { budget: { limitNanoUsd: 1n, period: 'year' } }, 'budget.period'],
    ['less than nothing', { budget: { limitNanoUsd: -1n, period: 'day' } }, 'budget.limit_nano'],
    [
      'more than can be kept',
      { budget: { limitNanoUsd: 2n ** 63n, period: 'day' } },
      'budget.limit_nano',
    ],
    ['no request', { rate: { requestsPerMinute: 0 } }, 'rate.requests_per_minute'],
    ['half a request', { rate: { concurrency: 1.5 } }, 'rate.concurrency'],
  ])('are refused with their place: %s', (_name, wanted, place) => {
    expect(normalized(wanted)).toBe(place);
  });
});
