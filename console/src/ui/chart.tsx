import type { ReactElement } from 'react';
import { useEffect, useRef } from 'react';
// Before the library, which is loaded with it.
import './known-language.ts';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { instantText, markText } from '../format/times.ts';
import styles from './chart.module.css';
import { useIsDark } from './use-is-dark.ts';

/** Colours by their place, as the theme has them. */
const colors = [1, 2, 3, 4, 5, 6].map((at) => `--chart-${String(at)}`);

const DAY_SECONDS = 86_400;

export interface ChartSeries {
  readonly name: string;
  /** One for each moment; null where there is none. */
  readonly values: readonly (number | null)[];
  /** A token of the theme instead of the next colour: for what is good or bad. */
  readonly color?: `--${string}`;
}

export interface ChartProps {
  /** What it shows, in a sentence. */
  readonly label: string;
  /** Moments in milliseconds, oldest first. */
  readonly atMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly kind: 'line' | 'bars';
  /** A value as people read it. */
  readonly text: (value: number) => string;
  readonly height?: number;
}

/** Values over time. What is drawn can be read as a table too. */
export function Chart(props: ChartProps): ReactElement {
  const { label, atMs, series, text } = props;
  const place = useRef<HTMLDivElement>(null);
  const isDark = useIsDark();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const plot = new UPlot(optionsOf(props, element), dataOf(props), element);
    const watch = new ResizeObserver(([entry]) => {
      if (entry !== undefined)
        plot.setSize({ width: entry.contentRect.width, height: plot.height });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [props, isDark]);
  return (
    <figure className={styles['chart']}>
      <div className={styles['legend']}>
        {series.map(({ name, color }, at) => (
          <span key={name}>
            <span
              className={styles['swatch']}
              style={{ background: `var(${color ?? colorName(at)})` }}
              aria-hidden
            />
            {name}
          </span>
        ))}
      </div>
      <div ref={place} className={styles['plot']} role="img" aria-label={label} />
      <details className={styles['more']}>
        <summary>Values</summary>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by keyboard */}
        <div
          className={styles['values']}
          tabIndex={0}
          role="region"
          aria-label={`${label}: values`}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {atMs.map((moment, at) => (
                <tr key={moment}>
                  <td>{instantText(new Date(moment).toISOString())}</td>
                  {series.map(({ name, values }) => (
                    <td key={name}>{textOrDash(values[at], text)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

function colorName(at: number): string {
  return colors[at % colors.length] ?? '--chart-1';
}

function textOrDash(value: number | null | undefined, text: (value: number) => string): string {
  return value === null || value === undefined ? '–' : text(value);
}

function dataOf({ atMs, series }: ChartProps): UPlot.AlignedData {
  return [atMs.map((ms) => ms / 1000), ...series.map(({ values }) => [...values])];
}

/** Values without a neighbour: no line would show them. */
function lonelyOf(values: ChartSeries['values']): number[] {
  const isThere = (at: number): boolean => typeof values[at] === 'number';
  return values.flatMap((_value, at) =>
    isThere(at) && !isThere(at - 1) && !isThere(at + 1) ? [at] : [],
  );
}

/** A token as the theme in force resolves it: a canvas does not know `light-dark`. */
function colorOf(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Marks of the time: hours of the day, with the day below the first of it. */
const timeMarks: NonNullable<UPlot.Axis.DynamicValues> = (...[, seconds, , , step]) => {
  let dayBefore = '';
  return seconds.map((second) => {
    const [day, clock] = markText(new Date(second * 1000));
    const isFirst = day !== dayBefore;
    dayBefore = day;
    if (step >= DAY_SECONDS) return day;
    return isFirst ? `${clock}\n${day}` : clock;
  });
};

function optionsOf(
  { series, kind, text, height = 200 }: ChartProps,
  element: HTMLElement,
): UPlot.Options {
  const theme = getComputedStyle(element);
  const color = (name: string): string => colorOf(element, name);
  const axis = {
    stroke: color('--text-muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${theme.fontFamily}`,
  };
  const bars = UPlot.paths.bars;
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { ...axis, values: timeMarks },
      {
        ...axis,
        size: 64,
        values: (_plot, marks) => marks.map((mark) => text(mark)),
      },
    ],
    series: [
      {},
      ...series.map(({ name, color: own, values }, at) => ({
        label: name,
        stroke: color(own ?? colorName(at)),
        ...(kind === 'bars' && bars !== undefined
          ? {
              // A line around nothing would be a line.
              width: 0,
              fill: color(own ?? colorName(at)),
              paths: bars({ size: [0.7, 24] }),
              points: { show: false },
            }
          : {
              width: 1.5,
              points: { show: true, size: 5, filter: () => lonelyOf(values) },
            }),
      })),
    ],
  };
}
