import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { HoldAnswer } from '../../../../src/admin/contract.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FormDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { errorAt, useForm } from '../../ui/use-form.ts';
import { REASON_HINT, isReason } from './reason.ts';

const LIMIT = 1000;

function columnsWith(release: (hold: HoldAnswer) => void): readonly TableColumn<HoldAnswer>[] {
  return [
    {
      id: 'id',
      name: 'Request',
      width: 'minmax(220px, 1.4fr)',
      cell: ({ id }) => (
        <Link to="/requests/$request" params={{ request: id }}>
          <code>{id}</code>
        </Link>
      ),
    },
    {
      id: 'state',
      name: 'State',
      width: '120px',
      cell: ({ state }) => <Badge tone={state === 'unresolved' ? 'warn' : 'info'}>{state}</Badge>,
    },
    {
      id: 'held',
      name: 'Held',
      width: '120px',
      isNumber: true,
      cell: (hold) => <MoneyText nano={hold.held_nano} />,
    },
    {
      id: 'known',
      name: 'Known last',
      width: '160px',
      cell: ({ checkpoint, checkpoint_cost_nano }) =>
        checkpoint === null ? (
          '–'
        ) : (
          <>
            {checkpoint} <MoneyText nano={checkpoint_cost_nano} />
          </>
        ),
    },
    {
      id: 'created',
      name: 'Since',
      width: '120px',
      cell: (hold) => <TimeText instant={hold.created_at} />,
    },
    {
      id: 'expires',
      name: 'Until',
      width: '120px',
      cell: (hold) => <TimeText instant={hold.expires_at} />,
    },
    {
      id: 'release',
      name: '',
      width: '100px',
      cell: (hold) => (
        <Button
          small
          onClick={() => {
            release(hold);
          }}
        >
          Release
        </Button>
      ),
    },
  ];
}

/** What is held of a wallet, oldest first. */
export function Holds({ account }: { readonly account: string }): ReactElement {
  const path = `/admin/v1/wallets/${encodeURIComponent(account)}/holds`;
  const [releasing, setReleasing] = useState<HoldAnswer>();
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) =>
      callApi<{ readonly data: readonly HoldAnswer[] }>(path, { query: { limit: LIMIT }, signal }),
  });
  return (
    <>
      <Loaded query={query}>
        {({ data }) => (
          <DataTable
            label="Holds"
            rows={data}
            columns={columnsWith(setReleasing)}
            idOf={({ id }) => id}
            empty={<EmptyState title="Nothing is held" />}
          />
        )}
      </Loaded>
      {releasing === undefined ? null : (
        <ReleaseDialog
          hold={releasing}
          onClose={() => {
            setReleasing(undefined);
          }}
        />
      )}
    </>
  );
}

function ReleaseDialog(props: {
  readonly hold: HoldAnswer;
  readonly onClose: () => void;
}): ReactElement {
  const { hold, onClose } = props;
  const form = useForm({ reason: '' });
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const order = useOrder({
    send: (reason: string) =>
      callApi<object>(`/admin/v1/holds/${hold.id}/release`, {
        method: 'POST',
        body: { reason },
        idempotencyKey,
      }),
    changes: ['/admin/v1/wallets'],
    done: 'The hold was given back.',
  });
  return (
    <FormDialog
      title="Give back what is held?"
      description="Only what nobody knows the end of, or whose time is over. What a running request holds cannot be released."
      isOpen
      onClose={onClose}
      submitText="Release"
      isDangerous
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
