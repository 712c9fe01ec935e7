import type { ReactElement } from 'react';
import { useState } from 'react';
import type { PlanAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { PLANS } from '../../api/use-plans.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { CheckField, SelectField, TextAreaField, TextField } from '../../ui/field.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt, linesOf, useForm, wholeProblem } from '../../ui/use-form.ts';

const BASIS_POINTS = 100;
const MARKUP_MAX = 10_000;
const OUTPUT_MAX = 10_000_000;
const ATTEMPTS_MAX = 3;

const endings = [
  { value: 'error', text: 'An error event: whoever reads on hears that money ran out' },
  { value: 'stop', text: 'A clean end with stop_reason max_tokens' },
];

type PlanTexts = Readonly<
  Record<'name' | 'output' | 'models' | 'markup' | 'exhausted' | 'attempts', string>
>;

const newPlan: PlanTexts = {
  name: '',
  output: '',
  models: '',
  markup: '0',
  exhausted: 'error',
  attempts: '3',
};

function textsOf(plan: PlanAnswer | undefined): PlanTexts {
  if (plan === undefined) return newPlan;
  const { output_tokens_max: output } = plan;
  return {
    name: plan.name,
    output: output === null ? '' : String(output),
    models: plan.models?.join('\n') ?? '',
    markup: String(plan.markup_basis_points / BASIS_POINTS),
    exhausted: plan.on_exhausted,
    attempts: String(plan.attempts_max),
  };
}

function termsOf(values: PlanTexts): Record<string, unknown> {
  const models = linesOf(values.models);
  return {
    output_tokens_max: values.output === '' ? null : Number(values.output),
    models: models.length === 0 ? null : models,
    markup_basis_points: Math.round(Number(values.markup) * BASIS_POINTS),
    on_exhausted: values.exhausted,
    attempts_max: Number(values.attempts),
  };
}

/** What is wrong with a number that was typed, by its field. */
function planProblems({
  output,
  markup,
  attempts,
}: PlanTexts): Readonly<Record<'output' | 'markup' | 'attempts', string | undefined>> {
  const isMarkup = /^\d{1,5}(?:\.\d{0,2})?$/.test(markup) && Number(markup) <= MARKUP_MAX;
  const markupMax = MARKUP_MAX.toLocaleString('en-US');
  return {
    output: wholeProblem(output, { min: 1, max: OUTPUT_MAX }),
    markup:
      markup === '' || isMarkup
        ? undefined
        : `A percentage from 0 to ${markupMax} with two decimals at most is wanted.`,
    attempts: wholeProblem(attempts, { min: 1, max: ATTEMPTS_MAX }),
  };
}

/** Whether it can be sent. A markup that was cleared is none that anybody typed. */
function isWhole(values: PlanTexts): boolean {
  const isRight = Object.values(planProblems(values)).every((problem) => problem === undefined);
  return (
    isRight && [values.name, values.markup, values.attempts].every((text) => text.trim() !== '')
  );
}

/** Makes a plan, or puts another in the place of one. */
export function PlanDialog(props: {
  readonly plan: PlanAnswer | undefined;
  readonly onClose: () => void;
}): ReactElement {
  const { plan, onClose } = props;
  const [isPrepaid, setPrepaid] = useState(plan?.is_prepaid ?? true);
  const [takesEveryForm, setEveryForm] = useState(plan?.takes_every_form ?? true);
  const form = useForm(textsOf(plan));
  const order = useOrder({
    send: (body: object) =>
      plan === undefined
        ? callApi<PlanAnswer>(PLANS, { method: 'POST', body })
        : callApi<PlanAnswer>(`${PLANS}/${plan.name}`, { method: 'PUT', body }),
    changes: [PLANS],
    done: ({ name }) => `The plan ${name} is in force.`,
  });
  const { values } = form;
  const submit = (): void => {
    order.mutate(
      {
        ...(plan === undefined ? { name: values.name.trim() } : {}),
        is_prepaid: isPrepaid,
        takes_every_form: takesEveryForm,
        ...termsOf(values),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <FormDialog
      title={plan === undefined ? 'New plan' : `Edit ${plan.name}`}
      description={plan === undefined ? undefined : 'Its accounts follow within a second.'}
      isOpen
      onClose={onClose}
      submitText="Save"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={!isWhole(values)}
      onSubmit={submit}
    >
      <PlanFields form={form} isNew={plan === undefined} error={order.error} />
      <CheckField
        label="Prepaid: accounts pay from a wallet"
        checked={isPrepaid}
        onChange={(event) => {
          setPrepaid(event.target.checked);
        }}
      />
      <CheckField
        label="Takes requests in every form"
        checked={takesEveryForm}
        onChange={(event) => {
          setEveryForm(event.target.checked);
        }}
      />
    </FormDialog>
  );
}

function PlanFields(props: {
  readonly form: FormTexts<keyof PlanTexts>;
  readonly isNew: boolean;
  readonly error: Error | null;
}): ReactElement {
  const { isNew, error } = props;
  const { bind, values } = props.form;
  const problems = planProblems(values);
  return (
    <>
      <TextField
        label="Name"
        disabled={!isNew}
        hint="Lower-case letters, digits and hyphens. It cannot be changed."
        {...bind('name')}
        error={errorAt(error, 'name')}
      />
      <TextField
        label="Output tokens of an answer, at most"
        inputMode="numeric"
        placeholder="as the models have it"
        {...bind('output')}
        error={problems.output ?? errorAt(error, 'output_tokens_max')}
      />
      <TextAreaField
        label="Models"
        mono
        hint="One a line. Empty: all that there are."
        {...bind('models')}
        error={errorAt(error, 'models')}
      />
      <TextField
        label="Markup in percent"
        inputMode="decimal"
        hint="On top of the prices; 0 for none."
        {...bind('markup')}
        error={problems.markup ?? errorAt(error, 'markup_basis_points')}
      />
      <SelectField label="When money runs out" options={endings} {...bind('exhausted')} />
      <TextField
        label="Attempts for a request, at most"
        inputMode="numeric"
        {...bind('attempts')}
        error={problems.attempts ?? errorAt(error, 'attempts_max')}
      />
    </>
  );
}
