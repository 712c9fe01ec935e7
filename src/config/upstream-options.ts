import { z } from 'zod';
import type { ChatUpstreamConfig, CredentialsConfig, ProbeConfig } from './config.ts';

/** Options that upstreams of several kinds have. */

const MILLISECONDS_MAX = 86_400_000;

export const milliseconds: z.ZodInt = z.int().min(0).max(MILLISECONDS_MAX);

/** Where a secret is: it never stands in the file itself. */
export const secretReference: z.ZodType<string> = z
  .string()
  .regex(/^(?:env|file):.+$/, {
    error: 'write a reference, env:NAME or file:PATH; a secret never stands in this file',
  })
  .describe('Where the secret is: env:NAME or file:PATH.');

/** How long an upstream may take. */
export const upstreamTimeoutsSchema: z.ZodType<ChatUpstreamConfig['timeouts']> = z
  .strictObject({
    connect_ms: milliseconds.default(10_000).describe('For a connection to stand.'),
    first_byte_ms: milliseconds
      .default(600_000)
      .describe('From the request to the head of the answer.'),
    idle_ms: milliseconds.default(300_000).describe('Without any byte of the answer.'),
    total_ms: milliseconds
      .min(1)
      .optional()
      .describe('From the request to the end of the answer, a stream included; absent: any time.'),
  })
  .prefault({});

/** Most credentials of one upstream. */
export const CREDENTIALS_MAX = 100;

/** Whether what changes with every request of some agents is kept from an upstream. */
export const stripBillingHeader: z.ZodType<boolean | undefined> = z
  .boolean()
  .optional()
  .describe(
    'Whether the text block of system that begins with x-anthropic-billing-header: is left out: it differs from request to request, and caches of prompts do not find what stands behind it.',
  );

/** Several credentials that requests are spread over, in the place of one. */
export const secretReferences: z.ZodType<CredentialsConfig['api_keys']> = z
  .array(secretReference)
  .min(1)
  .max(CREDENTIALS_MAX)
  .optional()
  .describe('Several keys, between which requests are spread; in the place of api_key.');

/** How an upstream that failed is looked at before requests are sent there again. */
export const probeSchema: z.ZodType<ProbeConfig | undefined> = probeBy('its models are listed');

/** The same at hosts that list no models. */
export const countProbeSchema: z.ZodType<ProbeConfig | undefined> = probeBy(
  'the tokens of a word are counted there',
);

function probeBy(how: string): z.ZodType<ProbeConfig | undefined> {
  return z
    .strictObject({
      every_ms: milliseconds.min(100).describe(`While it is left alone, ${how} so often.`),
    })
    .optional()
    .describe(
      'Asks an upstream that is left alone whether it is back, free of charge; absent: not.',
    );
}

/** What becomes of an answer whose caller has gone. */
export const onClientGone: z.ZodDefault<z.ZodEnum<{ cancel: 'cancel'; drain: 'drain' }>> = z
  .enum(['cancel', 'drain'])
  .default('cancel')
  .describe(
    'What becomes of an answer whose caller has gone. cancel: it ends, and what was used is estimated. drain: it is read to its end for its usage, at most 16 at once and a minute each; for upstreams that bill the whole of it anyway.',
  );

export const connectionsMax: z.ZodDefault<z.ZodInt> = z
  .int()
  .min(1)
  .default(10_000)
  .describe('Most connections at once.');

/** A schema that has each option of an upstream's configuration. */
export type UpstreamSchema<Upstream extends { readonly kind: string }> = z.ZodObject<
  { kind: z.ZodLiteral<Upstream['kind']> } & {
    [Option in Exclude<keyof Required<Upstream>, 'kind'>]: z.ZodType<Upstream[Option]>;
  },
  z.core.$strict
>;

/** Another address than the one that follows from the other options. */
export const hostBaseUrl: z.ZodOptional<z.ZodURL> = z
  .url({ protocol: /^https?$/ })
  .optional()
  .describe('Another address than its usual one: a private endpoint, a proxy.');

/** The names that a host has for models. */
export const modelNames: z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodString>> = z
  .record(z.string().min(1), z.string().min(1))
  .default({})
  .describe(
    "The host's names of models, by the name in a request. `*` is for all others; without it the registry says them.",
  );
