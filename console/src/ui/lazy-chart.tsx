import type { ReactElement } from 'react';
import { Suspense, lazy } from 'react';
import type { ChartProps } from './chart.tsx';

const Drawn = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }));

/** A chart, whose library is fetched once one is shown. */
export function LazyChart(props: ChartProps): ReactElement {
  return (
    <Suspense fallback={<div style={{ height: (props.height ?? 200) + 52 }} />}>
      <Drawn {...props} />
    </Suspense>
  );
}
