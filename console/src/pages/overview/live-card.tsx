import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { LiveAnswer, LiveStepAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { countText, durationText, shareText } from '../../format/figures.ts';
import { usdText } from '../../format/money.ts';
import { Card, Stats } from '../../ui/card.tsx';
import { MoneyText } from '../../ui/money-text.tsx';
import { Loaded } from '../../ui/states.tsx';
import { RequestStatus } from '../requests/request-status.tsx';
import { clockText } from '../../format/times.ts';
import styles from './live.module.css';
import { LiveBars } from './live-bars.tsx';

const PATH = '/admin/v1/live';
const ANEW_MS = 2000;
/** Rates are of the last half a minute: a step alone says little. */
const RATE_STEPS = 6;
const RECENT_SHOWN = 8;

/** What happens now: read every two seconds for as long as somebody looks on. */
export function LiveCard(): ReactElement {
  const query = useQuery({
    queryKey: [PATH],
    queryFn: ({ signal }) => callApi<LiveAnswer>(PATH, { signal, isPoll: true }),
    refetchInterval: ANEW_MS,
    staleTime: 0,
  });
  return (
    <Card title="Now" actions={<span className={styles['note']}>Last five minutes</span>}>
      <Loaded query={query} lines={4}>
        {(live) => <Live live={live} />}
      </Loaded>
    </Card>
  );
}

function Live({ live }: { readonly live: LiveAnswer }): ReactElement {
  const { steps, step_ms: stepMs, recent } = live;
  const requests = sumOf(steps, (step) => step.requests);
  const failed = sumOf(steps, (step) => step.failed);
  const cost = steps.reduce((sum, step) => sum + BigInt(step.cost_nano), 0n);
  const lately = steps.slice(-RATE_STEPS);
  const seconds = (lately.length * stepMs) / 1000;
  const rate = (of: (step: LiveStepAnswer) => number): number =>
    seconds === 0 ? 0 : sumOf(lately, of) / seconds;
  return (
    <div className={styles['live']}>
      <Stats
        stats={[
          { name: 'In flight', value: countText(live.in_flight) },
          {
            name: 'Requests a second',
            value: rateText(rate((step) => step.requests)),
            note: `${countText(requests)} in five minutes`,
          },
          {
            name: 'Failed',
            value: countText(failed),
            note: shareText(failed, requests),
          },
          {
            name: 'Tokens a second',
            value: rateText(rate((step) => step.input_tokens + step.output_tokens)),
            note: 'input and output',
          },
          { name: 'Spend', value: usdText(cost), note: 'in five minutes' },
        ]}
      />
      <div className={styles['sides']}>
        <LiveBars steps={steps} />
        <Newest recent={recent.slice(0, RECENT_SHOWN)} />
      </div>
    </div>
  );
}

function sumOf(steps: readonly LiveStepAnswer[], of: (step: LiveStepAnswer) => number): number {
  return steps.reduce((sum, step) => sum + of(step), 0);
}

function rateText(perSecond: number): string {
  return perSecond < 100
    ? perSecond.toFixed(perSecond < 10 ? 2 : 1)
    : countText(Math.round(perSecond));
}

function Newest({ recent }: { readonly recent: LiveAnswer['recent'] }): ReactElement {
  if (recent.length === 0) {
    return <p className={styles['quiet']}>No request has ended since the gateway started.</p>;
  }
  return (
    <ul className={styles['newest']} aria-label="Newest requests">
      {recent.map((request) => (
        <li key={request.id}>
          <Link to="/requests/$request" params={{ request: request.id }}>
            {clockText(request.created_at)}
          </Link>
          <RequestStatus request={request} />
          <span className={styles['model']}>{request.model ?? request.operation ?? '–'}</span>
          <span>{durationText(request.total_ms)}</span>
          <MoneyText nano={request.cost_nano} />
        </li>
      ))}
    </ul>
  );
}
