import type { ReactElement } from 'react';
import { useSearchText } from '../../app/use-search-text.ts';
import { SelectField } from '../../ui/field.tsx';
import { rangeIn, rangeOptions } from './overview-range.ts';
import styles from './overview.module.css';

/** Chooses the time that figures are of; it stands in the address. */
export function RangeField({ label }: { readonly label: string }): ReactElement {
  const { search, setSearch } = useSearchText();
  return (
    <div className={styles['range']}>
      <SelectField
        label={label}
        hidesLabel
        value={rangeIn(search['range'])}
        options={rangeOptions}
        onChange={(event) => {
          setSearch({ range: event.target.value });
        }}
      />
    </div>
  );
}
