/** The part of a list in memory behind a cursor, which is the name of the last item before it. */
export function pageAfter<Item>(
  items: readonly Item[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  nameOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly nextCursor: string | null } {
  const behind = cursor === undefined ? 0 : items.findIndex((item) => nameOf(item) === cursor) + 1;
  const page = items.slice(behind, behind + limit);
  const last = page.at(-1);
  const hasMore = items.length > behind + page.length;
  return { items: page, nextCursor: hasMore && last !== undefined ? nameOf(last) : null };
}
