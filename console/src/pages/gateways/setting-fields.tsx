import type { ReactElement, ReactNode } from 'react';
import { useId } from 'react';
import type { JsonObject, JsonValue } from '../../format/json-value.ts';
import { CheckField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import styles from './gateways.module.css';
import { linesIn, linesText, numberIn, numberText, secondsText } from './settings-draft.ts';
import type { TextForm } from './use-typed.ts';
import { useTyped } from './use-typed.ts';

/** The settings that are edited, and what was refused of them. */
export interface SettingsForm {
  readonly settings: JsonObject;
  readonly onChange: (settings: JsonObject) => void;
  /** What was refused at a place, or below it. */
  readonly refused: (place: string) => string | undefined;
}

interface ValueField {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly value: JsonValue | undefined;
  readonly onChange: (value: JsonValue) => void;
}

const numberForm: TextForm = { print: numberText, read: numberIn };
const linesForm: TextForm = { print: linesText, read: linesIn };
const LINES_ROWS = 3;

/** A number, or nothing. */
export function NumberField(props: ValueField & { readonly isSeconds?: boolean }): ReactElement {
  const { value, onChange, isSeconds, hint, ...rest } = props;
  const [text, type] = useTyped(value, numberForm);
  const said = isSeconds === true ? secondsText(value) : undefined;
  return (
    <TextField
      {...rest}
      inputMode="decimal"
      hint={said === undefined ? hint : <Said said={said} hint={hint} />}
      value={text}
      onChange={(event) => {
        onChange(type(event.target.value));
      }}
    />
  );
}

function Said({ said, hint }: { readonly said: string; readonly hint: ReactNode }): ReactElement {
  return (
    <>
      <b>= {said}</b> {hint}
    </>
  );
}

/** Texts, one a line. */
export function LinesField(
  props: ValueField & { readonly form?: TextForm; readonly isOff?: boolean },
): ReactElement {
  const { value, onChange, form = linesForm, isOff, ...rest } = props;
  const [text, type] = useTyped(value, form);
  return (
    <TextAreaField
      {...rest}
      mono
      rows={LINES_ROWS}
      disabled={isOff}
      value={text}
      onChange={(event) => {
        onChange(type(event.target.value));
      }}
    />
  );
}

/** A line of text. */
export function WordField({ value, onChange, ...rest }: ValueField): ReactElement {
  return (
    <TextField
      {...rest}
      value={numberText(value)}
      onChange={(event) => {
        onChange(event.target.value);
      }}
    />
  );
}

/** One of a few words; a word that is none of them is shown too, for the gateway to refuse. */
export function ChoiceField(
  props: Omit<ValueField, 'placeholder' | 'onChange'> & {
    readonly onChange: (word: string | null) => void;
    readonly hidesLabel?: boolean;
    readonly options: readonly { readonly value: string; readonly text: string }[];
    /** What nothing means; absent where there is always one of them. */
    readonly none?: string;
  },
): ReactElement {
  const { value, onChange, options, none, ...rest } = props;
  const chosen = numberText(value);
  const known = none === undefined ? options : [{ value: '', text: none }, ...options];
  const isKnown = known.some((option) => option.value === chosen);
  return (
    <SelectField
      {...rest}
      value={chosen}
      options={isKnown ? known : [{ value: chosen, text: chosen || 'Not set' }, ...known]}
      onChange={(event) => {
        onChange(event.target.value === '' ? null : event.target.value);
      }}
    />
  );
}

/** Yes or no, with what it means. */
export function SwitchField(props: ValueField): ReactElement {
  const { label, hint, error, value, onChange } = props;
  const noteId = useId();
  const note = error ?? hint;
  return (
    <div className={styles['switch']}>
      <CheckField
        label={label}
        checked={value === true}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={note === undefined ? undefined : noteId}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      {note === undefined ? null : (
        <div id={noteId} className={styles[error === undefined ? 'hint' : 'error']}>
          {note}
        </div>
      )}
    </div>
  );
}
