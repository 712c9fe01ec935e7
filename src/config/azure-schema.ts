import { z } from 'zod';
import type { AzureUpstreamConfig } from './host-upstream-config.ts';
import {
  connectionsMax,
  countProbeSchema,
  onClientGone,
  hostBaseUrl,
  secretReference,
  secretReferences,
  stripBillingHeader,
  upstreamTimeoutsSchema,
} from './upstream-options.ts';
import type { UpstreamSchema } from './upstream-options.ts';

/** The options of an upstream that is Claude in Microsoft Foundry. */
export const azureUpstreamSchema: UpstreamSchema<AzureUpstreamConfig> = z.strictObject({
  kind: z.literal('azure').describe('Claude in Microsoft Foundry.'),
  resource: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/i, { error: 'write the name of a resource' })
    .optional()
    .describe("The resource's name; or give base_url."),
  api_key: secretReference.optional().describe("The resource's key; or give access_token."),
  api_keys: secretReferences,
  auth: z
    .enum(['x-api-key', 'api-key'])
    .default('x-api-key')
    .describe('The header in which the key is sent.'),
  access_token: secretReference
    .optional()
    .describe('An Entra token that something else keeps fresh: it is read anew every minute.'),
  deployments: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe(
      'Names of deployments, by the model in a request. `*` is for all others; without it they go by their own.',
    ),
  base_url: hostBaseUrl,
  connections_max: connectionsMax,
  strip_billing_header: stripBillingHeader,
  on_client_gone: onClientGone,
  timeouts: upstreamTimeoutsSchema,
  probe: countProbeSchema,
});
