import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { FigureAnswer } from '../../../../src/admin/contract.ts';
import { countText } from '../../format/figures.ts';
import { localTimeOf } from '../../format/times.ts';
import { Card } from '../../ui/card.tsx';
import styles from './overview.module.css';
import { ShareBar } from './share-bar.tsx';

/** What went wrong, by the codes of the table of errors. */
export function ErrorsCard({
  rows,
  from,
}: {
  readonly rows: readonly FigureAnswer[];
  /** When what they count begins. */
  readonly from: string;
}): ReactElement {
  const failures = rows.filter(({ failed }) => failed > 0).toSorted((a, b) => b.failed - a.failed);
  const total = failures.reduce((sum, { failed }) => sum + failed, 0);
  return (
    <Card title="Errors by code">
      {failures.length === 0 ? (
        <p className={styles['none']}>Nothing failed in this time.</p>
      ) : (
        <ul className={styles['errors']}>
          {failures.map(({ by: { error = null }, failed }) => (
            <li key={error ?? ''}>
              {error === null ? (
                <span>Without a code</span>
              ) : (
                <Link to="/requests" search={{ error, from: localTimeOf(from) }}>
                  <code>{error}</code>
                </Link>
              )}
              <span className={styles['number']}>{countText(failed)}</span>
              <ShareBar part={failed} whole={total} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
