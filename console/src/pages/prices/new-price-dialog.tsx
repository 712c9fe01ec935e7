import type { ReactElement } from 'react';
import type { PriceAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { usePlanNames } from '../../api/use-plans.ts';
import { useRegistry } from '../../api/use-registry.ts';
import { amountProblem, nanoOfUsd } from '../../format/money.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt, instantOf, useForm, wholeProblem } from '../../ui/use-form.ts';
import { priceClasses } from './price-classes.ts';

const PRICES = '/admin/v1/prices';

const emptyPrice = {
  model: '',
  class: 'input',
  price: '',
  tier: '0',
  plan: '',
  from: '',
  source: '',
};

const TIER_MAX = 100_000_000;

function priceProblem(text: string): string | undefined {
  return amountProblem(text, { mayBeZero: true });
}

function tierProblem(text: string): string | undefined {
  return wholeProblem(text, { min: 0, max: TIER_MAX });
}

/** Sets a price from a moment to come on. */
export function NewPriceDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const form = useForm(emptyPrice);
  const order = useOrder({
    send: (body: object) => callApi<PriceAnswer>(PRICES, { method: 'POST', body }),
    changes: [PRICES, '/admin/v1/registry'],
    done: 'The price is set.',
  });
  const { values } = form;
  const isWhole = [values.model, values.from, values.source, values.price, values.tier].every(
    (text) => text.trim() !== '',
  );
  const isRight =
    priceProblem(values.price) === undefined && tierProblem(values.tier) === undefined;
  return (
    <FormDialog
      title="Set a price"
      description="A minute ahead at least. Two prices that would hold at once are refused."
      isOpen
      onClose={onClose}
      submitText="Set the price"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={!isWhole || !isRight}
      onSubmit={() => {
        order.mutate(
          {
            model: values.model,
            class: values.class,
            nano_per_mtok: nanoOfUsd(values.price),
            tier_from_input_tokens: Number(values.tier),
            effective_from: instantOf(values.from),
            source: values.source,
            ...(values.plan === '' ? {} : { plan: values.plan }),
          },
          { onSuccess: onClose },
        );
      }}
    >
      <PriceFields form={form} error={order.error} />
    </FormDialog>
  );
}

function PriceFields(props: {
  readonly form: FormTexts<keyof typeof emptyPrice>;
  readonly error: Error | null;
}): ReactElement {
  const { data: registry } = useRegistry();
  const { error } = props;
  const { bind, values } = props.form;
  const plans = usePlanNames().map((name) => ({ value: name, text: name }));
  const models = registry?.data.map(({ id }) => ({ value: id, text: id })) ?? [];
  return (
    <>
      <SelectField
        label="Model"
        options={[{ value: '', text: 'Choose one' }, ...models]}
        {...bind('model')}
        error={errorAt(error, 'model')}
      />
      <SelectField label="Class" options={priceClasses} {...bind('class')} />
      <TextField
        label="USD for a million"
        inputMode="decimal"
        placeholder="3.00"
        {...bind('price')}
        error={priceProblem(values.price) ?? errorAt(error, 'nano_per_mtok')}
      />
      <TextField
        label="For prompts of more tokens than"
        inputMode="numeric"
        hint="0: for prompts of any length."
        {...bind('tier')}
        error={tierProblem(values.tier) ?? errorAt(error, 'tier_from_input_tokens')}
      />
      <SelectField
        label="Plan"
        options={[{ value: '', text: 'Every plan' }, ...plans]}
        {...bind('plan')}
        error={errorAt(error, 'plan')}
      />
      <TextField
        label="From"
        type="datetime-local"
        {...bind('from')}
        error={errorAt(error, 'effective_from')}
      />
      <TextField
        label="Source"
        hint="Where this price comes from."
        {...bind('source')}
        error={errorAt(error, 'source')}
      />
    </>
  );
}
