import type { ReactElement } from 'react';
import type { FigureAnswer } from '../../../../src/admin/contract.ts';
import { countText } from '../../format/figures.ts';
import { usdNumber } from '../../format/money.ts';
import { Card } from '../../ui/card.tsx';
import type { CountedTime } from './overview-range.ts';
import styles from './overview.module.css';
import type { StepDrawing } from './step-chart.tsx';
import { StepChart, latencyDrawing } from './step-chart.tsx';

const drawn: readonly (StepDrawing & { readonly title: string })[] = [
  {
    title: 'Requests',
    label: 'Requests over time, and how many of them failed',
    kind: 'bars',
    text: countText,
    series: [
      { name: 'Requests', value: ({ requests }) => requests, none: 0 },
      { name: 'Failed', value: ({ failed }) => failed, none: 0, color: '--bad' },
    ],
  },
  {
    title: 'Tokens',
    label: 'Tokens over time, by class',
    kind: 'line',
    text: countText,
    series: [
      { name: 'Input', value: (row) => Number(row.input_tokens), none: 0 },
      { name: 'Output', value: (row) => Number(row.output_tokens), none: 0 },
      { name: 'Cache read', value: (row) => Number(row.cache_read_input_tokens), none: 0 },
      { name: 'Cache write', value: (row) => Number(row.cache_creation_input_tokens), none: 0 },
    ],
  },
  {
    title: 'Cost',
    label: 'Cost over time in USD',
    kind: 'bars',
    text: dollarText,
    series: [
      {
        name: 'Cost',
        value: ({ cost_nano: nano }) => usdNumber(nano),
        none: 0,
        color: '--chart-2',
      },
    ],
  },
  { title: 'Latency', ...latencyDrawing },
];

/** For axes, which draw and do not count. */
function dollarText(value: number): string {
  return `$${value.toLocaleString('en-US', { maximumSignificantDigits: 3 })}`;
}

interface ChartsProps {
  readonly time: CountedTime;
  readonly rows: readonly FigureAnswer[];
}

/** The figures of a time, step by step. */
export function FigureCharts({ time, rows }: ChartsProps): ReactElement {
  return (
    <div className={styles['charts']}>
      {drawn.map((chart) => (
        <Card key={chart.title} title={chart.title}>
          <StepChart drawing={chart} time={time} rows={rows} />
        </Card>
      ))}
    </div>
  );
}
