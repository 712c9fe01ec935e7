import type { ReactElement } from 'react';
import type { RequestAnswer } from '../../../../../src/admin/contract.ts';
import { countText, durationText } from '../../../format/figures.ts';
import { Stats } from '../../../ui/card.tsx';
import { MoneyText } from '../../../ui/money-text.tsx';
import { RequestStatus } from '../request-status.tsx';
import styles from '../requests.module.css';
import { upstreamText } from './upstream-text.ts';

/** How it ended, what it was and what it cost, at a glance. */
export function RequestHead({ request }: { readonly request: RequestAnswer }): ReactElement {
  const { usage } = request;
  return (
    <Stats
      stats={[
        {
          name: 'Status',
          value: <RequestStatus request={request} />,
          note: request.error ?? request.stop_reason ?? request.status,
        },
        {
          name: 'Model',
          value: <span className={styles['name']}>{request.model ?? '–'}</span>,
          note: upstreamText(request),
        },
        {
          name: 'Cost',
          value: <MoneyText nano={request.cost_nano} />,
          note: <ChargeNote request={request} />,
        },
        {
          name: 'Tokens',
          value: `${countText(usage?.input_tokens)} in`,
          note: `${countText(usage?.output_tokens)} out · ${countText(usage?.cache_read_input_tokens)} cached`,
        },
        {
          name: 'Duration',
          value: durationText(request.total_ms),
          note: `first token ${durationText(request.first_content_ms)}`,
        },
      ]}
    />
  );
}

function ChargeNote({ request }: { readonly request: RequestAnswer }): ReactElement {
  const { charged_nano: charged, held_nano: held } = request;
  if (held !== null) {
    return (
      <>
        <MoneyText nano={held} /> held
      </>
    );
  }
  return (
    <>
      <MoneyText nano={charged} /> charged
    </>
  );
}
