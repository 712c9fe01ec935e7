import { z } from 'zod';
import type { FigureDimension } from '../telemetry/request-reads.ts';
import { figureDimensions } from '../telemetry/request-reads.ts';
import type { OverviewAnswer } from './contract.ts';
import { amountField, idField, timeField } from './field-schemas.ts';

/** What is asked about figures. */
export interface OverviewQuery {
  readonly from: string;
  readonly to: string;
  readonly group_by: readonly FigureDimension[];
  readonly account?: string | undefined;
  readonly key?: string | undefined;
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
}

export const overviewQuery: z.ZodType<OverviewQuery> = z.strictObject({
  from: timeField.describe('From the hour on that this moment is in.'),
  to: timeField.describe('To the last hour that begins before this moment.'),
  group_by: z
    .string()
    .default('')
    .transform((text) => (text === '' ? [] : text.split(',')))
    .pipe(z.array(z.enum(figureDimensions)).max(figureDimensions.length))
    .describe(`Some of ${figureDimensions.join(', ')}, with commas between them.`),
  account: idField.optional(),
  key: idField.optional(),
  model: z.string().min(1).max(256).optional(),
  upstream: idField.optional(),
});

const sum = z.string().regex(/^\d+$/);
const latency = z.object({
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});

export const overviewShape: z.ZodType<OverviewAnswer> = z.object({
  from: timeField,
  to: timeField,
  data: z.array(
    z.object({
      by: z.record(z.string(), z.string().nullable()),
      requests: z.int(),
      failed: z.int(),
      input_tokens: sum,
      output_tokens: sum,
      cache_read_input_tokens: sum,
      cache_creation_input_tokens: sum,
      thinking_tokens: sum,
      web_search_requests: sum,
      cost_nano: amountField,
      charged_nano: amountField,
      unknown_costs: z.int(),
      cache_saved_nano: amountField.describe('At list prices.'),
      total_ms: latency,
      first_content_ms: latency,
    }),
  ),
  is_cut: z.boolean(),
});
