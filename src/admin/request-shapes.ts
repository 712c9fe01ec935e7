import { z } from 'zod';
import type { AttemptAnswer, RequestAnswer, UsageAnswer } from './contract.ts';
import { usageDimensions } from '../telemetry/request-reads.ts';
import type { UsageDimension } from '../telemetry/request-reads.ts';
import { amountField, cursorField, idField, limitField, timeField } from './field-schemas.ts';

/** Requests and what was used, as they are asked for and answered. */

const count = z.int().nullable();
const text = z.string().nullable();

/** One attempt at an answer. */
export const attemptShape: z.ZodType<AttemptAnswer> = z.object({
  upstream: z.string(),
  credential: count.describe('Which of several credentials of the upstream, from 0.'),
  model: text,
  started_ms: z.number(),
  head_ms: z.number().nullable(),
  ended_ms: z.number().nullable(),
  http_status: count,
  error: text,
});

export const requestShape: z.ZodType<RequestAnswer> = z.object({
  id: z.string(),
  status: z.enum(['running', 'settled', 'released', 'unresolved']),
  account: text,
  key_id: text,
  created_at: timeField,
  form: text,
  operation: text,
  model: text,
  upstream: text,
  gateway: text.describe('The AI gateway that it named.'),
  http_status: count,
  error: text,
  is_stream: z.boolean().nullable(),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      cache_read_input_tokens: count,
      cache_creation_input_tokens: count,
      cache_creation_5m_input_tokens: count,
      cache_creation_1h_input_tokens: count,
      web_search_requests: count,
    })
    .nullable(),
  usage_source: z.enum(['reported', 'estimated', 'none']).nullable(),
  attempts: count,
  price_version: text,
  cost_nano: amountField.nullable().describe('Null where it is not known yet, or never will be.'),
  charged_nano: amountField.nullable(),
  held_nano: amountField.nullable(),
  total_ms: z.number().nullable(),
  first_byte_ms: z.number().nullable(),
  first_content_ms: z.number().nullable().describe('Of streams that had any.'),
  stop_reason: text,
  edits: z.array(z.string()).describe('What the gateway changed of the request.'),
  trace_id: text,
  attempt_details: z
    .array(attemptShape)
    .nullable()
    .describe('Where there were several attempts, or one that failed.'),
});

/** Which requests are wanted. */
export interface RequestQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly key?: string | undefined;
  readonly model?: string | undefined;
  readonly status?: number | undefined;
  readonly upstream?: string | undefined;
  readonly form?: string | undefined;
  readonly gateway?: string | undefined;
  readonly stream?: boolean | undefined;
  readonly min_ms?: number | undefined;
  readonly error?: string | undefined;
  readonly cost_min_nano?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const requestQueryFields = {
  limit: limitField,
  cursor: cursorField,
  key: idField.optional(),
  model: z.string().min(1).max(256).optional(),
  status: z
    .string()
    .regex(/^[1-5]\d\d$/)
    .transform(Number)
    .optional(),
  upstream: idField.optional(),
  form: idField.optional().describe('The form that it was asked in, such as `messages`.'),
  gateway: idField.optional().describe('The AI gateway that it named.'),
  stream: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .describe('Whether a stream was asked for.'),
  min_ms: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .optional()
    .describe('Requests that took this long or longer, in milliseconds.'),
  error: idField.optional().describe('A code of the table of errors, or `any`.'),
  cost_min_nano: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .describe('Requests that cost this much or more, in nano-USD.'),
  from: timeField.optional().describe('From this moment on.'),
  to: timeField.optional().describe('Before this moment.'),
};

export const ownRequestQuery: z.ZodType<RequestQuery> = z.strictObject(requestQueryFields);
export const requestQuery: z.ZodType<RequestQuery & { readonly account?: string | undefined }> =
  z.strictObject({ ...requestQueryFields, account: idField.optional() });

/** What is asked about use. */
export interface UsageQuery {
  readonly from: string;
  readonly to: string;
  readonly group_by: readonly UsageDimension[];
  readonly tz: string;
}

const date = z.iso.date();
const usageQueryFields = {
  from: date.describe('The first day.'),
  to: date.describe('The last day.'),
  group_by: z
    .string()
    .default('')
    .transform((text) => (text === '' ? [] : text.split(',')))
    .pipe(z.array(z.enum(usageDimensions)).max(usageDimensions.length))
    .describe(`Some of ${usageDimensions.join(', ')}, with commas between them.`),
  tz: z
    .string()
    .max(64)
    .default('UTC')
    .describe('The time zone whose days are meant, by its IANA name.'),
};

export const ownUsageQuery: z.ZodType<UsageQuery> = z.strictObject(usageQueryFields);
export const usageQuery: z.ZodType<UsageQuery & { readonly account?: string | undefined }> =
  z.strictObject({ ...usageQueryFields, account: idField.optional() });

const sum = z.string().regex(/^\d+$/);

export const usageShape: z.ZodType<UsageAnswer> = z.object({
  from: date,
  to: date,
  tz: z.string(),
  data: z.array(
    z.object({
      by: z.record(z.string(), text),
      requests: z.int(),
      failed: z.int(),
      input_tokens: sum,
      output_tokens: sum,
      cache_read_input_tokens: sum,
      cache_creation_input_tokens: sum,
      web_search_requests: sum,
      cost_nano: amountField,
      charged_nano: amountField,
      unknown_costs: z.int(),
    }),
  ),
  is_cut: z.boolean(),
});
