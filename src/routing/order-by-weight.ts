import { unitOfText } from '../std/unit-of-text.ts';

/**
 * Puts items in the order of a key: the same key, the same order, and over many keys each is first as
 * often as its weight says. Weighted rendezvous hashing: an item that goes away, or comes, changes the
 * order of no two others, so only what was first there has to go elsewhere.
 */
export function orderByWeight<Item>(
  items: readonly Item[],
  key: string,
  of: { readonly name: (item: Item) => string; readonly weight: (item: Item) => number },
): readonly Item[] {
  if (items.length < 2) return items;
  return items
    .map((item) => ({ item, rank: rankOf(`${key}\n${of.name(item)}`, of.weight(item)) }))
    .toSorted((one, other) => compare(one.rank, other.rank))
    .map(({ item }) => item);
}

/** The waiting time of an event of this rate: who has the shortest comes first. Never for weight 0. */
function rankOf(text: string, weight: number): number {
  return -Math.log(unitOfText(text)) / weight;
}

/** Of several without a weight none is before the others; two infinities have no difference. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}
