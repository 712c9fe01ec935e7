const LETTERS_MAX = 256;

/**
 * A place in what a caller sent, as a refusal names it: callers choose the names of members, and one
 * of megabytes is not said back to them.
 */
export function shownPlace(place: string): string {
  return place.length <= LETTERS_MAX ? place : `${place.slice(0, LETTERS_MAX)}…`;
}
