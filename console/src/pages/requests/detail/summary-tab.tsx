import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import type { RequestAnswer } from '../../../../../src/admin/contract.ts';
import type { BilledAnswer, ExchangeAnswer } from '../../../../../src/admin/contract-exchanges.ts';
import { instantText } from '../../../format/times.ts';
import type { Tone } from '../../../ui/badge.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Card, Facts } from '../../../ui/card.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { AccountLink, KeyLink } from '../request-columns.tsx';
import styles from '../requests.module.css';
import { upstreamText } from './upstream-text.ts';
import { UsageCard } from './usage-card.tsx';

/** What it was, what it used and why it is billed or not. */
export function SummaryTab({ exchange }: { readonly exchange: ExchangeAnswer }): ReactElement {
  const { request, billed } = exchange;
  return (
    <div className={styles['columns']}>
      <Card title="Facts">
        <Facts facts={factsOf(request)} />
      </Card>
      <div className={styles['stack']}>
        <UsageCard exchange={exchange} />
        <BilledCard billed={billed} />
        <EditsCard edits={request.edits} />
      </div>
    </div>
  );
}

function factsOf(request: RequestAnswer): readonly (readonly [string, ReactNode])[] {
  const { form, is_stream: isStream, attempts, trace_id: traceId } = request;
  return [
    ['Came in', instantText(request.created_at)],
    ['State', request.status],
    ['Form', form === null ? '–' : `${form}${isStream === true ? ', as a stream' : ''}`],
    ['Operation', request.operation ?? '–'],
    ['Model', request.model ?? '–'],
    ['Key', <KeyLink key="key" id={request.key_id} />],
    ['Account', <AccountLink key="account" id={request.account} />],
    ['Upstream', upstreamFact(request)],
    ['AI gateway', gatewayFact(request)],
    ['Attempts', attempts === null ? '–' : String(attempts)],
    ['Error', request.error ?? '–'],
    ['Stop reason', request.stop_reason ?? '–'],
    ['Price version', request.price_version ?? '–'],
    ['Trace', traceId === null ? 'not traced' : <Copied key="trace" text={traceId} />],
  ];
}

function upstreamFact(request: RequestAnswer): ReactNode {
  const { upstream, attempts } = request;
  // Where nobody was asked there is nobody to lead to.
  if (upstream === null || attempts === null) return upstreamText(request);
  return (
    <Link to="/requests" search={{ upstream }}>
      {upstream}
    </Link>
  );
}

function gatewayFact({ gateway }: RequestAnswer): ReactNode {
  if (gateway === null) return 'none';
  return (
    <Link to="/requests" search={{ gateway }}>
      {gateway}
    </Link>
  );
}

function Copied({ text }: { readonly text: string }): ReactElement {
  return (
    <span className={styles['id']}>
      <code>{text}</code>
      <CopyButton text={text} label="trace id" />
    </span>
  );
}

const billedTones: Readonly<Record<BilledAnswer['billed'], Tone>> = {
  yes: 'accent',
  no: 'neutral',
  partial: 'warn',
  unknown: 'info',
};

function BilledCard({ billed }: { readonly billed: BilledAnswer }): ReactElement {
  const { outcome, billed: isBilled, why, situations } = billed;
  return (
    <Card
      title="Billed?"
      actions={
        <span className={styles['badges']}>
          <Badge tone={billedTones[isBilled]}>{isBilled}</Badge>
          <code>{outcome}</code>
        </span>
      }
    >
      <p className={styles['why']}>{why}</p>
      {situations.length === 0 ? null : (
        <details className={styles['situations']}>
          <summary>What the published table says of this outcome</summary>
          <ul>
            {situations.map((situation) => (
              <li key={situation}>{situation}</li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}

function EditsCard({ edits }: { readonly edits: readonly string[] }): ReactElement {
  return (
    <Card title="Edits">
      {edits.length === 0 ? (
        <p className={styles['quiet']}>The gateway changed nothing of the request.</p>
      ) : (
        <ul className={styles['badges']}>
          {edits.map((edit) => (
            <li key={edit}>
              <Badge>{edit}</Badge>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
