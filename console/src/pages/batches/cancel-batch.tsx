import type { ReactElement } from 'react';
import type { BatchAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { countText } from '../../format/figures.ts';
import { FormDialog } from '../../ui/dialog.tsx';

const PATH = '/admin/v1/batches';

/** Asks once more before a batch is canceled: what has not begun then never will. */
export function CancelBatch(props: {
  readonly batch: BatchAnswer;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const { batch, isOpen, onClose } = props;
  const { id, requests, done } = batch;
  const order = useOrder({
    send: () =>
      callApi<BatchAnswer>(`${PATH}/${encodeURIComponent(id)}/cancel`, {
        method: 'POST',
        body: {},
      }),
    changes: [PATH],
    done: 'The batch is being canceled.',
  });
  return (
    <FormDialog
      title="Cancel this batch?"
      description={`${countText(requests - done)} of its ${countText(requests)} requests have no outcome yet.`}
      isOpen={isOpen}
      onClose={() => {
        order.reset();
        onClose();
      }}
      submitText="Cancel the batch"
      closeText="Let it run"
      isDangerous
      isBusy={order.isPending}
      error={order.error}
      onSubmit={() => {
        order.mutate(undefined, { onSuccess: onClose });
      }}
    >
      <p>
        Requests that run now finish and are charged; those that have not begun become canceled and
        cost nothing. This cannot be taken back.
      </p>
    </FormDialog>
  );
}
