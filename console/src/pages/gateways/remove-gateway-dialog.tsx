import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { GatewayDetailAnswer } from '../../../../src/admin/contract-operations.ts';
import { hasCode } from '../../api/api-error.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { gatewayPath } from './gateway-dialogs.tsx';
import styles from './gateways.module.css';
import { changeText } from './settings-bar.tsx';
import { membersChanged } from './use-settings-draft.ts';
import { WhoChangedGateway } from './who-changed-gateway.tsx';

/** Removes a gateway with all that belongs to it: the one that its reader saw, and no other. */
export function RemoveGatewayDialog(props: {
  readonly gateway: GatewayDetailAnswer;
  readonly onClose: () => void;
  readonly onGone: () => void;
}): ReactElement {
  const { gateway, onClose, onGone } = props;
  const [seen] = useState(gateway);
  const queries = useQueryClient();
  const path = gatewayPath(gateway.account, gateway.id);
  const order = useOrder({
    send: () => callApi<object>(path, { method: 'DELETE', query: { etag: seen.etag } }),
    changes: [],
    done: `${gateway.id} is gone.`,
  });
  const isChanged = seen.etag !== gateway.etag;
  const submit = (): void => {
    order.mutate(undefined, {
      onSuccess: onGone,
      onError: (refused) => {
        if (hasCode(refused, 'gateway_changed')) {
          void queries.invalidateQueries({ queryKey: [path] });
        }
      },
    });
  };
  return (
    <FormDialog
      title={`Remove ${gateway.id}?`}
      description="Its policies, provider keys, routes and logs go with it. Requests that name it are refused from then on."
      isOpen
      onClose={onClose}
      submitText="Remove for ever"
      isDangerous
      cannotSubmit={isChanged}
      isBusy={order.isPending}
      error={isChanged && hasCode(order.error, 'gateway_changed') ? null : order.error}
      onSubmit={submit}
    >
      <code className={styles['name']}>{`${gateway.account}/${gateway.id}`}</code>
      {isChanged ? (
        <p className={styles['warning']} role="status">
          {changeText('you opened this', membersChanged(seen, gateway))}{' '}
          <WhoChangedGateway gateway={gateway} />
          Close this and look at it before you remove it.
        </p>
      ) : null}
    </FormDialog>
  );
}
