import { z } from 'zod';
import type {
  CredentialProbeAnswer,
  ProbeAnswer,
  TargetAnswer,
  TargetState,
  UpstreamFiguresAnswer,
  UpstreamStateAnswer,
} from './contract-operations.ts';
import { maybeTimeField, timeField } from './field-schemas.ts';

const targetStates = [
  'free',
  'open',
  'half-open',
  'paused',
] as const satisfies readonly TargetState[];

/** How a target fares. */
export const targetStateField: z.ZodType<TargetState> = z
  .enum(targetStates)
  .describe(
    'open: left alone because it failed; half-open: the next request finds out; paused: wants to be left alone.',
  );

const durationField = z.number().min(0).nullable();
const percentilesShape = z.object({ p50: durationField, p95: durationField });

const figuresShape: z.ZodType<UpstreamFiguresAnswer> = z.object({
  requests: z.int(),
  failed: z.int(),
  total_ms: percentilesShape,
  first_content_ms: percentilesShape,
  last_error: z
    .object({ at: timeField, code: z.string().nullable(), http_status: z.int().nullable() })
    .nullable(),
  last_used_at: maybeTimeField,
});

const targetShape: z.ZodType<TargetAnswer> = z.object({
  credential: z.int(),
  model: z.string().nullable(),
  state: targetStateField,
  open_for_ms: durationField,
  pause_left_ms: durationField,
  live: z.int(),
});

/** One upstream, and how it fares. */
export const upstreamShape: z.ZodType<UpstreamStateAnswer> = z.object({
  name: z.string(),
  driver: z.string(),
  origin: z.string().nullable(),
  is_default: z.boolean(),
  models: z.array(z.string()).nullable(),
  credentials: z.int(),
  is_drained: z.boolean(),
  drained_at: maybeTimeField,
  live: z.int(),
  targets: z.array(targetShape),
  last_5_minutes: figuresShape,
  last_hour: figuresShape,
});

const credentialProbeShape: z.ZodType<CredentialProbeAnswer> = z.object({
  credential: z.int(),
  ok: z.boolean(),
  ms: z.number(),
  http_status: z.int().nullable(),
  detail: z.string(),
});

/** What a probe came to. */
export const probeShape: z.ZodType<ProbeAnswer> = z.object({
  upstream: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  detail: z.string(),
  credentials: z.array(credentialProbeShape),
});
