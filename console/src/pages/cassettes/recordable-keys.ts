import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import type { ComboOption } from '../../ui/combo-match.ts';

/** The fixed key of the configuration, which no list of keys has. */
const development: ComboOption = {
  value: 'development',
  text: 'The development key',
  detail: 'development',
};

/** Keys that are offered to be recorded: the fixed one, and these by their names. */
export function recordableKeys(keys: readonly KeyAnswer[]): readonly ComboOption[] {
  const options = keys.map(({ id, name, account }) => ({
    value: id,
    text: name,
    detail: `${id} · ${account}`,
  }));
  return [development, ...options.toSorted((a, b) => a.text.localeCompare(b.text))];
}
