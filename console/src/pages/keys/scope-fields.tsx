import type { ReactElement } from 'react';
import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import { CheckField } from '../../ui/field.tsx';
import { linesOf } from '../../ui/use-form.ts';
import styles from './keys.module.css';
import { ALL_SCOPES, scopeNames } from './scope-names.ts';

/** What a key may be used for: all that a key of its kind may, or some of it. */
export function ScopeFields(props: {
  readonly kind: KeyAnswer['kind'];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}): ReactElement | null {
  const { kind, value, onChange, error } = props;
  const names = Object.entries(scopeNames[kind]);
  if (names.length === 0) return null;
  const chosen = linesOf(value);
  const turn = (scope: string, isOn: boolean): void => {
    const others = chosen.filter((name) => name !== scope);
    onChange((isOn ? [...others, scope] : others).join('\n'));
  };
  return (
    <fieldset className={styles['scopes']}>
      <legend>Scopes</legend>
      <CheckField
        label="All that a key of its kind may have"
        checked={value === ALL_SCOPES}
        onChange={(event) => {
          onChange(event.target.checked ? ALL_SCOPES : names.map(([scope]) => scope).join('\n'));
        }}
      />
      {value === ALL_SCOPES
        ? null
        : names.map(([scope, text]) => (
            <CheckField
              key={scope}
              label={
                <>
                  <code>{scope}</code> {text}
                </>
              }
              checked={chosen.includes(scope)}
              onChange={(event) => {
                turn(scope, event.target.checked);
              }}
            />
          ))}
      {error === undefined ? null : (
        <p className={styles['problem']} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
