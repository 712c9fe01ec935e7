import { z } from 'zod';
import type { BedrockUpstreamConfig } from './bedrock-config.ts';
import type { UpstreamSchema } from './upstream-options.ts';
import {
  CREDENTIALS_MAX,
  connectionsMax,
  countProbeSchema,
  modelNames,
  onClientGone,
  secretReference,
  stripBillingHeader,
  upstreamTimeoutsSchema,
} from './upstream-options.ts';

const REGIONS_MAX = 20;

const region = z.string().regex(/^[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}$/, {
  error: 'write a region, as us-east-1',
});

const credentialOptions = {
  api_key: secretReference.optional().describe('A Bedrock API key: env:NAME or file:PATH.'),
  access_key_id: secretReference
    .optional()
    .describe('Of an access key, which requests are signed with: env:NAME or file:PATH.'),
  secret_access_key: secretReference.optional().describe('Its secret: env:NAME or file:PATH.'),
  session_token: secretReference
    .optional()
    .describe('Of an access key that is good for a while only: env:NAME or file:PATH.'),
};

/** The options of an upstream that is Claude on Amazon Bedrock. */
export const bedrockUpstreamSchema: UpstreamSchema<BedrockUpstreamConfig> = z.strictObject({
  kind: z.literal('bedrock').describe('Claude on Amazon Bedrock.'),
  regions: z
    .array(region)
    .min(1)
    .max(REGIONS_MAX)
    .describe('The regions that are asked. With several, requests are spread over them.'),
  inference_profile: z
    .enum(['us', 'eu', 'jp', 'apac', 'global', 'none'])
    .describe(
      'Where a request may be answered: in any region of us, eu, jp or apac, anywhere (global), or in the region that is asked alone (none).',
    ),
  models: modelNames,
  base_url: z
    .string()
    .regex(/^https?:\/\/[a-z0-9{[]\S*$/, { error: 'write a URL, with {region} where that belongs' })
    .optional()
    .describe('Another address than its usual one; {region} in it is the region that is asked.'),
  ...credentialOptions,
  credentials: z
    .array(z.strictObject(credentialOptions))
    .min(1)
    .max(CREDENTIALS_MAX)
    .optional()
    .describe(
      'Several API keys or access keys, as of several accounts, in the place of one: each is asked in every region, and requests are spread over all of them.',
    ),
  connections_max: connectionsMax,
  strip_billing_header: stripBillingHeader,
  on_client_gone: onClientGone,
  timeouts: upstreamTimeoutsSchema,
  probe: countProbeSchema,
});
