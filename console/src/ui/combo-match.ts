/** Something that can be chosen: what is written for it, and what people know it by. */
export interface ComboOption {
  readonly value: string;
  readonly text: string;
  readonly detail: string;
}

/** Whether an option has every word that was typed somewhere in what is shown of it. */
export function matches({ value, text, detail }: ComboOption, typed: string): boolean {
  const shown = `${value} ${text} ${detail}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
}

/** Where an arrow key leads among so many options; past either end it is the text alone again. */
export function movedTo(
  key: 'ArrowDown' | 'ArrowUp',
  active: number | undefined,
  count: number,
): number | undefined {
  const places = count + 1;
  // The text stands before the first and behind the last.
  const step = key === 'ArrowDown' ? 1 : places - 1;
  const next = ((active === undefined ? 0 : active + 1) + step) % places;
  return next === 0 ? undefined : next - 1;
}
