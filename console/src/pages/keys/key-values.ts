import type { KeyAnswer } from '../../../../src/admin/contract.ts';
import { amountProblem, exactUsdText, nanoOfUsd } from '../../format/money.ts';
import { localTimeOf } from '../../format/times.ts';
import { instantOf, linesOf, wholeProblem } from '../../ui/use-form.ts';
import { ALL_SCOPES, scopeNames, scopeText } from './scope-names.ts';

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

export type KeyTexts = Readonly<Record<KeyTextName, string>>;

/** A form that nobody has typed into. */
export const emptyKey: KeyTexts = {
  name: '',
  scopes: ALL_SCOPES,
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

/** The form of a key that is there. */
export function textsOfKey(key: KeyAnswer): KeyTexts {
  const figure = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return {
    name: key.name,
    scopes: scopeText(key.kind, key.scopes),
    models: key.models?.join('\n') ?? '',
    cidrs: key.allowed_cidrs?.join('\n') ?? '',
    budget: key.budget === null ? '' : exactUsdText(key.budget.limit_nano).slice(1),
    period: key.budget?.period ?? 'month',
    requests: figure(key.rate?.requests_per_minute),
    input: figure(key.rate?.input_tokens_per_minute),
    output: figure(key.rate?.output_tokens_per_minute),
    concurrency: figure(key.rate?.concurrency),
    expires: key.expires_at === null ? '' : localTimeOf(key.expires_at),
  };
}

const RATE_MAX = 1_000_000_000;

/** What is wrong with what was typed, at its field. */
export function keyProblems(
  values: KeyTexts,
  kind: KeyAnswer['kind'],
): Readonly<Partial<Record<KeyTextName, string>>> {
  const rates = (['requests', 'input', 'output', 'concurrency'] as const).map(
    (name) => [name, wholeProblem(values[name], { min: 1, max: RATE_MAX })] as const,
  );
  const isWithoutScope = values.scopes === '' && kind !== 'admin';
  const all: readonly (readonly [KeyTextName, string | undefined])[] = [
    ['budget', amountProblem(values.budget, { mayBeZero: true })],
    ['scopes', isWithoutScope ? 'A key without a scope could do nothing.' : undefined],
    ...rates,
  ];
  return Object.fromEntries(all.filter(([, problem]) => problem !== undefined));
}

/** Whether the form can be sent. */
export function isKeyWhole(values: KeyTexts, kind: KeyAnswer['kind']): boolean {
  return values.name.trim() !== '' && Object.keys(keyProblems(values, kind)).length === 0;
}

/** What was typed, as the admin API takes it; what was left empty restricts nothing. */
export function keyOrder(values: KeyTexts, kind: KeyAnswer['kind']): Record<string, unknown> {
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
  const scopes =
    values.scopes === ALL_SCOPES ? Object.keys(scopeNames[kind]) : linesOf(values.scopes);
  return {
    name: values.name.trim(),
    ...(kind === 'admin' ? {} : { scopes }),
    models: list(values.models),
    allowed_cidrs: list(values.cidrs),
    budget:
      values.budget.trim() === ''
        ? null
        : { limit_nano: nanoOfUsd(values.budget), period: values.period },
    rate: Object.keys(rate).length === 0 ? null : rate,
    expires_at: instantOf(values.expires),
  };
}

/**
 * What of a key is to change: what was left alone is not ordered anew. So a key whose end is over can
 * be renamed, an end keeps the seconds that the form does not show, and of two operators who change
 * different things neither undoes what the other did.
 */
export function keyChanges(key: KeyAnswer, values: KeyTexts): Record<string, unknown> {
  const before = keyOrder(textsOfKey(key), key.kind);
  const { expires_at = null, ...after } = keyOrder(values, key.kind);
  const changed = Object.entries({ ...after, expires_at }).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name] ?? null),
  );
  return Object.fromEntries(changed);
}
