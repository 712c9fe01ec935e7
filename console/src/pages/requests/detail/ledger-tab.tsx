import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { HoldAnswer } from '../../../../../src/admin/contract.ts';
import type {
  ExchangeAnswer,
  LedgerEntryAnswer,
} from '../../../../../src/admin/contract-exchanges.ts';
import { exactUsdText } from '../../../format/money.ts';
import { instantText } from '../../../format/times.ts';
import type { Tone } from '../../../ui/badge.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Card, Facts } from '../../../ui/card.tsx';
import { EmptyState } from '../../../ui/states.tsx';
import { MomentText } from '../../../ui/time-text.tsx';
import { AccountLink } from '../request-columns.tsx';
import styles from '../requests.module.css';
import { ScrollBox } from './scroll-box.tsx';

/** What was held for a request, and each transfer that it made. */
export function LedgerTab({ exchange }: { readonly exchange: ExchangeAnswer }): ReactElement {
  const { hold, entries } = exchange.ledger;
  if (hold === null && entries.length === 0) {
    return (
      <EmptyState title="The books know nothing of it">
        Nothing was held and nothing moved: its account is not prepaid, or it was refused before
        anything cost.
      </EmptyState>
    );
  }
  return (
    <div className={styles['stack']}>
      {hold === null ? null : <HoldCard hold={hold} />}
      <Card title="Transfers" flush>
        {entries.length === 0 ? (
          <EmptyState title="Nothing has moved so far" />
        ) : (
          <Transfers entries={entries} />
        )}
      </Card>
    </div>
  );
}

const holdTones: Readonly<Record<HoldAnswer['state'], Tone>> = {
  open: 'info',
  unresolved: 'warn',
  settled: 'good',
  released: 'neutral',
};

const knownLast: Readonly<Record<NonNullable<HoldAnswer['checkpoint']> | 'none', string>> = {
  none: 'no upstream was asked yet',
  sent: 'an upstream was asked',
  partial: 'content went out',
  final: 'the answer was over',
};

function HoldCard({ hold }: { readonly hold: HoldAnswer }): ReactElement {
  const { checkpoint, checkpoint_cost_nano: costSoFar } = hold;
  return (
    <Card title="Hold" actions={<Badge tone={holdTones[hold.state]}>{hold.state}</Badge>}>
      <Facts
        facts={[
          ['Held', exactUsdText(hold.held_nano)],
          ['Account', <AccountLink key="account" id={hold.account} />],
          ['Made', instantText(hold.created_at)],
          ['Lapses', instantText(hold.expires_at)],
          ['Known last', knownLast[checkpoint ?? 'none']],
          ['Cost as known last', costSoFar === null ? '–' : exactUsdText(costSoFar)],
        ]}
      />
    </Card>
  );
}

function Transfers({ entries }: { readonly entries: readonly LedgerEntryAnswer[] }): ReactElement {
  return (
    <ScrollBox label="Transfers">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Entry</th>
            <th scope="col" data-look="text">
              Reason
            </th>
            <th scope="col" data-look="text">
              From
            </th>
            <th scope="col" data-look="text">
              To
            </th>
            <th scope="col">Amount</th>
            <th scope="col">Booked</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <th scope="row" title={entry.id}>
                {entry.sequence}
              </th>
              <td data-look="text">
                <code>{entry.reason}</code>
              </td>
              <td data-look="text">
                <ChartAccount name={entry.from} />
              </td>
              <td data-look="text">
                <ChartAccount name={entry.to} />
              </td>
              <td>{exactUsdText(entry.amount_nano)}</td>
              <td>
                <MomentText instant={entry.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

/** An account of the chart; wallets lead to whose they are. */
function ChartAccount({ name }: { readonly name: string }): ReactElement {
  const [kind, account] = name.split(':');
  if (kind !== 'wallet' || account === undefined) return <code>{name}</code>;
  return (
    <Link to="/accounts/$account" params={{ account }}>
      <code>{name}</code>
    </Link>
  );
}
