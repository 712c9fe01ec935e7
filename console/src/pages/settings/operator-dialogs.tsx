import type { ReactElement } from 'react';
import type { OperatorAnswer } from '../../../../src/admin/contract-session.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { useSession } from '../../app/session.tsx';
import { FormDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';

/** Where operators are. */
export const OPERATORS = '/admin/v1/operators';

/** What is being done about operators. */
export type OperatorStep =
  | { readonly kind: 'new' }
  | { readonly kind: 'password' | 'remove'; readonly name: string };

interface StepProps {
  readonly onClose: () => void;
}

/** The dialog of a step. */
export function OperatorDialog(props: StepProps & { readonly step: OperatorStep }): ReactElement {
  const { step, onClose } = props;
  switch (step.kind) {
    case 'new':
      return <NewOperator onClose={onClose} />;
    case 'password':
      return <ChangePassword name={step.name} onClose={onClose} />;
    case 'remove':
      return <RemoveOperator name={step.name} onClose={onClose} />;
  }
}

function NewOperator({ onClose }: StepProps): ReactElement {
  const form = useForm({ name: '', password: '' });
  const order = useOrder({
    send: (body: object) => callApi<OperatorAnswer>(OPERATORS, { method: 'POST', body }),
    changes: [OPERATORS],
    done: ({ name }) => `${name} can sign in.`,
  });
  return (
    <FormDialog
      title="New operator"
      isOpen
      onClose={onClose}
      submitText="Make the operator"
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate(form.values, { onSuccess: onClose });
      }}
    >
      <TextField
        label="Name"
        autoComplete="off"
        {...form.bind('name')}
        error={errorAt(order.error, 'name')}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="Twelve characters at least."
        {...form.bind('password')}
        error={errorAt(order.error, 'password')}
      />
    </FormDialog>
  );
}

function ChangePassword({ name, onClose }: StepProps & { readonly name: string }): ReactElement {
  const { session } = useSession();
  const isOwn = session.operator === name;
  const form = useForm({ password: '', current_password: '' });
  const order = useOrder({
    send: (body: object) =>
      callApi<OperatorAnswer>(`${OPERATORS}/${encodeURIComponent(name)}/password`, {
        method: 'PUT',
        body,
      }),
    changes: [OPERATORS],
    done: 'The password was changed.',
  });
  const { password, current_password } = form.values;
  return (
    <FormDialog
      title={`Password of ${name}`}
      description={isOwn ? 'Your other sessions end.' : 'Their sessions end.'}
      isOpen
      onClose={onClose}
      submitText="Change it"
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate(isOwn ? { password, current_password } : { password }, {
          onSuccess: onClose,
        });
      }}
    >
      {isOwn ? (
        <TextField
          label="Present password"
          type="password"
          autoComplete="current-password"
          {...form.bind('current_password')}
          error={errorAt(order.error, 'current_password')}
        />
      ) : null}
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="Twelve characters at least."
        {...form.bind('password')}
        error={errorAt(order.error, 'password')}
      />
    </FormDialog>
  );
}

function RemoveOperator({ name, onClose }: StepProps & { readonly name: string }): ReactElement {
  const order = useOrder({
    send: () => callApi<object>(`${OPERATORS}/${encodeURIComponent(name)}`, { method: 'DELETE' }),
    changes: [OPERATORS],
    done: `${name} cannot sign in any more.`,
  });
  return (
    <FormDialog
      title={`Remove ${name}?`}
      description="Their sessions end at once. What they did stays in the audit log."
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
      <b>{name}</b>
    </FormDialog>
  );
}
