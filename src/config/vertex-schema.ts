import { z } from 'zod';
import type { VertexUpstreamConfig } from './host-upstream-config.ts';
import {
  CREDENTIALS_MAX,
  connectionsMax,
  countProbeSchema,
  onClientGone,
  hostBaseUrl,
  modelNames,
  secretReference,
  stripBillingHeader,
  upstreamTimeoutsSchema,
} from './upstream-options.ts';
import type { UpstreamSchema } from './upstream-options.ts';

const projectId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.:-]{0,99}$/, { error: 'write the id of a project' });

const serviceAccount = z.strictObject({
  credentials: secretReference.describe('Its key file, in JSON.'),
  project: projectId.optional().describe('The project it asks for, if that is another one.'),
});

/** The options of an upstream that is Claude on Vertex AI. */
export const vertexUpstreamSchema: UpstreamSchema<VertexUpstreamConfig> = z.strictObject({
  kind: z.literal('vertex').describe('Claude on Vertex AI.'),
  project: projectId.describe("The project's id."),
  region: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}$/, { error: 'write a region, or global, us or eu' })
    .describe('A region, or global, us or eu.'),
  credentials: secretReference
    .optional()
    .describe('The key file of a service account, in JSON; or give access_token.'),
  service_accounts: z
    .array(serviceAccount)
    .min(1)
    .max(CREDENTIALS_MAX)
    .optional()
    .describe(
      'Several service accounts, between which requests are spread; in the place of credentials.',
    ),
  access_token: secretReference
    .optional()
    .describe('A token that something else keeps fresh: it is read anew every minute.'),
  models: modelNames,
  base_url: hostBaseUrl,
  connections_max: connectionsMax,
  strip_billing_header: stripBillingHeader,
  on_client_gone: onClientGone,
  timeouts: upstreamTimeoutsSchema,
  probe: countProbeSchema,
});
