import type { JsonObject, JsonValue } from '../../format/json-value.ts';

/** What a field has that edits one member of an item. */
interface ItemField {
  readonly error: string | undefined;
  readonly value: JsonValue | undefined;
  readonly onChange: (value: JsonValue) => void;
}

/** Fields for the members of an item of a list, each of which changes the item. */
export function itemFields(
  item: JsonObject,
  refused: (member: string) => string | undefined,
  onChange: (item: JsonObject) => void,
): (name: string) => ItemField {
  return (name) => ({
    error: refused(name),
    value: item[name],
    onChange: (value) => {
      onChange({ ...item, [name]: value });
    },
  });
}
