import type { ReactElement } from 'react';
import type {
  GatewayAnswer,
  GatewayDetailAnswer,
} from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { TextAreaField, TextField } from '../../ui/field.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';
import { jsonObjectIn } from './json-object.ts';

const GATEWAYS = '/admin/v1/gateways';

/** Where one gateway is in the admin API. */
export function gatewayPath(account: string, gateway: string): string {
  return `${GATEWAYS}/${encodeURIComponent(account)}/${encodeURIComponent(gateway)}`;
}

/** Makes a gateway for an account. */
export function NewGatewayDialog(props: {
  readonly onClose: () => void;
  readonly onMade: (account: string, gateway: string) => void;
}): ReactElement {
  const form = useForm({ account: '', id: '' });
  const { account, id } = form.values;
  const order = useOrder({
    send: () => callApi<GatewayAnswer>(gatewayPath(account, id), { method: 'POST', body: {} }),
    changes: [GATEWAYS],
    done: 'The gateway was made.',
  });
  return (
    <FormDialog
      title="New gateway"
      isOpen
      onClose={props.onClose}
      submitText="Make the gateway"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={account.trim() === '' || id.trim() === ''}
      onSubmit={() => {
        order.mutate(undefined, {
          onSuccess: (made) => {
            props.onMade(made.account, made.id);
          },
        });
      }}
    >
      <TextField
        label="Account"
        {...form.bind('account')}
        error={errorAt(order.error, 'account')}
      />
      <TextField
        label="Id"
        hint="Small letters, digits and hyphens."
        {...form.bind('id')}
        error={errorAt(order.error, 'id', 'gateway')}
      />
    </FormDialog>
  );
}

/** Changes the settings of a gateway: all of them at once, as they stand. */
export function EditGatewayDialog(props: {
  readonly gateway: GatewayDetailAnswer;
  readonly onClose: () => void;
}): ReactElement {
  const { gateway, onClose } = props;
  const form = useForm({ settings: JSON.stringify(gateway.settings, undefined, 2) });
  const settings = jsonObjectIn(form.values.settings);
  const order = useOrder({
    send: (body: object) =>
      callApi<GatewayAnswer>(gatewayPath(gateway.account, gateway.id), { method: 'PUT', body }),
    changes: [GATEWAYS],
    done: 'The gateway was changed.',
  });
  return (
    <FormDialog
      title={`Settings of ${gateway.id}`}
      description="They hold for the next request."
      isOpen
      onClose={onClose}
      wide
      submitText="Save"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={settings === undefined}
      onSubmit={() => {
        order.mutate(settings ?? {}, { onSuccess: onClose });
      }}
    >
      <TextAreaField
        label="Settings"
        mono
        rows={18}
        {...form.bind('settings')}
        error={settings === undefined ? 'This is no JSON object.' : undefined}
      />
    </FormDialog>
  );
}

/** Removes a gateway with all that belongs to it. */
export function RemoveGatewayDialog(props: {
  readonly gateway: GatewayDetailAnswer;
  readonly onClose: () => void;
  readonly onGone: () => void;
}): ReactElement {
  const { gateway, onClose, onGone } = props;
  const order = useOrder({
    send: () => callApi<object>(gatewayPath(gateway.account, gateway.id), { method: 'DELETE' }),
    changes: [],
    done: `${gateway.id} is gone.`,
  });
  return (
    <FormDialog
      title={`Remove ${gateway.id}?`}
      description="Its policies, provider keys, routes and logs go with it. Requests that name it are refused from then on."
      isOpen
      onClose={onClose}
      submitText="Remove for ever"
      isDangerous
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate(undefined, { onSuccess: onGone });
      }}
    >
      <code>{`${gateway.account}/${gateway.id}`}</code>
    </FormDialog>
  );
}
