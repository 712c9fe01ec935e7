import type { ReactElement } from 'react';
import { memo, useMemo } from 'react';
import type { FigureAnswer } from '../../../../src/admin/contract.ts';
import { durationText } from '../../format/figures.ts';
import type { ChartSeries } from '../../ui/chart.tsx';
import { LazyChart } from '../../ui/lazy-chart.tsx';
import type { CountedTime } from './overview-range.ts';

/** What is drawn of figures, step by step. */
export interface StepDrawing {
  readonly label: string;
  readonly kind: 'line' | 'bars';
  readonly text: (value: number) => string;
  readonly series: readonly (Omit<ChartSeries, 'values'> & {
    readonly value: (figures: FigureAnswer) => number | null;
    /** What a step without a request has. */
    readonly none: 0 | null;
  })[];
}

/** How long requests took: what the overview draws of all of them, and upstreams of their own. */
export const latencyDrawing: StepDrawing = {
  label: 'How long requests took over time',
  kind: 'line',
  text: durationText,
  series: [
    { name: 'Total p50', value: ({ total_ms: ms }) => ms.p50, none: null },
    { name: 'Total p95', value: ({ total_ms: ms }) => ms.p95, none: null },
    { name: 'First token p50', value: ({ first_content_ms: ms }) => ms.p50, none: null },
    { name: 'First token p95', value: ({ first_content_ms: ms }) => ms.p95, none: null },
  ],
};

/** Charts are drawn anew only when their figures are others. */
const StillChart = memo(LazyChart);

/** Figures over time, a value for each step. */
export function StepChart(props: {
  readonly drawing: StepDrawing;
  readonly time: CountedTime;
  readonly rows: readonly FigureAnswer[];
}): ReactElement {
  const { drawing, time, rows } = props;
  const { stepsMs, step } = time;
  const { series: drawn } = drawing;
  const series = useMemo(() => {
    const byMoment = new Map(rows.map((row) => [Date.parse(row.by[step] ?? ''), row]));
    return drawn.map(({ value, none, ...named }) => ({
      ...named,
      values: stepsMs.map((moment) => {
        const row = byMoment.get(moment);
        return row === undefined ? none : value(row);
      }),
    }));
  }, [drawn, stepsMs, step, rows]);
  return (
    <StillChart
      label={drawing.label}
      atMs={stepsMs}
      series={series}
      kind={drawing.kind}
      text={drawing.text}
      height={180}
    />
  );
}
