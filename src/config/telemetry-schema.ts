import { z } from 'zod';
import type { TelemetryConfig } from './telemetry-config.ts';
import { milliseconds, secretReference } from './upstream-options.ts';

const otlpSchema = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .describe('Where the collector is: what stands before /v1/traces and /v1/metrics.'),
  headers: z
    .record(z.string().regex(/^[a-z0-9-]{1,64}$/), secretReference)
    .default({})
    .describe('Headers that it asks for, by lower-case name; each value a reference to a secret.'),
  service_name: z
    .string()
    .min(1)
    .max(128)
    .default('quatrain')
    .describe('What we are called there.'),
  sample_ratio: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe(
      'The share of requests that is traced, of those whose callers do not say whether theirs is.',
    ),
  traces: z.boolean().default(true).describe('Whether spans are sent.'),
  metrics: z.boolean().default(true).describe('Whether metrics are sent.'),
  queue_max: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(8192)
    .describe('Spans that wait to be sent; more are dropped and counted.'),
  export_every_ms: milliseconds.min(100).default(5000).describe('How long spans gather.'),
  metrics_every_ms: milliseconds.min(1000).default(30_000).describe('How often metrics are sent.'),
  timeout_ms: milliseconds.min(100).default(10_000).describe('How long the collector may take.'),
});

/** Traces and metrics in the OpenTelemetry protocol. */
export const telemetrySchema: z.ZodType<TelemetryConfig> = z
  .strictObject({
    propagate: z
      .boolean()
      .default(false)
      .describe(
        'Whether upstreams are told which trace a request belongs to, where one is: with `traceparent`, and `tracestate` as the caller sent it.',
      ),
    otlp: otlpSchema
      .optional()
      .describe('Where spans and metrics go, over HTTP; nowhere where absent.'),
  })
  .prefault({})
  .describe('Traces and metrics for others. Changing it needs a restart.');
