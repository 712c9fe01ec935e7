import { z } from 'zod';
import { aiGatewaySchema } from './ai-gateway-schema.ts';
import { anthropicUpstreamSchema } from './anthropic-upstream-schema.ts';
import { azureUpstreamSchema } from './azure-schema.ts';
import { bedrockUpstreamSchema } from './bedrock-schema.ts';
import { billingSchema } from './billing-schema.ts';
import { recordingSchema, redactSchema, replayUpstreamSchema } from './cassette-schema.ts';
import { chatUpstreamSchema } from './chat-upstream-schema.ts';
import type { Config } from './config.ts';
import { consoleSchema } from './console-schema.ts';
import { emulatorSchema } from './emulator-schema.ts';
import { adminSchema, listenSchema } from './listen-schema.ts';
import { gatewayLogSchema } from './gateway-log-schema.ts';
import { paymentsSchema } from './payments-schema.ts';
import { policiesSchema } from './policies-schema.ts';
import { routesSchema } from './routes-schema.ts';
import { sheddingOptions } from './shedding-schema.ts';
import { requestLogSchema } from './request-log-schema.ts';
import { telemetrySchema } from './telemetry-schema.ts';
import { logLevels } from '../std/log-level.ts';
import { milliseconds } from './upstream-options.ts';
import { vertexUpstreamSchema } from './vertex-schema.ts';
import { workersAiUpstreamSchema } from './workers-ai-upstream-schema.ts';

/**
 * The shape of `quatrain.yaml`, with its defaults. This one definition gives the type, the checks
 * and the published JSON Schema. Units stand in the names.
 */

const limitsSchema = z
  .strictObject({
    body_bytes_max: z
      .int()
      .min(1024)
      .default(32 * 1024 * 1024)
      .describe('Largest request body, in bytes.'),
    batch_bytes_max: z
      .int()
      .min(1024)
      .default(256 * 1024 * 1024)
      .describe('Largest body that creates a batch of messages, in bytes.'),
    header_bytes_max: z
      .int()
      .min(1024)
      .default(16 * 1024)
      .describe('Most bytes of request headers. Changing it needs a restart.'),
    json_depth_max: z.int().min(8).default(128).describe('Deepest nesting of a request body.'),
    json_keys_max: z.int().min(100).default(100_000).describe('Most keys in a request body.'),
    connections_max: z
      .int()
      .min(1)
      .default(20_000)
      .describe('Most client connections at once. Changing it needs a restart.'),
    answer_bytes_max: z
      .int()
      .min(1024)
      .default(64 * 1024 * 1024)
      .describe('Largest one-piece answer taken from an upstream, in bytes.'),
    recording_bytes_max: z
      .int()
      .min(1024)
      .default(8 * 1024 * 1024)
      .describe('Largest exchange that is recorded, request and answer, in bytes.'),
    recordings_waiting_bytes_max: z
      .int()
      .min(1024)
      .default(64 * 1024 * 1024)
      .describe('All exchanges that are being recorded at once; more are dropped and counted.'),
    cassette_bytes_max: z
      .int()
      .min(1024)
      .default(64 * 1024 * 1024)
      .describe('Largest cassette that is written or loaded, in bytes.'),
    cache_bytes_max: z
      .int()
      .min(64 * 1024)
      .default(128 * 1024 * 1024)
      .describe(
        'Memory for answers that gateways cache, in bytes; a quarter of it is for answers on their way. Changing it needs a restart.',
      ),
    cached_answer_bytes_max: z
      .int()
      .min(1024)
      .default(8 * 1024 * 1024)
      .describe('Largest answer that is cached, in bytes. Changing it needs a restart.'),
    idempotent_answer_bytes_max: z
      .int()
      .min(1024)
      .max(16 * 1024 * 1024)
      .default(4 * 1024 * 1024)
      .describe('Largest answer that is kept for who asks again with its idempotency key.'),
    concurrency_per_key: z
      .int()
      .min(1)
      .default(10_000)
      .describe('Requests at once of a key that has no such limit of its own.'),
    ...sheddingOptions,
  })
  .prefault({});

const timeoutsSchema = z
  .strictObject({
    headers_ms: milliseconds.default(10_000).describe('For the head of a request to arrive.'),
    body_ms: milliseconds.default(300_000).describe('For the body of a request to arrive.'),
    keep_alive_ms: milliseconds.default(75_000).describe('Idle time of a kept connection.'),
    client_stall_ms: milliseconds
      .min(1)
      .default(60_000)
      .describe('How long a client may take nothing of its answer before it counts as gone.'),
  })
  .prefault({});

const drainSchema = z
  .strictObject({
    notice_ms: milliseconds
      .optional()
      .describe(
        'Between "not ready" and closing the listener, for balancers to notice. 15,000 where the gateway listens beyond loopback, else 0.',
      ),
    streams_ms: milliseconds
      .default(600_000)
      .describe('How long requests in flight may take to finish after that.'),
    total_ms: milliseconds
      .min(1000)
      .optional()
      .describe(
        'What all of it may take, from the signal to the exit; the two above are cut to fit. Absent: their sum and six seconds.',
      ),
  })
  .prefault({});

const batchesSchema = z
  .strictObject({
    concurrency: z
      .int()
      .min(1)
      .max(1000)
      .default(4)
      .describe('Requests of batches that run at once, of all accounts together.'),
    account_batches_max: z
      .int()
      .min(1)
      .default(1000)
      .describe('Most batches of an account that have not ended.'),
    account_requests_max: z.int().min(1).default(500_000).describe('Most requests in them.'),
    account_bytes_max: z
      .int()
      .min(1024)
      .default(8 * 1024 ** 3)
      .describe('Most bytes of these requests.'),
  })
  .prefault({});

const filesSchema = z
  .strictObject({
    bytes_max: z
      .int()
      .min(1024)
      .default(500 * 1024 * 1024)
      .describe('Largest file that is kept, in bytes.'),
    account_bytes_max: z
      .int()
      .min(1024)
      .default(1024 ** 4)
      .describe('Most bytes of files that an account may keep.'),
    account_files_max: z
      .int()
      .min(1)
      .default(100_000)
      .describe('Most files that an account may keep.'),
    uploads_max: z.int().min(1).default(32).describe('Most uploads at once.'),
  })
  .prefault({});

const chatCompletionsSchema = z
  .strictObject({
    flavour: z
      .enum(['aimlapi', 'openai'])
      .default('aimlapi')
      .describe(
        'Where services of this form differ. aimlapi: temperatures from 0 to 1, any number of stops. openai: temperatures to 2, of which those above 1 count as 1, and at most four stops.',
      ),
    credits: z
      .strictObject({
        markup_percent: z
          .int()
          .min(0)
          .max(10_000)
          .default(0)
          .describe('On top of the list price, in percent.'),
      })
      .optional()
      .describe(
        'Answers say what they cost, in credits of 500 nano-USD and in USD, and streams report usage unasked. Absent: they do not.',
      ),
  })
  .prefault({});

const workersAiSchema = z
  .strictObject({
    content: z
      .enum(['relaxed', 'strict'])
      .default('relaxed')
      .describe(
        'What messages may hold. strict: what the published schemas say, so content blocks have type, text and source only, and system is text. relaxed: any members in content blocks, and system may be a list of blocks.',
      ),
  })
  .prefault({});

/** What browsers send as `Origin`, or all of them. */
const corsOrigin = z.string().regex(/^(?:\*|[a-z][a-z0-9+.-]*:\/\/[!-.0-~]+)$/, {
  error: 'write an origin as browsers send it, like https://app.example, or *',
});

const corsSchema = z
  .strictObject({
    origins: z
      .array(corsOrigin)
      .max(100)
      .default([])
      .describe('Origins whose pages may call the gateway from a browser; * is every one.'),
  })
  .prefault({});

export const configSchema: z.ZodType<Config> = z.strictObject({
  listen: listenSchema,
  admin: adminSchema,
  console: consoleSchema,
  data_dir: z.string().min(1).default('.quatrain').describe('Where the store lives.'),
  limits: limitsSchema,
  timeouts: timeoutsSchema,
  drain: drainSchema,
  upstreams: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
      z.discriminatedUnion('kind', [
        anthropicUpstreamSchema,
        chatUpstreamSchema,
        azureUpstreamSchema,
        bedrockUpstreamSchema,
        vertexUpstreamSchema,
        workersAiUpstreamSchema,
        replayUpstreamSchema,
      ]),
    )
    .default({})
    .describe('Backends by name.'),
  default_upstream: z
    .string()
    .optional()
    .describe(
      'The upstream that answers. Where absent: the only one configured, else the real API if ANTHROPIC_API_KEY is set, else the emulator.',
    ),
  routes: routesSchema,
  policies: policiesSchema,
  plan: z
    .enum(['standard', 'prepaid'])
    .default('standard')
    .describe(
      'Which models may be used and how long answers may be: standard leaves that to the upstream, prepaid lists the priced models and cuts at 16,384 tokens.',
    ),
  chat_completions: chatCompletionsSchema.describe('The Chat Completions form.'),
  workers_ai: workersAiSchema.describe('The Workers AI form.'),
  ai_gateway: aiGatewaySchema.describe('What rules of gateways look for in texts.'),
  payments: paymentsSchema.describe('Payment processors whose word for payments is taken.'),
  cors: corsSchema.describe('Browsers; of the public listener.'),
  billing: billingSchema,
  emulator: emulatorSchema,
  batches: batchesSchema,
  files: filesSchema,
  recordings: z
    .array(recordingSchema)
    .max(1000)
    .default([])
    .describe('Keys whose traffic is recorded.'),
  redact: redactSchema.describe('What is never stored in a cassette.'),
  request_log: requestLogSchema,
  gateway_log: gatewayLogSchema,
  telemetry: telemetrySchema,
  log_level: z.enum(logLevels).default('info'),
});

/** The published JSON Schema of `quatrain.yaml` (draft 2020-12). */
export function configJsonSchema(): object {
  return {
    ...z.toJSONSchema(configSchema, { io: 'input' }),
    title: 'quatrain.yaml',
    description: 'Configuration of the Quatrain gateway.',
  };
}
