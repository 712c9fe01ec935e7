import type { ReactElement } from 'react';
import { Loaded } from '../../ui/states.tsx';
import type { CountedTime } from '../overview/overview-range.ts';
import type { StepDrawing } from '../overview/step-chart.tsx';
import { StepChart, latencyDrawing } from '../overview/step-chart.tsx';
import { useFigures } from '../overview/use-figures.ts';
import styles from './upstreams.module.css';

const LINES = 5;

/** How long requests took that an upstream answered last, over time. */
export function UpstreamLatency(props: {
  readonly upstream: string;
  readonly time: CountedTime;
}): ReactElement {
  const { upstream, time } = props;
  const query = useFigures(time, time.step, upstream);
  const drawing: StepDrawing = {
    ...latencyDrawing,
    label: `How long requests took over time that ${upstream} answered`,
  };
  return (
    <div className={styles['latency']}>
      <Loaded query={query} lines={LINES}>
        {({ data }) =>
          data.length === 0 ? (
            <p className={styles['none']}>It answered no request in this time.</p>
          ) : (
            <StepChart drawing={drawing} time={time} rows={data} />
          )
        }
      </Loaded>
    </div>
  );
}
