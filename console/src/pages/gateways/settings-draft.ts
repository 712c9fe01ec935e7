import type { JsonObject, JsonValue } from '../../format/json-value.ts';

/** What the gateway writes itself: shown with the settings, and not among what can be set. */
const written: ReadonlySet<string> = new Set(['id', 'is_default', 'created_at', 'modified_at']);

/** The settings of a gateway that somebody can change. */
export function settable(settings: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !written.has(name)));
}

/** An object with another value of one member; without it where that is undefined. */
export function withMember(
  object: JsonObject,
  name: string,
  value: JsonValue | undefined,
): JsonObject {
  if (value !== undefined) return { ...object, [name]: value };
  return Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
}

/** A list with another item at one place; without that place where the item is undefined. */
export function withItem<Item>(
  list: readonly Item[],
  index: number,
  item: Item | undefined,
): readonly Item[] {
  return item === undefined ? list.toSpliced(index, 1) : list.with(index, item);
}

/** The members whose values are others, in the order of their names. */
export function changedMembers(before: JsonObject, after: JsonObject): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isSame(before[name], after[name])).toSorted();
}

/** Whether two values say the same; members may stand in any order. */
export function isSame(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return left === right;
  if (left === null || right === null) return left === right;
  if (isList(left) || isList(right)) {
    return (
      isList(left) &&
      isList(right) &&
      left.length === right.length &&
      left.every((item, at) => isSame(item, right[at]))
    );
  }
  return changedMembers(left, right).length === 0;
}

function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A number as a field shows it; what is none stays as it was typed, for the gateway to refuse. */
export function numberText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What a field for a number says; nothing typed is null. */
export function numberIn(text: string): JsonValue {
  const typed = text.trim();
  if (typed === '') return null;
  const value = Number(typed);
  return Number.isFinite(value) ? value : typed;
}

/** Texts as a field shows them, one a line. */
export function linesText(value: JsonValue | undefined): string {
  return Array.isArray(value) ? value.map((one: JsonValue) => numberText(one)).join('\n') : '';
}

/** The lines of a field that say something. */
export function linesIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Seconds in the largest unit of which they are whole ones: `1 day`, `90 minutes`; else nothing. */
export function secondsText(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) return undefined;
  const found = units.find(([, seconds]) => value % seconds === 0);
  if (found === undefined) return undefined;
  const [unit, seconds] = found;
  const count = value / seconds;
  return `${count.toLocaleString('en-US')} ${unit}${count === 1 ? '' : 's'}`;
}

/** What was refused at a place of the settings, or below it. Places are spelt with points or slashes. */
export function refusedAt(
  refused: { readonly param: string | undefined; readonly message: string } | undefined,
  place: string,
): string | undefined {
  const param = refused?.param?.replaceAll('/', '.');
  if (refused === undefined || param === undefined) return undefined;
  return param === place || param.startsWith(`${place}.`) ? refused.message : undefined;
}
