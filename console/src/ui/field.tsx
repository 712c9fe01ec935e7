import type {
  InputHTMLAttributes,
  ReactElement,
  ReactNode,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from 'react';
import { useId } from 'react';
import { classNames } from './class-names.ts';
import styles from './field.module.css';

/** What every field has besides its control. */
export interface FieldParts {
  readonly label: string;
  /** Keeps the label for those who hear it only. */
  readonly hidesLabel?: boolean;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
}

/** What ties a control to its label and to what is said of it. */
export interface Wiring {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
}

/** The classes of a control, for those that are not made here. */
export function controlClass({ mono }: { readonly mono: boolean }): string {
  return classNames(styles['control'], mono && styles['mono']);
}

/** A label, a control, what helps with it and what is wrong with it, all of it wired together. */
export function Field({
  label,
  hidesLabel,
  hint,
  error,
  children,
}: FieldParts & { readonly children: (wiring: Wiring) => ReactNode }): ReactElement {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={hidesLabel === true ? 'visually-hidden' : styles['label']}>
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error === undefined ? undefined : true,
        'aria-describedby': note === undefined ? undefined : noteId,
      })}
      {note === undefined ? null : (
        <div
          id={noteId}
          className={error === undefined ? styles['hint'] : styles['error']}
          role={error === undefined ? undefined : 'alert'}
        >
          {note}
        </div>
      )}
    </div>
  );
}

function split<Rest extends FieldParts>(props: Rest): [FieldParts, Omit<Rest, keyof FieldParts>] {
  const { label, hidesLabel, hint, error, ...rest } = props;
  const parts = {
    label,
    error,
    ...(hidesLabel === undefined ? {} : { hidesLabel }),
    ...(hint === undefined ? {} : { hint }),
  };
  return [parts, rest];
}

/** One line of text, a number, a date. */
export function TextField(
  props: FieldParts & InputHTMLAttributes<HTMLInputElement> & { readonly mono?: boolean },
): ReactElement {
  const [field, { mono, ...rest }] = split(props);
  return (
    <Field {...field}>
      {(wiring) => (
        <input
          type="text"
          spellCheck={false}
          autoComplete="off"
          {...rest}
          {...wiring}
          className={controlClass({ mono: mono === true })}
        />
      )}
    </Field>
  );
}

/** Several lines. */
export function TextAreaField(
  props: FieldParts & TextareaHTMLAttributes<HTMLTextAreaElement> & { readonly mono?: boolean },
): ReactElement {
  const [field, { mono, ...rest }] = split(props);
  return (
    <Field {...field}>
      {(wiring) => (
        <textarea
          spellCheck={false}
          {...rest}
          {...wiring}
          className={controlClass({ mono: mono === true })}
        />
      )}
    </Field>
  );
}

/** One of a few: the browser's own list, which every keyboard and reader knows. */
export function SelectField(
  props: FieldParts &
    SelectHTMLAttributes<HTMLSelectElement> & {
      readonly options: readonly { readonly value: string; readonly text: string }[];
    },
): ReactElement {
  const [field, { options, ...rest }] = split(props);
  return (
    <Field {...field}>
      {(wiring) => (
        <select {...rest} {...wiring} className={styles['control']}>
          {options.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Yes or no. */
export function CheckField({
  label,
  ...rest
}: { readonly label: ReactNode } & InputHTMLAttributes<HTMLInputElement>): ReactElement {
  return (
    <label className={styles['check']}>
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}
