import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import type { WalletAnswer } from '../../../../src/admin/contract.ts';
import { hasCode } from '../../api/api-error.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Stats } from '../../ui/card.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { EmptyState, ErrorNote, Loaded } from '../../ui/states.tsx';
import styles from './accounts.module.css';
import { FreezeDialog } from './freeze-dialog.tsx';
import type { MovementKind } from './movement-dialog.tsx';
import { MovementDialog, movements } from './movement-dialog.tsx';

const REFRESH_MS = 5000;

/** What an account has to pay with, and the ways to change that. */
export function Wallet({ account }: { readonly account: string }): ReactNode {
  const path = `/admin/v1/wallets/${encodeURIComponent(account)}`;
  const query = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => callApi<WalletAnswer>(path, { isPoll: true, signal }),
    refetchInterval: ({ state }) => (state.error === null ? REFRESH_MS : false),
  });
  const isNone = hasCode(query.error, 'wallet_not_found') || hasCode(query.error, 'not_found');
  if (query.data === undefined && isNone) return <NoWallet account={account} />;
  return (
    <Card title="Wallet">
      <Loaded query={query} lines={2}>
        {(wallet) => <WalletParts wallet={wallet} />}
      </Loaded>
    </Card>
  );
}

function NoWallet({ account }: { readonly account: string }): ReactElement {
  const order = useOrder({
    send: () =>
      callApi<WalletAnswer>(`/admin/v1/wallets/${encodeURIComponent(account)}/open`, {
        method: 'POST',
        body: {},
      }),
    changes: ['/admin/v1/wallets'],
    done: 'The wallet is open.',
  });
  return (
    <Card title="Wallet">
      <EmptyState
        title="This account has no wallet"
        action={
          <Button
            busy={order.isPending}
            onClick={() => {
              order.mutate(undefined);
            }}
          >
            Open a wallet
          </Button>
        }
      >
        An account whose plan is prepaid pays from it; others are only metered.
      </EmptyState>
      {order.error === null ? null : <ErrorNote error={order.error} />}
    </Card>
  );
}

function WalletParts({ wallet }: { readonly wallet: WalletAnswer }): ReactElement {
  const [step, setStep] = useState<MovementKind | 'freeze'>();
  const isFrozen = wallet.status === 'frozen';
  const close = (): void => {
    setStep(undefined);
  };
  return (
    <div className={styles['stack']}>
      <Stats
        stats={[
          {
            name: 'Available',
            value: <MoneyText nano={wallet.available_nano} />,
            note: isFrozen ? <Badge tone="bad">frozen: it pays nothing</Badge> : undefined,
          },
          {
            name: 'Held',
            value: <MoneyText nano={wallet.held_nano} />,
            note: 'for requests that run',
          },
          {
            name: 'Posted',
            value: <MoneyText nano={wallet.posted_nano} />,
            note: 'available and held together',
          },
        ]}
      />
      <div className={styles['actions']}>
        {movements.map(({ kind, name }) => (
          <Button
            key={kind}
            {...(kind === 'top-ups' ? { look: 'primary' } : {})}
            onClick={() => {
              setStep(kind);
            }}
          >
            {name}
          </Button>
        ))}
        <Button
          look={isFrozen ? 'ghost' : 'danger'}
          onClick={() => {
            setStep('freeze');
          }}
        >
          {isFrozen ? 'Unfreeze' : 'Freeze'}
        </Button>
      </div>
      {step === 'freeze' ? <FreezeDialog wallet={wallet} onClose={close} /> : null}
      {step === undefined || step === 'freeze' ? null : (
        <MovementDialog account={wallet.account} kind={step} onClose={close} />
      )}
    </div>
  );
}
