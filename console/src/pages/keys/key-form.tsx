import type { ReactElement } from 'react';
import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt } from '../../ui/use-form.ts';
import type { KeyTextName } from './key-values.ts';
import { keyProblems } from './key-values.ts';
import { ScopeFields } from './scope-fields.tsx';

const periods = [
  { value: 'day', text: 'a day' },
  { value: 'week', text: 'a week' },
  { value: 'month', text: 'a month' },
  { value: 'none', text: 'in all' },
];

const rates = [
  ['requests', 'Requests a minute', 'requests_per_minute'],
  ['input', 'Input tokens a minute', 'input_tokens_per_minute'],
  ['output', 'Output tokens a minute', 'output_tokens_per_minute'],
  ['concurrency', 'Requests at once', 'concurrency'],
] as const;

/** Name, rights and limits of a key. */
export function KeyFields({
  form,
  kind,
  error,
}: {
  readonly form: FormTexts<KeyTextName>;
  readonly kind: KeyAnswer['kind'];
  readonly error: Error | null;
}): ReactElement {
  const { bind, values } = form;
  const problems = keyProblems(values, kind);
  return (
    <>
      <TextField label="Name" {...bind('name')} error={errorAt(error, 'name')} required />
      <TextField
        label="Budget in USD"
        inputMode="decimal"
        placeholder="none"
        {...bind('budget')}
        error={problems.budget ?? errorAt(error, 'budget')}
      />
      <SelectField label="Budget counts" options={periods} {...bind('period')} />
      <TextField
        label="Expires"
        type="datetime-local"
        hint="Empty: never."
        {...bind('expires')}
        error={errorAt(error, 'expires_at')}
      />
      <TextAreaField
        label="Models"
        mono
        hint="One a line. Empty: every model."
        {...bind('models')}
        error={errorAt(error, 'models')}
      />
      <TextAreaField
        label="Addresses"
        mono
        hint="Ranges such as 10.0.0.0/8, one a line. Empty: from anywhere."
        {...bind('cidrs')}
        error={errorAt(error, 'allowed_cidrs')}
      />
      <ScopeFields
        kind={kind}
        value={values.scopes}
        onChange={(scopes) => {
          form.set('scopes', scopes);
        }}
        error={problems.scopes ?? errorAt(error, 'scopes')}
      />
      {rates.map(([name, label, member]) => (
        <TextField
          key={name}
          label={label}
          inputMode="numeric"
          placeholder="no limit of its own"
          {...bind(name)}
          error={problems[name] ?? errorAt(error, `rate.${member}`)}
        />
      ))}
    </>
  );
}
