import type { ReactElement } from 'react';
import type { ExchangeAnswer } from '../../../../../src/admin/contract-exchanges.ts';
import { exactUsdText, usdText } from '../../../format/money.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Card } from '../../../ui/card.tsx';
import styles from '../requests.module.css';
import { ScrollBox } from './scroll-box.tsx';
import { usageLines } from './usage-lines.ts';

const plain = new Intl.NumberFormat('en-US');

/** What was used of each class, at which price, and what that comes to. */
export function UsageCard({ exchange }: { readonly exchange: ExchangeAnswer }): ReactElement {
  const { request, prices } = exchange;
  const lines = usageLines(exchange);
  const { cost_nano: cost, usage_source: source } = request;
  return (
    <Card title="Usage and cost" actions={source === null ? null : <Badge>usage {source}</Badge>}>
      {lines.length === 0 ? (
        <p className={styles['quiet']}>
          {request.usage?.output_tokens === 0 ? 'It used nothing.' : 'No usage is known of it.'}
        </p>
      ) : (
        <ScrollBox label="Usage">
          <table className={styles['table']} data-look="inset">
            <thead>
              <tr>
                <th scope="col">Class</th>
                <th scope="col">Count</th>
                <th scope="col">USD per million</th>
                <th scope="col">Amount</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ name, count, nanoPerMtok, amountNano }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td>{plain.format(BigInt(count))}</td>
                  <td>{nanoPerMtok === null ? '–' : usdText(nanoPerMtok)}</td>
                  <td>{amountNano === null ? '–' : exactUsdText(amountNano)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row" colSpan={3}>
                  Cost
                </th>
                <td>{cost === null ? 'not known' : exactUsdText(cost)}</td>
              </tr>
            </tfoot>
          </table>
        </ScrollBox>
      )}
      {cost === '0' && lines.length > 0 ? (
        <p className={styles['note']}>What it used all the same is not charged.</p>
      ) : null}
      {prices === null ? null : (
        <p className={styles['note']}>
          Prices of {prices.model}, version <code>{prices.price_version}</code>.
        </p>
      )}
    </Card>
  );
}
