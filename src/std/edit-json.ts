import { OPEN_BRACE } from './json-bytes.ts';
import type { JsonValue } from './json.ts';
import type { JsonBounds, JsonSpan } from './scan-json.ts';
import { scanJsonObject } from './scan-json.ts';

/** Whoever took the body in had bounds of their own; these are beyond any of them. */
const bounds: JsonBounds = { depthMax: 10_000, keysMax: 10_000_000 };

/** The members of a body that was taken in already; undefined where it is no JSON object. */
export function membersIn(body: Uint8Array): ReadonlyMap<string, JsonSpan> | undefined {
  const scan = body.length === 0 ? undefined : scanJsonObject(body, bounds);
  return scan?.kind === 'object' ? scan.members : undefined;
}

/** What comes in the place of some bytes. */
export interface Splice {
  readonly span: JsonSpan;
  readonly bytes: Uint8Array;
}

/** The same bytes with others in some places, which are in order and do not overlap. */
export function spliceBytes(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  if (splices.length === 0) return bytes;
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const { span, bytes: inserted } of splices) {
    pieces.push(bytes.subarray(from, span.start), inserted);
    from = span.end;
  }
  return Buffer.concat([...pieces, bytes.subarray(from)]);
}

/**
 * The same JSON object with other values for some of its members: those that it has are replaced
 * where they stand, the others come before all it has, and every other byte stays. `members` are
 * those of the object, as a scan of it found them.
 */
export function setMembers(
  object: Uint8Array,
  members: ReadonlyMap<string, JsonSpan>,
  values: ReadonlyMap<string, JsonValue>,
): Uint8Array {
  const entries = [...values];
  const added = entries.filter(([name]) => !members.has(name));
  const replaced = entries.flatMap(([name, value]): readonly Splice[] => {
    const span = members.get(name);
    return span === undefined ? [] : [{ span, bytes: Buffer.from(JSON.stringify(value)) }];
  });
  const inOrder = replaced.toSorted((one, other) => one.span.start - other.span.start);
  return spliceBytes(object, [...beforeAll(object, added, members.size > 0), ...inOrder]);
}

/** New members stand first, where no other one has to be looked at to find their place. */
function beforeAll(
  object: Uint8Array,
  added: readonly (readonly [string, JsonValue])[],
  hasOthers: boolean,
): readonly Splice[] {
  if (added.length === 0) return [];
  const at = object.indexOf(OPEN_BRACE) + 1;
  const text = added
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(',');
  const bytes = Buffer.from(hasOthers ? `${text},` : text);
  return [{ span: { start: at, end: at }, bytes }];
}

/**
 * What has to go for an array to be without some of its items: with each of them goes the comma that
 * parted it from what stays. `items` are all that it has, in their order.
 */
export function withoutItems(
  items: readonly JsonSpan[],
  dropped: ReadonlySet<number>,
): readonly Splice[] {
  const lastKept = items.findLastIndex((_item, index) => !dropped.has(index));
  const spans = items.flatMap((item, index): readonly JsonSpan[] => {
    if (!dropped.has(index) || index > lastKept) return [];
    return [{ start: item.start, end: items[index + 1]?.start ?? item.end }];
  });
  const last = items.at(-1);
  const tailStart = lastKept < 0 ? items[0]?.start : items[lastKept]?.end;
  const hasTail = last !== undefined && tailStart !== undefined && lastKept < items.length - 1;
  const tail = hasTail ? [{ start: tailStart, end: last.end }] : [];
  return [...spans, ...tail].map((span) => ({ span, bytes: NOTHING }));
}

const NOTHING = new Uint8Array(0);
