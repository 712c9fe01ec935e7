import type { ReactElement } from 'react';
import type { PriceAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { errorAt, instantOf, useForm } from '../../ui/use-form.ts';

/** Ends a price at a moment to come. */
export function ClosePriceDialog(props: {
  readonly price: PriceAnswer;
  readonly onClose: () => void;
}): ReactElement {
  const { price, onClose } = props;
  const form = useForm({ to: '' });
  const order = useOrder({
    send: (to: string | undefined) =>
      callApi<PriceAnswer>(`/admin/v1/prices/${price.id}/close`, {
        method: 'POST',
        body: { effective_to: to },
      }),
    changes: ['/admin/v1/prices', '/admin/v1/registry'],
    done: 'The price has an end.',
  });
  return (
    <FormDialog
      title="Close a price"
      description={`${price.model}, ${price.class}: after its end the list price holds again, or the next one that was set.`}
      isOpen
      onClose={onClose}
      submitText="Close the price"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={form.values.to === ''}
      onSubmit={() => {
        order.mutate(instantOf(form.values.to), { onSuccess: onClose });
      }}
    >
      <TextField
        label="End"
        type="datetime-local"
        {...form.bind('to')}
        error={errorAt(order.error, 'effective_to')}
      />
    </FormDialog>
  );
}
