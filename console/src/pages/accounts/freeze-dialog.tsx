import type { ReactElement } from 'react';
import type { WalletAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { FormDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';
import { REASON_HINT, isReason } from './reason.ts';

/** Stops a wallet from paying, or lets it pay again. */
export function FreezeDialog(props: {
  readonly wallet: WalletAnswer;
  readonly onClose: () => void;
}): ReactElement {
  const { wallet, onClose } = props;
  const isFrozen = wallet.status === 'frozen';
  const form = useForm({ reason: '' });
  const order = useOrder({
    send: (reason: string) =>
      callApi<WalletAnswer>(
        `/admin/v1/wallets/${encodeURIComponent(wallet.account)}/${isFrozen ? 'unfreeze' : 'freeze'}`,
        { method: 'POST', body: { reason } },
      ),
    changes: ['/admin/v1/wallets'],
    done: isFrozen ? 'The wallet pays again.' : 'The wallet is frozen.',
  });
  return (
    <FormDialog
      title={isFrozen ? 'Let the wallet pay again' : 'Freeze the wallet'}
      description={
        isFrozen
          ? 'New requests are paid from it at once.'
          : 'New requests are refused with 402. What runs finishes, and money can still be put in.'
      }
      isOpen
      onClose={onClose}
      submitText={isFrozen ? 'Unfreeze' : 'Freeze'}
      isDangerous={!isFrozen}
      isBusy={order.isPending}
      error={order.error}
      cannotSubmit={!isReason(form.values.reason)}
      onSubmit={() => {
        order.mutate(form.values.reason, { onSuccess: onClose });
      }}
    >
      <TextField
        label="Reason"
        hint={REASON_HINT}
        {...form.bind('reason')}
        error={errorAt(order.error, 'reason')}
      />
    </FormDialog>
  );
}
