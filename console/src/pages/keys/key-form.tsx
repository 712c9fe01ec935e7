import type { ReactElement } from 'react';
import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import { exactUsdText, nanoOfUsd } from '../../format/money.ts';
import { SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt, instantOf, linesOf } from '../../ui/use-form.ts';

/** What is typed about a key. */
export type KeyTextName =
  | 'name'
  | 'scopes'
  | 'models'
  | 'cidrs'
  | 'budget'
  | 'period'
  | 'requests'
  | 'input'
  | 'output'
  | 'concurrency'
  | 'expires';

/** A form that nobody has typed into. */
export const emptyKey: Readonly<Record<KeyTextName, string>> = {
  name: '',
  scopes: '',
  models: '',
  cidrs: '',
  budget: '',
  period: 'month',
  requests: '',
  input: '',
  output: '',
  concurrency: '',
  expires: '',
};

function localTime(instant: string | null): string {
  if (instant === null) return '';
  const at = new Date(instant);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The form of a key that is there. */
export function textsOfKey(key: KeyAnswer): Readonly<Record<KeyTextName, string>> {
  const figure = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return {
    name: key.name,
    scopes: key.scopes.join('\n'),
    models: key.models?.join('\n') ?? '',
    cidrs: key.allowed_cidrs?.join('\n') ?? '',
    budget: key.budget === null ? '' : exactUsdText(key.budget.limit_nano).slice(1),
    period: key.budget?.period ?? 'month',
    requests: figure(key.rate?.requests_per_minute),
    input: figure(key.rate?.input_tokens_per_minute),
    output: figure(key.rate?.output_tokens_per_minute),
    concurrency: figure(key.rate?.concurrency),
    expires: localTime(key.expires_at),
  };
}

/** Why the form cannot be sent yet; undefined where it can. */
export function keyProblem(values: Readonly<Record<KeyTextName, string>>): string | undefined {
  if (values.name.trim() === '') return 'A key has a name.';
  if (values.budget !== '' && nanoOfUsd(values.budget) === undefined)
    return 'The budget is an amount in USD, such as 25 or 0.50.';
  return undefined;
}

/** What was typed, as the admin API takes it; what was left empty restricts nothing. */
export function keyOrder(values: Readonly<Record<KeyTextName, string>>): Record<string, unknown> {
  const list = (text: string): readonly string[] | null => {
    const lines = linesOf(text);
    return lines.length === 0 ? null : lines;
  };
  const figures = {
    requests_per_minute: values.requests,
    input_tokens_per_minute: values.input,
    output_tokens_per_minute: values.output,
    concurrency: values.concurrency,
  };
  const rate = Object.fromEntries(
    Object.entries(figures).flatMap(([name, text]) => (text === '' ? [] : [[name, Number(text)]])),
  );
  const scopes = linesOf(values.scopes);
  return {
    name: values.name.trim(),
    ...(scopes.length === 0 ? {} : { scopes }),
    models: list(values.models),
    allowed_cidrs: list(values.cidrs),
    budget:
      values.budget === '' ? null : { limit_nano: nanoOfUsd(values.budget), period: values.period },
    rate: Object.keys(rate).length === 0 ? null : rate,
    expires_at: instantOf(values.expires),
  };
}

const periods = [
  { value: 'day', text: 'a day' },
  { value: 'week', text: 'a week' },
  { value: 'month', text: 'a month' },
  { value: 'none', text: 'in all' },
];

/** Name, rights and limits of a key. */
export function KeyFields({
  form,
  error,
}: {
  readonly form: FormTexts<KeyTextName>;
  readonly error: Error | null;
}): ReactElement {
  const { bind } = form;
  return (
    <>
      <TextField label="Name" {...bind('name')} error={errorAt(error, 'name')} required />
      <TextField
        label="Budget in USD"
        inputMode="decimal"
        placeholder="none"
        {...bind('budget')}
        error={errorAt(error, 'budget')}
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
      <TextAreaField
        label="Scopes"
        mono
        hint="One a line. Empty: all that a key of its kind may have."
        {...bind('scopes')}
        error={errorAt(error, 'scopes')}
      />
      <TextField label="Requests a minute" type="number" min={1} {...bind('requests')} />
      <TextField label="Input tokens a minute" type="number" min={1} {...bind('input')} />
      <TextField label="Output tokens a minute" type="number" min={1} {...bind('output')} />
      <TextField
        label="Requests at once"
        type="number"
        min={1}
        {...bind('concurrency')}
        error={errorAt(error, 'rate')}
      />
    </>
  );
}
