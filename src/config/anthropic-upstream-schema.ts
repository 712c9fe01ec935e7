import { z } from 'zod';
import type { AnthropicUpstreamConfig } from './config.ts';
import {
  connectionsMax,
  onClientGone,
  probeSchema,
  secretReference,
  secretReferences,
  stripBillingHeader,
  upstreamTimeoutsSchema,
} from './upstream-options.ts';

type AnthropicUpstreamSchema = z.ZodObject<
  { kind: z.ZodLiteral<'anthropic'> } & {
    [Option in Exclude<keyof Required<AnthropicUpstreamConfig>, 'kind'>]: z.ZodType<
      AnthropicUpstreamConfig[Option]
    >;
  },
  z.core.$strict
>;

/** The options of an upstream that speaks the Messages API. */
export const anthropicUpstreamSchema: AnthropicUpstreamSchema = z.strictObject({
  kind: z.literal('anthropic').describe('Anything that speaks the Messages API.'),
  base_url: z
    .url({ protocol: /^https?$/ })
    .default('https://api.anthropic.com')
    .describe('What stands before /v1/messages.'),
  api_key: secretReference.optional(),
  api_keys: secretReferences,
  auth: z
    .enum(['x-api-key', 'bearer', 'none'])
    .default('x-api-key')
    .describe('How the key is sent.'),
  share_account_resources: z
    .boolean()
    .default(false)
    .describe(
      "Whether callers may use this account's batches and files. All callers see the same ones.",
    ),
  provider_keys: z
    .boolean()
    .default(false)
    .describe(
      'Whether keys for the API that callers bring or have stored for their gateways go to this base URL, in the place of api_key.',
    ),
  strip_billing_header: stripBillingHeader,
  connections_max: connectionsMax,
  on_client_gone: onClientGone,
  timeouts: upstreamTimeoutsSchema,
  probe: probeSchema,
});
