import type { ReactElement } from 'react';
import type { LiveStepAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { countText } from '../../format/figures.ts';
import styles from './live.module.css';

const HEIGHT = 96;
const STEP = 6;
const BAR = 4;

/** Requests of each step of the last minutes, failed ones below: small enough to be drawn every two seconds. */
export function LiveBars({ steps }: { readonly steps: readonly LiveStepAnswer[] }): ReactElement {
  const most = steps.reduce((max, { requests }) => Math.max(max, requests), 0);
  const total = steps.reduce((sum, { requests }) => sum + requests, 0);
  const heightOf = (count: number): number =>
    count === 0 ? 0 : Math.max(2, (count / Math.max(1, most)) * HEIGHT);
  return (
    <figure className={styles['bars']}>
      <svg
        viewBox={`0 0 ${String(Math.max(1, steps.length) * STEP)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Requests of the last five minutes: ${countText(total)}, at most ${countText(most)} in five seconds`}
      >
        {steps.map(({ at, requests, failed }, index) => (
          <g key={at}>
            <rect
              className={styles['done']}
              x={index * STEP}
              width={BAR}
              y={HEIGHT - heightOf(requests)}
              height={heightOf(requests)}
            />
            <rect
              className={styles['failed']}
              x={index * STEP}
              width={BAR}
              y={HEIGHT - heightOf(failed)}
              height={heightOf(failed)}
            />
          </g>
        ))}
      </svg>
      <figcaption>
        <span>5 min. ago</span>
        <span>at most {countText(most)} in 5 s</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
