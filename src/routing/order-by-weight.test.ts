import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderByWeight } from './order-by-weight.ts';

type Weighted = readonly [name: string, weight: number];

const of = { name: ([name]: Weighted) => name, weight: ([, weight]: Weighted) => weight };
const namesOf = (items: readonly Weighted[], key: string): readonly string[] =>
  orderByWeight(items, key, of).map(([name]) => name);

const items = fc.uniqueArray(
  fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 9 })),
  { minLength: 1, maxLength: 6, selector: ([name]) => name },
);

const DRAWS = 20_000;

test.each<[string, readonly Weighted[]]>([
  [
    'two equal ones',
    [
      ['a', 1],
      ['b', 1],
    ],
  ],
  [
    'nine to one',
    [
      ['a', 9],
      ['b', 1],
    ],
  ],
  [
    'three',
    [
      ['bedrock-east', 50],
      ['bedrock-west', 30],
      ['direct', 20],
    ],
  ],
  [
    'names that differ in a digit',
    [
      ['up#0', 1],
      ['up#1', 1],
      ['up#2', 1],
      ['up#3', 1],
    ],
  ],
  [
    'fractions',
    [
      ['a', 0.25],
      ['b', 0.75],
    ],
  ],
])('over 20,000 draws each is first as often as its weight says: %s', (_name, weighted) => {
  const first = new Map<string, number>();
  for (let at = 0; at < DRAWS; at += 1) {
    const [name = ''] = namesOf(weighted, String(at / DRAWS));
    first.set(name, (first.get(name) ?? 0) + 1);
  }
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of weighted) {
    const share = (first.get(name) ?? 0) / DRAWS;
    // Five in a hundred of all draws is what was promised; a hundredth is what chance makes of it.
    expect(Math.abs(share - weight / total)).toBeLessThan(0.015);
  }
});

test('who has no weight comes after the others', () => {
  for (let at = 0; at < 200; at += 1) {
    const order = namesOf(
      [
        ['spare', 0],
        ['a', 1],
        ['other', 0],
        ['b', 1],
      ],
      String(at),
    );
    expect(order.slice(2).toSorted()).toEqual(['other', 'spare']);
  }
});

test('the same key gives the same order, and leaves nobody out', () => {
  fc.assert(
    fc.property(items, fc.string(), (all, key) => {
      const order = namesOf(all, key);
      expect(namesOf(all.toReversed(), key)).toEqual(order);
      expect(order.toSorted()).toEqual(all.map(([name]) => name).toSorted());
    }),
  );
});

test('an item that goes away changes the order of no two others', () => {
  fc.assert(
    fc.property(items, fc.string(), fc.nat(), (all, key, at) => {
      const gone = all[at % all.length]?.[0];
      const left = all.filter(([name]) => name !== gone);
      expect(namesOf(left, key)).toEqual(namesOf(all, key).filter((name) => name !== gone));
    }),
  );
});
