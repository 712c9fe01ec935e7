import type { Config } from './config/config.ts';
import type { SheddingLimits } from './http/load-shedding.ts';
import { LoadShedding } from './http/load-shedding.ts';
import { watchProcessLoad } from './http/process-load.ts';
import type { UpstreamWiring } from './wire-upstreams.ts';

/** Refuses requests by how this process fares. */
export function sheddingBy(config: () => Config, { clock, log }: UpstreamWiring): LoadShedding {
  const limits = (): SheddingLimits => ({
    eventLoopMs: config().limits.shed_event_loop_ms,
    streamsHeapPercent: config().limits.shed_streams_heap_percent,
    requestsHeapPercent: config().limits.shed_requests_heap_percent,
  });
  return new LoadShedding({ clock, load: watchProcessLoad(), limits, log });
}
