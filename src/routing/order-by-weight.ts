/** Two multipliers whose products spread the bits of 32-bit numbers. */
const FIRST = 0x9e3779b1;
const SECOND = 0x85ebca6b;

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
  return -Math.log(unitOf(text)) / weight;
}

/** Of several without a weight none is before the others; two infinities have no difference. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** A number between 0 and 1, both left out, that a text always has; not for secrets. */
function unitOf(text: string): number {
  let high = FIRST;
  let low = SECOND;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    high = Math.imul(high ^ letter, 0x85ebca77);
    low = Math.imul(low ^ letter, 0xc2b2ae3d);
  }
  const first = mixed(high ^ (low >>> 15));
  const second = mixed(low ^ (high >>> 13));
  return (first * 2 ** 20 + (second >>> 12) + 0.5) / 2 ** 52;
}

function mixed(bits: number): number {
  let left = Math.imul(bits ^ (bits >>> 16), SECOND);
  left = Math.imul(left ^ (left >>> 13), 0xc2b2ae35);
  return (left ^ (left >>> 16)) >>> 0;
}
