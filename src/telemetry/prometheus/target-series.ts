import type { Registry } from 'prom-client';
import { Gauge } from 'prom-client';

/** How a target fares at one moment, as metrics show it. */
export interface TargetFigures {
  /** Upstream, credential and model. */
  readonly healthKey: string;
  readonly isBroken: boolean;
  readonly pauseLeftMs: number;
  readonly live: number;
}

/** Whether an upstream gets no new requests because an operator ordered it. */
export interface UpstreamDrain {
  readonly upstream: string;
  readonly isDrained: boolean;
}

/** Most targets that are told of: names of models may be the caller's. */
const TARGETS_MAX = 1000;

const series: readonly (readonly [
  name: string,
  help: string,
  of: (figures: TargetFigures) => number,
])[] = [
  [
    'quatrain_target_broken',
    '1 where the breaker of a target leaves it alone.',
    ({ isBroken }) => Number(isBroken),
  ],
  [
    'quatrain_target_pause_seconds',
    'How long a target still wants to be left alone.',
    ({ pauseLeftMs }) => pauseLeftMs / 1000,
  ],
  ['quatrain_target_live_requests', 'Requests that a target has.', ({ live }) => live],
];

/** Shows how targets fare, as it is when somebody looks. */
export function showTargets(read: () => readonly TargetFigures[], registers: Registry[]): void {
  for (const [name, help, of] of series) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['target'],
      registers,
      collect: () => {
        gauge.reset();
        for (const figures of read().slice(0, TARGETS_MAX)) {
          gauge.set({ target: figures.healthKey }, of(figures));
        }
      },
    });
  }
}

/** Shows which upstreams are drained; each has a series from the start, so that an alert finds it. */
export function showDrains(read: () => readonly UpstreamDrain[], registers: Registry[]): void {
  const gauge = new Gauge({
    name: 'quatrain_upstream_drained',
    help: '1 where an operator keeps new requests from an upstream.',
    labelNames: ['upstream'],
    registers,
    collect: () => {
      gauge.reset();
      for (const { upstream, isDrained } of read()) gauge.set({ upstream }, Number(isDrained));
    },
  });
}
