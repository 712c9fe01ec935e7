import type { ReactElement } from 'react';
import type { PriceAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { useRegistry } from '../../api/use-registry.ts';
import { nanoOfUsd } from '../../format/money.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt, instantOf, useForm } from '../../ui/use-form.ts';
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

/** Sets a price from a moment to come on. */
export function NewPriceDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const form = useForm(emptyPrice);
  const order = useOrder({
    send: (body: object) => callApi<PriceAnswer>(PRICES, { method: 'POST', body }),
    changes: [PRICES, '/admin/v1/registry'],
    done: 'The price is set.',
  });
  const { values } = form;
  const nano = nanoOfUsd(values.price);
  const isWhole = [values.model, values.from, values.source].every((text) => text.trim() !== '');
  return (
    <FormDialog
      title="Set a price"
      description="A minute ahead at least. Two prices that would hold at once are refused."
      isOpen
      onClose={onClose}
      submitText="Set the price"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={!isWhole || nano === undefined}
      onSubmit={() => {
        order.mutate(
          {
            model: values.model,
            class: values.class,
            nano_per_mtok: nano,
            tier_from_input_tokens: Number(values.tier),
            effective_from: instantOf(values.from),
            source: values.source,
            ...(values.plan.trim() === '' ? {} : { plan: values.plan.trim() }),
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
  const { bind } = props.form;
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
        error={errorAt(error, 'nano_per_mtok')}
      />
      <TextField
        label="For prompts of more tokens than"
        type="number"
        min={0}
        {...bind('tier')}
        error={errorAt(error, 'tier_from_input_tokens')}
      />
      <TextField
        label="Plan"
        placeholder="every plan"
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
