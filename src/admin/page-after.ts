import type { Refusal } from '../messages/errors.ts';
import { unknownCursor } from './list-cursor.ts';

/** Which part of a list is wanted. */
interface PageWanted<Item> {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly fits?: (item: Item) => boolean;
}

interface PageFound<Item> {
  readonly kind: 'page';
  readonly items: readonly Item[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

/**
 * The part of a list in memory behind a cursor, which is the name of the last item before it. Items
 * that do not fit are left out; a cursor stays a place in the list when its own no longer fits, and
 * one that names nothing there is refused: from the beginning again, a reader would never end.
 */
export function pageAfter<Item>(
  items: readonly Item[],
  { cursor, limit, fits = () => true }: PageWanted<Item>,
  nameOf: (item: Item) => string,
): PageFound<Item> | Refusal {
  const behind = cursor === undefined ? 0 : items.findIndex((item) => nameOf(item) === cursor) + 1;
  if (cursor !== undefined && behind === 0) return unknownCursor();
  const rest = items.slice(behind).filter(fits);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rest.length > page.length;
  return {
    kind: 'page',
    items: page,
    nextCursor: hasMore && last !== undefined ? nameOf(last) : null,
  };
}
