/** Which part of a list is wanted. */
interface PageWanted<Item> {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly fits?: (item: Item) => boolean;
}

/**
 * The part of a list in memory behind a cursor, which is the name of the last item before it. Items
 * that do not fit are left out; a cursor stays a place in the list when its own no longer fits.
 */
export function pageAfter<Item>(
  items: readonly Item[],
  { cursor, limit, fits = () => true }: PageWanted<Item>,
  nameOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly nextCursor: string | null } {
  const behind = cursor === undefined ? 0 : items.findIndex((item) => nameOf(item) === cursor) + 1;
  const rest = items.slice(behind).filter(fits);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rest.length > page.length;
  return { items: page, nextCursor: hasMore && last !== undefined ? nameOf(last) : null };
}
