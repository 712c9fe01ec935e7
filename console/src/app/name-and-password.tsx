import type { ReactElement } from 'react';
import { TextField } from '../ui/field.tsx';
import type { FormTexts } from '../ui/use-form.ts';
import { errorAt } from '../ui/use-form.ts';

/** Who somebody is: known already, or being made. Password managers tell the two apart. */
export function NameAndPassword(props: {
  readonly form: Pick<FormTexts<'name' | 'password'>, 'bind'>;
  readonly isNew: boolean;
  /** What was refused, for the field that it is about. */
  readonly error?: Error | null;
}): ReactElement {
  const { form, isNew, error = null } = props;
  return (
    <>
      <TextField
        label="Name"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        {...form.bind('name')}
        error={errorAt(error, 'name')}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        hint={isNew ? 'Twelve characters at least.' : undefined}
        {...form.bind('password')}
        error={errorAt(error, 'password')}
      />
    </>
  );
}
