import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import type { BatchAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { isReadAnew } from '../../api/is-read-anew.ts';
import { bytesText, countText } from '../../format/figures.ts';
import { instantText } from '../../format/times.ts';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Loaded } from '../../ui/states.tsx';
import { BatchStatus } from './batch-columns.tsx';
import { BatchProgress } from './batch-progress.tsx';
import styles from './batches.module.css';
import { CancelBatch } from './cancel-batch.tsx';

const PATH = '/admin/v1/batches';
const ANEW_MS = 1000;

/** One batch in full, read anew until it has ended; open while the address names one. */
export function BatchDialog(props: {
  readonly id: string | undefined;
  readonly onClose: () => void;
}): ReactElement {
  const { id, onClose } = props;
  const path = `${PATH}/${encodeURIComponent(id ?? '')}`;
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal, client, queryKey }) =>
      callApi<BatchAnswer>(path, { signal, isPoll: isReadAnew(client, queryKey) }),
    enabled: id !== undefined,
    refetchInterval: ({ state }) =>
      state.data !== undefined && state.data.status !== 'ended' ? ANEW_MS : false,
  });
  return (
    <Dialog
      title="Batch"
      description={<code className={styles['id']}>{id}</code>}
      isOpen={id !== undefined}
      onClose={onClose}
    >
      <Loaded query={query}>{(batch) => <Detail batch={batch} />}</Loaded>
    </Dialog>
  );
}

function Detail({ batch }: { readonly batch: BatchAnswer }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <div className={styles['detail']}>
      <BatchProgress batch={batch} />
      <Facts facts={factsOf(batch)} />
      {batch.status === 'in_progress' ? (
        <div>
          <Button
            look="danger"
            onClick={() => {
              setAsking(true);
            }}
          >
            Cancel the batch
          </Button>
          <CancelBatch
            batch={batch}
            isOpen={isAsking}
            onClose={() => {
              setAsking(false);
            }}
          />
        </div>
      ) : null}
    </div>
  );
}

function factsOf(batch: BatchAnswer): readonly (readonly [string, ReactNode])[] {
  const { account, key_id: key, counts } = batch;
  return [
    ['State', <BatchStatus key="status" status={batch.status} />],
    ['Requests', countText(batch.requests)],
    ['Succeeded', countText(counts.succeeded)],
    ['Errored', countText(counts.errored)],
    ['Canceled', countText(counts.canceled)],
    ['Expired', countText(counts.expired)],
    [
      'Account',
      <Link key="account" to="/accounts/$account" params={{ account }}>
        <code>{account}</code>
      </Link>,
    ],
    ['Key', key === null ? '–' : <KeyOf key="key" id={key} />],
    ['Made', instantText(batch.created_at)],
    ['Canceled at', momentOf(batch.cancel_initiated_at)],
    ['Ended', momentOf(batch.ended_at)],
    ['Expires', instantText(batch.expires_at)],
    ['Results removed', momentOf(batch.archived_at)],
    ['Size of requests', bytesText(batch.request_bytes)],
    ['Size of results', bytesText(batch.results_bytes)],
  ];
}

function momentOf(instant: string | null): string {
  return instant === null ? '–' : instantText(instant);
}

function KeyOf({ id }: { readonly id: string }): ReactElement {
  return (
    <Link to="/keys" search={{ key: id }}>
      <code>{id}</code>
    </Link>
  );
}
