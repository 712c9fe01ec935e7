import type { ReactElement } from 'react';
import type { UpstreamFiguresAnswer } from '../../../../src/admin/contract-operations.ts';
import { countText, durationText, shareText } from '../../format/figures.ts';
import styles from './upstreams.module.css';

const spans = ['5 minutes', '1 hour'] as const;

const rows: readonly (readonly [string, (figures: UpstreamFiguresAnswer) => string])[] = [
  ['Attempts', ({ requests }) => countText(requests)],
  ['Failed', failedText],
  ['Duration p50', ({ total_ms }) => durationText(total_ms.p50)],
  ['Duration p95', ({ total_ms }) => durationText(total_ms.p95)],
  ['First token p50', ({ first_content_ms }) => durationText(first_content_ms.p50)],
  ['First token p95', ({ first_content_ms }) => durationText(first_content_ms.p95)],
];

/** What an upstream did lately, beside what it did for longer. */
export function UpstreamFigures(props: {
  readonly upstream: string;
  /** Of the last five minutes, and of the last hour. */
  readonly figures: readonly [UpstreamFiguresAnswer, UpstreamFiguresAnswer];
}): ReactElement {
  const { upstream, figures } = props;
  return (
    <table className={styles['figures']} aria-label={`Figures of ${upstream}`}>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          {spans.map((span) => (
            <th key={span} scope="col">
              {span}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, textOf]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {figures.map((of, at) => (
              <td key={spans[at]}>{textOf(of)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function failedText({ requests, failed }: UpstreamFiguresAnswer): string {
  return failed === 0 ? countText(failed) : `${countText(failed)} (${shareText(failed, requests)})`;
}
