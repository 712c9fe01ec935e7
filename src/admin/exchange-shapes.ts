import { z } from 'zod';
import type { ListedRate } from './contract.ts';
import type {
  BilledAnswer,
  ContentOfExchange,
  ExchangeAnswer,
  LiveAnswer,
  LiveTopAnswer,
  StoredMessage,
} from './contract-exchanges.ts';
import { amountField, maybeTimeField, timeField } from './field-schemas.ts';
import { attemptShape, requestShape } from './request-shapes.ts';
import { holdShape } from './wallet-shapes.ts';

/** Single requests and the last minutes, as they are answered. */

const text = z.string().nullable();
const count = z.int().nonnegative();

const messageShape: z.ZodType<StoredMessage> = z.object({
  headers: z.record(z.string(), z.string()).describe('Kept by a list of names.'),
  content_type: text,
  bytes: count.describe('All that went over the wire.'),
  text: text.describe('Null where the body is no text.'),
  is_cut: z.boolean().describe('Whether `text` is only the beginning.'),
});

const contentShape: z.ZodType<ContentOfExchange> = z.object({
  source: z.enum(['request_log', 'gateway_log']),
  stored_at: timeField,
  removed_at: maybeTimeField,
  request: messageShape,
  response: messageShape,
  events: z
    .array(z.object({ at_ms: z.number().nullable(), event: text, data: z.string() }))
    .nullable()
    .describe('Events of a stream, each with the milliseconds from the request to its last byte.'),
  are_events_timed: z.boolean(),
  are_events_cut: z.boolean(),
});

const rateShape: z.ZodType<ListedRate> = z.object({
  class: z.string(),
  tier_from_input_tokens: count,
  nano_per_mtok: amountField,
  usd_per_mtok: z.string(),
});

const billedShape: z.ZodType<BilledAnswer> = z.object({
  outcome: z.enum([
    'refused',
    'failed',
    'answered',
    'empty',
    'broken',
    'stopped',
    'left_before_content',
    'left_after_content',
    'replayed',
    'none',
    'running',
  ]),
  billed: z.enum(['yes', 'no', 'partial', 'unknown']),
  why: z.string(),
  situations: z.array(z.string()),
});

export const exchangeShape: z.ZodType<ExchangeAnswer> = z.object({
  request: requestShape,
  attempts: z.array(attemptShape),
  content: contentShape.nullable(),
  content_reason: z.enum(['stored', 'off', 'not_kept', 'unreadable']),
  ledger: z.object({
    hold: holdShape.nullable(),
    entries: z.array(
      z.object({
        id: z.string(),
        sequence: z.string(),
        account: z.string(),
        reason: z.string(),
        amount_nano: amountField,
        usd: z.string(),
        from: z.string(),
        to: z.string(),
        created_at: timeField,
      }),
    ),
    lines: z.array(
      z.object({
        class: z.string(),
        count: z.string(),
        nano_per_mtok: amountField.nullable(),
        amount_nano: amountField,
      }),
    ),
  }),
  prices: z
    .object({ model: z.string(), price_version: z.string(), rates: z.array(rateShape) })
    .nullable(),
  billed: billedShape,
});

const topShape: z.ZodType<LiveTopAnswer> = z.object({
  name: z.string(),
  requests: count,
  failed: count,
  input_tokens: count,
  output_tokens: count,
  cost_nano: amountField,
});

export const liveShape: z.ZodType<LiveAnswer> = z.object({
  at: timeField,
  in_flight: count,
  step_ms: count,
  steps: z.array(
    z.object({
      at: timeField,
      requests: count,
      failed: count,
      input_tokens: count,
      output_tokens: count,
      cost_nano: amountField,
      p50_ms: z.number().nullable(),
      p95_ms: z.number().nullable(),
      p50_first_content_ms: z.number().nullable(),
    }),
  ),
  models: z.array(topShape),
  upstreams: z.array(topShape),
  keys: z.array(topShape),
  recent: z.array(requestShape),
});
