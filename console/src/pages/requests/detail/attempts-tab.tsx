import type { ReactElement } from 'react';
import type { AttemptAnswer } from '../../../../../src/admin/contract.ts';
import type { ExchangeAnswer } from '../../../../../src/admin/contract-exchanges.ts';
import { durationText } from '../../../format/figures.ts';
import { Badge, toneOfStatus } from '../../../ui/badge.tsx';
import { Card } from '../../../ui/card.tsx';
import { EmptyState } from '../../../ui/states.tsx';
import { attemptPhases, axisEndMs } from './attempt-phases.ts';
import styles from './attempts.module.css';

const marks = [0, 0.25, 0.5, 0.75, 1];

/** Each attempt at an answer on the one axis of the request: waiting, opening, content, the end. */
export function AttemptsTab({ exchange }: { readonly exchange: ExchangeAnswer }): ReactElement {
  const { attempts, request } = exchange;
  if (attempts.length === 0) {
    return request.status === 'running' ? (
      <EmptyState title="It is not over">Attempts are written down when it is.</EmptyState>
    ) : (
      <EmptyState title="Nobody was asked">It was answered or refused here.</EmptyState>
    );
  }
  const endMs = axisEndMs(attempts, request);
  return (
    <Card title={attempts.length === 1 ? 'One attempt' : `${String(attempts.length)} attempts`}>
      <div className={styles['waterfall']}>
        <div className={styles['legend']} aria-hidden>
          <span data-kind="waiting">Waiting for the head</span>
          <span data-kind="opening">Head to first content</span>
          <span data-kind="content">Content to the end</span>
        </div>
        <div className={styles['axis']} aria-hidden>
          {marks.map((mark) => (
            <span key={mark} style={{ insetInlineStart: `${String(mark * 100)}%` }}>
              {durationText(mark * endMs)}
            </span>
          ))}
        </div>
        <ol className={styles['attempts']}>
          {attempts.map((attempt, at) => (
            <Attempt
              key={`${attempt.upstream} ${String(attempt.started_ms)}`}
              attempt={attempt}
              request={request}
              isLast={at === attempts.length - 1}
              endMs={endMs}
            />
          ))}
        </ol>
      </div>
    </Card>
  );
}

function Attempt(props: {
  readonly attempt: AttemptAnswer;
  readonly request: ExchangeAnswer['request'];
  readonly isLast: boolean;
  readonly endMs: number;
}): ReactElement {
  const { attempt, request, isLast, endMs } = props;
  const phases = attemptPhases(attempt, request, isLast);
  const share = (ms: number): string => `${String((ms / endMs) * 100)}%`;
  return (
    <li>
      <div className={styles['who']}>
        <strong>{attempt.upstream}</strong>
        {attempt.credential === null ? null : (
          <span className={styles['quiet']}>credential {String(attempt.credential)}</span>
        )}
        {attempt.model === null ? null : <code>{attempt.model}</code>}
        {attempt.http_status === null ? null : (
          <Badge tone={toneOfStatus(attempt.http_status)}>{String(attempt.http_status)}</Badge>
        )}
        {attempt.error === null ? null : <Badge tone="bad">{attempt.error}</Badge>}
      </div>
      <div className={styles['lane']} aria-hidden>
        {phases.map(({ kind, name, fromMs, toMs }) => (
          <span
            key={kind}
            data-kind={kind}
            title={`${name}: ${durationText(toMs - fromMs)}`}
            style={{ insetInlineStart: share(fromMs), width: share(toMs - fromMs) }}
          />
        ))}
      </div>
      <ul className={styles['phases']} aria-label={`Phases at ${attempt.upstream}`}>
        <li>Began after {durationText(attempt.started_ms)}</li>
        {phases.map(({ kind, name, fromMs, toMs }) => (
          <li key={kind}>
            {name} {durationText(toMs - fromMs)}
          </li>
        ))}
        {attempt.ended_ms === null ? null : <li>Ended at {durationText(attempt.ended_ms)}</li>}
      </ul>
    </li>
  );
}
