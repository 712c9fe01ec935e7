import { z } from 'zod';
import type {
  CassetteAnswer,
  CassetteDetail,
  CassetteReport,
  CassettesAnswer,
  DifferenceAnswer,
  DriftEstimate,
  RecordingAnswer,
  RecordingBody,
  RecordingsAnswer,
} from './contract-exchanges.ts';
import { amountField, idField, maybeTimeField, timeField } from './field-schemas.ts';

/** Cassettes and what comes of them, as they are asked for and answered. */

const text = z.string().nullable();
const count = z.int().nonnegative();

const cassetteFields = {
  name: z.string(),
  bytes: count,
  changed_at: timeField,
  exchanges: count,
  first_recorded_at: maybeTimeField,
  last_recorded_at: maybeTimeField,
  models: z.array(z.string()),
  problem: text.describe('Why it cannot be read.'),
};
const cassetteShape: z.ZodType<CassetteAnswer> = z.object(cassetteFields);

const recordingShape: z.ZodType<RecordingAnswer> = z.object({
  key_id: z.string(),
  cassette: z.string(),
  source: z.enum(['configuration', 'operator']),
});

export const cassettesShape: z.ZodType<CassettesAnswer> = z.object({
  data: z.array(cassetteShape),
  recordings: z.array(recordingShape),
});

export const recordingsShape: z.ZodType<RecordingsAnswer> = z.object({
  recordings: z.array(recordingShape),
});

export const cassetteDetailShape: z.ZodType<CassetteDetail> = z.object({
  ...cassetteFields,
  data: z.array(
    z.object({
      line: z.int().positive(),
      recorded_at: z.string(),
      upstream: z.string(),
      operation: z.string(),
      model: text,
      is_stream: z.boolean(),
      http_status: z.int().nullable(),
      error: text,
      ended: z.string(),
      total_ms: z.number(),
    }),
  ),
  next_cursor: text,
});

const differenceFields = {
  facet: z.string(),
  kind: z.enum(['added', 'missing', 'changed']),
  recorded: text,
  today: text,
};
const differenceShape: z.ZodType<DifferenceAnswer> = z.object(differenceFields);

export const reportShape: z.ZodType<CassetteReport> = z.object({
  cassette: z.string(),
  upstream: z.string(),
  compared: count,
  skipped: count,
  drifted: count,
  left_out: count.describe('Exchanges that were not asked: there were more than may be.'),
  summed: z.array(z.object({ ...differenceFields, lines: z.array(z.int().positive()) })),
  exchanges: z.array(
    z.object({
      line: z.int().positive(),
      request: z.string(),
      outcome: z.enum(['same', 'different', 'skipped']),
      reason: text,
      differences: z.array(differenceShape),
    }),
  ),
});

export const estimateShape: z.ZodType<DriftEstimate> = z.object({
  upstream: z.string(),
  requests: count,
  left_out: count,
  skipped: count,
  cost_nano: amountField.nullable().describe('At list prices, by the usage that was recorded.'),
});

const REPLAYED_MAX = 1000;
const DRIFTED_MAX = 200;

export const recordingBody: z.ZodType<RecordingBody> = z
  .strictObject({
    action: z.enum(['start', 'stop']),
    key_id: idField,
    cassette: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
      .optional(),
  })
  .refine(({ action, cassette }) => action === 'stop' || cassette !== undefined, {
    message: 'required to start',
    path: ['cassette'],
  });

export const replayBody: z.ZodType<{ readonly limit: number }> = z.strictObject({
  limit: z.int().min(1).max(REPLAYED_MAX).default(REPLAYED_MAX),
});

const driftFields = {
  upstream: idField.optional(),
  limit: z.int().min(1).max(DRIFTED_MAX).default(20).describe('Most requests that are sent.'),
};

export interface DriftQuestion {
  readonly upstream?: string | undefined;
  readonly limit: number;
}

export const estimateBody: z.ZodType<DriftQuestion> = z.strictObject(driftFields);
export const driftBody: z.ZodType<DriftQuestion & { readonly confirm?: boolean | undefined }> =
  z.strictObject({ ...driftFields, confirm: z.boolean().optional() });
