import type { ReactElement } from 'react';
import { useEffect, useId, useState } from 'react';
import { useSearchText } from '../app/use-search-text.ts';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { SelectField, TextField } from './field.tsx';
import styles from './filter-bar.module.css';

const TYPING_MS = 300;

/** One thing that a list can be narrowed by; its name is that of the query's member. */
export interface Filter {
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string;
  /** One of these; else any text. */
  readonly options?: readonly { readonly value: string; readonly text: string }[];
  /** What a typed text is likely to be, with what people call it where that is something else. */
  readonly suggestions?: readonly (string | { readonly value: string; readonly text: string })[];
  readonly type?: 'text' | 'datetime-local' | 'date';
}

/** More than these are folded up on a small screen, where they would be all that it shows. */
const SHOWN_MAX = 4;

/** What a list is narrowed by, kept in the address: it can be sent to somebody, and Back undoes it. */
export function FilterBar({ filters }: { readonly filters: readonly Filter[] }): ReactElement {
  const { search } = useSearchText();
  const [isOpen, setOpen] = useState(false);
  const fieldsId = useId();
  const used = filters.filter(({ name }) => (search[name] ?? '') !== '');
  const isLong = filters.length > SHOWN_MAX;
  return (
    <div className={styles['filters']} role="search" aria-label="Filters">
      {isLong ? (
        <Button
          className={styles['fold']}
          aria-expanded={isOpen}
          aria-controls={fieldsId}
          onClick={() => {
            setOpen(!isOpen);
          }}
        >
          {used.length === 0 ? 'Filters' : `Filters (${String(used.length)})`}
        </Button>
      ) : null}
      <div
        id={fieldsId}
        className={classNames(styles['bar'], isLong && !isOpen && styles['folded'])}
      >
        <FilterFields filters={filters} used={used} />
      </div>
    </div>
  );
}

function FilterFields(props: {
  readonly filters: readonly Filter[];
  readonly used: readonly Filter[];
}): ReactElement {
  const { filters, used } = props;
  const { search, setSearch } = useSearchText();
  return (
    <>
      {filters.map((filter) =>
        filter.options === undefined ? (
          <TypedFilter key={filter.name} filter={filter} />
        ) : (
          <SelectField
            key={filter.name}
            label={filter.label}
            value={search[filter.name] ?? ''}
            options={[{ value: '', text: 'Any' }, ...filter.options]}
            onChange={(event) => {
              setSearch({ [filter.name]: event.target.value });
            }}
          />
        ),
      )}
      {used.length === 0 ? null : (
        <Button
          look="ghost"
          className={styles['clear']}
          onClick={() => {
            setSearch(Object.fromEntries(used.map(({ name }) => [name, ''])));
          }}
        >
          Clear filters
        </Button>
      )}
    </>
  );
}

/** Follows the typing a moment later, so that not every letter asks the gateway. */
function TypedFilter({ filter }: { readonly filter: Filter }): ReactElement {
  const { search, setSearch } = useSearchText();
  const listId = useId();
  const inForce = search[filter.name] ?? '';
  const [typed, setTyped] = useState(inForce);
  useEffect(() => {
    setTyped(inForce);
  }, [inForce]);
  useEffect(() => {
    if (typed === inForce) return undefined;
    const timer = setTimeout(() => {
      setSearch({ [filter.name]: typed.trim() });
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, inForce, filter.name, setSearch]);
  const { suggestions } = filter;
  return (
    <>
      <TextField
        label={filter.label}
        type={filter.type ?? 'text'}
        placeholder={filter.placeholder}
        list={suggestions === undefined ? undefined : listId}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
      />
      {suggestions === undefined ? null : (
        <datalist id={listId}>
          {suggestions.map((one) => {
            const { value, text } = typeof one === 'string' ? { value: one, text: one } : one;
            return (
              <option key={value} value={value}>
                {text}
              </option>
            );
          })}
        </datalist>
      )}
    </>
  );
}
