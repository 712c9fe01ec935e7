import type { ReactElement } from 'react';
import type { BatchAnswer, BatchCountsAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { countText } from '../../format/figures.ts';
import styles from './batches.module.css';

const parts: readonly (keyof BatchCountsAnswer)[] = ['succeeded', 'errored', 'canceled', 'expired'];

/** How much of a batch has an outcome, and which: drawn, and in figures. */
export function BatchProgress({
  batch,
}: {
  readonly batch: Pick<BatchAnswer, 'id' | 'requests' | 'done' | 'counts'>;
}): ReactElement {
  const { id, requests, done, counts } = batch;
  const share = (count: number): string =>
    `${String(requests === 0 ? 0 : (count / requests) * 100)}%`;
  return (
    <span className={styles['progress']}>
      <span
        className={styles['track']}
        role="progressbar"
        aria-label={`Progress of ${id}`}
        aria-valuemin={0}
        aria-valuemax={requests}
        aria-valuenow={done}
      >
        {parts.map((part) => (
          <span key={part} data-part={part} style={{ width: share(counts[part]) }} />
        ))}
      </span>
      <span className={styles['figures']}>
        {countText(done)} of {countText(requests)}
      </span>
    </span>
  );
}
