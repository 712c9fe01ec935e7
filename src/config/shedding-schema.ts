import { z } from 'zod';
import { milliseconds } from './upstream-options.ts';

const percent = z.int().min(1).max(100);

/** From where on the gateway refuses requests that it has no time or memory for. */
export const sheddingOptions: {
  readonly shed_event_loop_ms: z.ZodDefault<z.ZodInt>;
  readonly shed_streams_heap_percent: z.ZodDefault<z.ZodInt>;
  readonly shed_requests_heap_percent: z.ZodDefault<z.ZodInt>;
} = {
  shed_event_loop_ms: milliseconds
    .default(1000)
    .describe(
      'Delay of the event loop, by its 99th percentile, that refuses requests once it lasts for five seconds; 0 for never.',
    ),
  shed_streams_heap_percent: percent
    .default(85)
    .describe('Part of the heap in use above which no stream begins; 100 for never.'),
  shed_requests_heap_percent: percent
    .default(92)
    .describe('Part of the heap in use above which every request is refused; 100 for never.'),
};
