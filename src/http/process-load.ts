import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ProcessLoad } from './load-shedding.ts';

/** How often the event loop's delay is measured. */
const RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;

/** The load of this process, as Node measures it. Measuring begins here and keeps nothing alive. */
export function watchProcessLoad(): ProcessLoad {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return {
    takeDelayP99Ms: () => {
      // Each measure is of a whole interval: what is above it is delay.
      const p99Ms = delays.percentile(99) / NANOSECONDS_PER_MS - RESOLUTION_MS;
      delays.reset();
      return Math.max(0, p99Ms);
    },
    heapPercent: () => {
      const { used_heap_size, heap_size_limit } = getHeapStatistics();
      return (used_heap_size / heap_size_limit) * 100;
    },
  };
}
