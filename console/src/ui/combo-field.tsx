import type { KeyboardEvent, ReactElement } from 'react';
import { useEffect, useId, useState } from 'react';
import { classNames } from './class-names.ts';
import styles from './combo-field.module.css';
import type { ComboOption } from './combo-match.ts';
import { matches, movedTo } from './combo-match.ts';
import type { FieldParts, Wiring } from './field.tsx';
import { Field, controlClass } from './field.tsx';

/** More than this is narrowed by typing. */
const SHOWN_MAX = 50;

interface ComboProps {
  readonly options: readonly ComboOption[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is said where none of them is like what was typed. */
  readonly none: string;
  readonly mono?: boolean;
}

/**
 * A text that is likely to be one of many: they are offered while it is typed, and others are taken too.
 * A combobox as WAI-ARIA 1.2 has it, with the focus in the text all the time. The one of the kit's
 * library hides the rest of the page from readers while it is open, the field's own label with it.
 */
export function ComboField({
  options,
  value,
  onChange,
  none,
  mono,
  ...field
}: FieldParts & ComboProps): ReactElement {
  const combo = { options, value, onChange, none, mono: mono === true };
  return <Field {...field}>{(wiring) => <Combo {...combo} wiring={wiring} />}</Field>;
}

function Combo(props: ComboProps & { readonly wiring: Wiring }): ReactElement {
  const { value, onChange, none, mono, wiring } = props;
  const listId = useId();
  const { isOpen, active, shown, turn, choose, press } = useCombo(props);
  const activeId = active === undefined ? undefined : optionId(listId, active);
  useEffect(() => {
    if (activeId === undefined) return;
    document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);
  const hasList = shown.length > 0;
  return (
    <div className={styles['combo']}>
      <input
        type="text"
        role="combobox"
        spellCheck={false}
        autoComplete="off"
        {...wiring}
        aria-autocomplete="list"
        aria-expanded={hasList}
        aria-controls={hasList ? listId : undefined}
        aria-activedescendant={activeId}
        className={controlClass({ mono: mono === true })}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          turn(true);
        }}
        onClick={() => {
          turn(true);
        }}
        onBlur={() => {
          turn(false);
        }}
        onKeyDown={press}
      />
      {isOpen ? (
        <div className={styles['popup']}>
          {hasList ? (
            <Options listId={listId} options={shown} active={active} onChoose={choose} />
          ) : (
            <div className={styles['none']} role="status">
              {none}
            </div>
          )}
        </div>
      ) : null}
    </div>
  );
}

function optionId(listId: string, index: number): string {
  return `${listId}-${String(index)}`;
}

interface ComboState {
  readonly isOpen: boolean;
  /** Where the arrow keys are; undefined in the text. */
  readonly active: number | undefined;
  readonly shown: readonly ComboOption[];
  readonly turn: (opens: boolean) => void;
  readonly choose: (option: ComboOption) => void;
  readonly press: (event: KeyboardEvent) => void;
}

function useCombo({ options, value, onChange }: ComboProps): ComboState {
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState<number>();
  const shown = isOpen ? options.filter((one) => matches(one, value)).slice(0, SHOWN_MAX) : [];
  const turn = (opens: boolean): void => {
    setOpen(opens);
    setActive(undefined);
  };
  const choose = (option: ComboOption): void => {
    onChange(option.value);
    turn(false);
  };
  const press = (event: KeyboardEvent): void => {
    const { key } = event;
    const chosen = active === undefined ? undefined : shown[active];
    if (key === 'Enter' && chosen !== undefined) choose(chosen);
    else if (key === 'Escape' && isOpen) turn(false);
    else if (key === 'ArrowDown' || key === 'ArrowUp') {
      setActive(movedTo(key, active, shown.length));
      setOpen(true);
    } else return;
    // Neither the form nor a dialog around it answers the same key.
    event.preventDefault();
    event.stopPropagation();
  };
  return { isOpen, active, shown, turn, choose, press };
}

function Options(props: {
  readonly listId: string;
  readonly options: readonly ComboOption[];
  readonly active: number | undefined;
  readonly onChoose: (option: ComboOption) => void;
}): ReactElement {
  const { listId, options, active, onChoose } = props;
  return (
    <div id={listId} className={styles['list']} role="listbox" aria-label="Suggestions">
      {options.map((option, index) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the field
        <div
          key={option.value}
          id={optionId(listId, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={classNames(styles['option'], index === active && styles['active'])}
          // The focus stays in the field.
          onPointerDown={(event) => {
            event.preventDefault();
          }}
          onClick={() => {
            onChoose(option);
          }}
        >
          <span>{option.text}</span>
          <span className={styles['detail']}>{option.detail}</span>
        </div>
      ))}
    </div>
  );
}
