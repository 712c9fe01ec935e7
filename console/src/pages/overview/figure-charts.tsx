import type { ReactElement } from 'react';
import { memo, useMemo } from 'react';
import type { FigureAnswer } from '../../../../src/admin/contract.ts';
import { countText, durationText } from '../../format/figures.ts';
import { usdNumber } from '../../format/money.ts';
import { Card } from '../../ui/card.tsx';
import type { ChartSeries } from '../../ui/chart.tsx';
import { LazyChart } from '../../ui/lazy-chart.tsx';
import type { CountedTime } from './overview-range.ts';
import styles from './overview.module.css';

type Value = (figures: FigureAnswer) => number | null;

interface Drawn {
  readonly title: string;
  readonly label: string;
  readonly kind: 'line' | 'bars';
  readonly text: (value: number) => string;
  readonly series: readonly (Omit<ChartSeries, 'values'> & {
    readonly value: Value;
    /** What a step without a request has. */
    readonly none: 0 | null;
  })[];
}

const drawn: readonly Drawn[] = [
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
  {
    title: 'Latency',
    label: 'How long requests took over time',
    kind: 'line',
    text: durationText,
    series: [
      { name: 'Total p50', value: ({ total_ms: ms }) => ms.p50, none: null },
      { name: 'Total p95', value: ({ total_ms: ms }) => ms.p95, none: null },
      { name: 'First token p50', value: ({ first_content_ms: ms }) => ms.p50, none: null },
    ],
  },
];

/** For axes, which draw and do not count. */
function dollarText(value: number): string {
  return `$${value.toLocaleString('en-US', { maximumSignificantDigits: 3 })}`;
}

/** Charts are drawn anew only when their figures are others. */
const StillChart = memo(LazyChart);

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
          <ChartOf drawn={chart} time={time} rows={rows} />
        </Card>
      ))}
    </div>
  );
}

function ChartOf(props: ChartsProps & { readonly drawn: Drawn }): ReactElement {
  const { drawn: chart, time, rows } = props;
  const { stepsMs, step } = time;
  const series = useMemo(() => {
    const byMoment = new Map(rows.map((row) => [Date.parse(row.by[step] ?? ''), row]));
    return chart.series.map(({ value, none, ...named }) => ({
      ...named,
      values: stepsMs.map((moment) => {
        const row = byMoment.get(moment);
        return row === undefined ? none : value(row);
      }),
    }));
  }, [chart, stepsMs, step, rows]);
  return (
    <StillChart
      label={chart.label}
      atMs={stepsMs}
      series={series}
      kind={chart.kind}
      text={chart.text}
      height={180}
    />
  );
}
