import type { ReactElement } from 'react';
import type { AccountAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { usePlans } from '../../api/use-plans.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';

const ACCOUNTS = '/admin/v1/accounts';

/** The plans that an account may have. */
function usePlanOptions(): readonly { readonly value: string; readonly text: string }[] {
  const { data } = usePlans();
  const plans = data?.data ?? [];
  return [
    { value: '', text: 'As configured' },
    ...plans.map(({ name, is_prepaid }) => ({
      value: name,
      text: is_prepaid ? `${name} (prepaid)` : name,
    })),
  ];
}

/** Makes an account. */
export function NewAccountDialog(props: {
  readonly onClose: () => void;
  readonly onMade: (account: string) => void;
}): ReactElement {
  const form = useForm({ name: '', id: '', plan: '' });
  const plans = usePlanOptions();
  const order = useOrder({
    send: (body: object) => callApi<AccountAnswer>(ACCOUNTS, { method: 'POST', body }),
    changes: [ACCOUNTS],
    done: ({ name }) => `${name} was made.`,
  });
  const { name, id, plan } = form.values;
  return (
    <FormDialog
      title="New account"
      isOpen
      onClose={props.onClose}
      submitText="Make the account"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={name.trim() === ''}
      onSubmit={() => {
        order.mutate(
          {
            name,
            ...(id.trim() === '' ? {} : { id: id.trim() }),
            ...(plan === '' ? {} : { plan }),
          },
          {
            onSuccess: (account) => {
              props.onMade(account.id);
            },
          },
        );
      }}
    >
      <TextField label="Name" {...form.bind('name')} error={errorAt(order.error, 'name')} />
      <TextField
        label="Id"
        mono
        hint="Empty: one is made up. It cannot be changed."
        {...form.bind('id')}
        error={errorAt(order.error, 'id')}
      />
      <SelectField label="Plan" options={plans} {...form.bind('plan')} />
    </FormDialog>
  );
}

/** Changes name, plan or status of an account. */
export function EditAccountDialog(props: {
  readonly account: AccountAnswer;
  readonly onClose: () => void;
}): ReactElement {
  const { account, onClose } = props;
  const { name, plan, status } = account;
  const form = useForm({ name, plan: plan ?? '', status });
  const plans = usePlanOptions();
  const order = useOrder({
    send: (body: object) =>
      callApi<AccountAnswer>(`${ACCOUNTS}/${account.id}`, { method: 'PATCH', body }),
    changes: [ACCOUNTS],
    done: 'The account was changed.',
  });
  return (
    <FormDialog
      title={`Edit ${name}`}
      isOpen
      onClose={onClose}
      submitText="Save"
      isBusy={order.isPending}
      error={order.error}
      isDangerous={form.values.status === 'closed' && status === 'open'}
      onSubmit={() => {
        const { values } = form;
        const body = { ...values, plan: values.plan === '' ? null : values.plan };
        order.mutate(body, { onSuccess: onClose });
      }}
    >
      <TextField label="Name" {...form.bind('name')} error={errorAt(order.error, 'name')} />
      <SelectField
        label="Plan"
        options={plans}
        hint="Its requests follow within a second."
        {...form.bind('plan')}
        error={errorAt(order.error, 'plan')}
      />
      <SelectField
        label="Status"
        options={[
          { value: 'open', text: 'Open' },
          { value: 'closed', text: 'Closed: none of its keys works' },
        ]}
        {...form.bind('status')}
      />
    </FormDialog>
  );
}
