import type { JsonObject, JsonValue } from '../../format/json-value.ts';
import { objectIn, objectsIn, textIn, textsIn } from '../../format/json-value.ts';
import { withMember } from './settings-draft.ts';

/** The rules of a gateway about data, as the form shows them. */
export interface DataLossDraft {
  readonly isEnabled: boolean;
  readonly policies: readonly JsonObject[];
  /** Whether they are written in the older form, which has one rule for both sides. */
  readonly isOlder: boolean;
}

const OLDER_ID = 'all';
const sides = ['REQUEST', 'RESPONSE'] as const;

/** The rules about data in settings; the older form is shown as the one policy that it is. */
export function dataLossIn(settings: JsonObject): DataLossDraft {
  const rules = objectIn(settings, 'dlp');
  const isEnabled = rules['enabled'] === true;
  const { policies, action, profiles } = rules;
  if (policies !== undefined) {
    return { isEnabled, policies: objectsIn(rules, 'policies'), isOlder: false };
  }
  if (action === undefined && profiles === undefined) {
    return { isEnabled, policies: [], isOlder: false };
  }
  const only = {
    id: OLDER_ID,
    action: textIn(rules, 'action'),
    check: sides,
    enabled: true,
    profiles: textsIn(rules, 'profiles'),
  };
  return { isEnabled, policies: [only], isOlder: true };
}

/** Settings with other rules about data. Those that ask for nothing are none. */
export function withDataLoss(
  settings: JsonObject,
  { isEnabled, policies }: Pick<DataLossDraft, 'isEnabled' | 'policies'>,
): JsonObject {
  const isNone = !isEnabled && policies.length === 0;
  return withMember(settings, 'dlp', isNone ? undefined : { enabled: isEnabled, policies });
}

/** A policy that nobody has filled in, by a name that no other has. */
export function newPolicy(policies: readonly JsonObject[]): JsonObject {
  const id = freeName(policies, 'policy');
  return { id, action: 'BLOCK', check: sides, enabled: true, profiles: [] };
}

/** Texts with one of them added or taken away, in an order that does not change with that. */
export function withText(texts: readonly string[], text: string, isIn: boolean): JsonValue {
  const others = texts.filter((other) => other !== text);
  return isIn ? [...others, text].toSorted() : others;
}

/** A name that none of the objects has as its id. */
export function freeName(objects: readonly JsonObject[], word: string): string {
  const taken = new Set(objects.map((object) => textIn(object, 'id')));
  let count = objects.length + 1;
  while (taken.has(`${word}-${String(count)}`)) count += 1;
  return `${word}-${String(count)}`;
}
