import { z } from 'zod';
import type {
  RouteAnswer,
  RouteConditionsAnswer,
  RouteTargetAnswer,
} from './contract-operations.ts';

const textsField = z.array(z.string()).nullable();
const countField = z.int().nullable();

const conditionsShape: z.ZodType<RouteConditionsAnswer> = z.object({
  accounts: textsField,
  keys: textsField,
  headers: z.record(z.string(), z.string()).nullable(),
  body_bytes_min: countField,
  body_bytes_max: countField,
  features: textsField,
});

const targetShape: z.ZodType<RouteTargetAnswer> = z.object({
  upstream: z.string(),
  weight: z.number().nullable(),
  model: z.string().nullable(),
  first_byte_ms: countField,
  when: conditionsShape,
});

/** A route as it is configured. */
export const routeShape: z.ZodType<RouteAnswer> = z.object({
  name: z.string(),
  models: textsField,
  when: conditionsShape,
  targets: z.array(targetShape),
  fallbacks: z.array(targetShape),
  attempts_max: z.int(),
  total_ms: countField,
  affinity: z.enum(['prompt_cache', 'none']),
});
