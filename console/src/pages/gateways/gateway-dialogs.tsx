import type { ReactElement } from 'react';
import { useState } from 'react';
import type { GatewayAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { CheckField, TextField } from '../../ui/field.tsx';
import type { FormTexts } from '../../ui/use-form.ts';
import { errorAt, useForm } from '../../ui/use-form.ts';

const GATEWAYS = '/admin/v1/gateways';

/** Where one gateway is in the admin API. */
export function gatewayPath(account: string, gateway: string): string {
  return `${GATEWAYS}/${encodeURIComponent(account)}/${encodeURIComponent(gateway)}`;
}

/** A number that was typed; null where nothing was. */
function numberOf(text: string): number | null {
  return text === '' ? null : Number(text);
}

/** Makes a gateway for an account. */
export function NewGatewayDialog(props: {
  readonly onClose: () => void;
  readonly onMade: (account: string, gateway: string) => void;
}): ReactElement {
  const form = useForm({ account: '', id: '', ttl: '', limit: '', interval: '60' });
  const [collectsLogs, setCollectsLogs] = useState(false);
  const { account, id, ttl, limit, interval } = form.values;
  const order = useOrder({
    send: (body: object) =>
      callApi<GatewayAnswer>(gatewayPath(account.trim(), id.trim()), { method: 'POST', body }),
    changes: [GATEWAYS],
    done: 'The gateway was made.',
  });
  const submit = (): void => {
    const body = {
      cache_ttl: numberOf(ttl),
      cache_invalidate_on_update: false,
      collect_logs: collectsLogs,
      rate_limiting_limit: numberOf(limit),
      rate_limiting_interval: limit === '' ? null : numberOf(interval),
    };
    order.mutate(body, {
      onSuccess: (made) => {
        props.onMade(made.account, made.id);
      },
    });
  };
  return (
    <FormDialog
      title="New gateway"
      isOpen
      onClose={props.onClose}
      submitText="Make the gateway"
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={account.trim() === '' || id.trim() === ''}
      onSubmit={submit}
    >
      <GatewayFields form={form} error={order.error} />
      <CheckField
        label="Keep logs of its requests, with what was said"
        checked={collectsLogs}
        onChange={(event) => {
          setCollectsLogs(event.target.checked);
        }}
      />
    </FormDialog>
  );
}

function GatewayFields(props: {
  readonly form: FormTexts<'account' | 'id' | 'ttl' | 'limit' | 'interval'>;
  readonly error: Error | null;
}): ReactElement {
  const { error } = props;
  const { bind } = props.form;
  return (
    <>
      <TextField label="Account" {...bind('account')} error={errorAt(error, 'account')} />
      <TextField
        label="Id"
        hint="Letters, digits and hyphens."
        {...bind('id')}
        error={errorAt(error, 'id', 'gateway')}
      />
      <TextField
        label="Cache answers for seconds"
        type="number"
        min={0}
        placeholder="not at all"
        {...bind('ttl')}
        error={errorAt(error, 'cache_ttl')}
      />
      <TextField
        label="Requests, at most"
        type="number"
        min={1}
        placeholder="no limit"
        {...bind('limit')}
        error={errorAt(error, 'rate_limiting_limit')}
      />
      <TextField
        label="in seconds"
        type="number"
        min={1}
        {...bind('interval')}
        error={errorAt(error, 'rate_limiting_interval')}
      />
    </>
  );
}
