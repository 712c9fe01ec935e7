import { z } from 'zod';
import type {
  QueuesAnswer,
  RegistryModelAnswer,
  SettingsAnswer,
  SettingsCheckAnswer,
  StoreSizeAnswer,
} from './contract-operations.ts';
import { maybeTimeField, timeField } from './field-schemas.ts';
import { jsonField, jsonObjectField } from './json-fields.ts';
import { listedShape } from './price-routes.ts';

const storeShape: z.ZodType<StoreSizeAnswer> = z.object({ database_bytes: z.int() });

const queuesShape: z.ZodType<QueuesAnswer> = z.object({
  requests_in_flight: z.int(),
  unheard_answers: z.int(),
  request_log_dropped: z.int(),
  gateway_log_dropped: z.int(),
  recordings_dropped: z.int(),
  spans_dropped: z.int(),
  retries_refused: z.int(),
});

/** The process and its configuration. */
export const settingsShape: z.ZodType<SettingsAnswer> = z.object({
  version: z.string(),
  node_version: z.string(),
  started_at: timeField,
  uptime_ms: z.int(),
  is_ready: z.boolean(),
  public_url: z.string(),
  data_dir: z.string(),
  profile: z.string(),
  plan: z.string(),
  default_upstream: z.string(),
  price_version: z.string(),
  store: storeShape,
  queues: queuesShape,
  config: jsonObjectField,
  needs_restart: z.array(z.string()),
});

/** What a configuration would change. */
export const settingsCheckShape: z.ZodType<SettingsCheckAnswer> = z.object({
  ok: z.boolean(),
  problems: z.array(z.object({ path: z.string(), where: z.string(), message: z.string() })),
  changes: z.array(
    z.object({
      path: z.string(),
      from: jsonField,
      to: jsonField,
      needs_restart: z.boolean(),
    }),
  ),
});

/** A model of the registry. */
export const registryModelShape: z.ZodType<RegistryModelAnswer> = z.object({
  id: z.string(),
  display_name: z.string(),
  author: z.string(),
  created_at: timeField,
  retired_at: maybeTimeField,
  names: z.object({
    messages: z.array(z.string()),
    chat_completions: z.array(z.string()),
    workers_ai: z.array(z.string()),
  }),
  context_tokens: z.int(),
  long_context_tokens: z.int().nullable(),
  output_tokens_max: z.int(),
  features: z.array(z.string()),
  price: listedShape.nullable(),
});
