import type { ReactElement } from 'react';
import type { PlanAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { FormDialog } from '../../ui/dialog.tsx';

/** Removes a plan that no account has. */
export function RemovePlanDialog(props: {
  readonly plan: PlanAnswer;
  readonly onClose: () => void;
}): ReactElement {
  const { plan, onClose } = props;
  const order = useOrder({
    send: () => callApi<object>(`/admin/v1/plans/${plan.name}`, { method: 'DELETE' }),
    changes: ['/admin/v1/plans'],
    done: `The plan ${plan.name} is gone.`,
  });
  return (
    <FormDialog
      title={`Remove the plan ${plan.name}?`}
      description="A plan that accounts have stays."
      isOpen
      onClose={onClose}
      submitText="Remove"
      isDangerous
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate(undefined, { onSuccess: onClose });
      }}
    >
      <code>{plan.name}</code>
    </FormDialog>
  );
}
