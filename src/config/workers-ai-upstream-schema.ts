import { z } from 'zod';
import type { WorkersAiUpstreamConfig } from './host-upstream-config.ts';
import {
  connectionsMax,
  onClientGone,
  hostBaseUrl,
  modelNames,
  secretReference,
  secretReferences,
  stripBillingHeader,
  upstreamTimeoutsSchema,
} from './upstream-options.ts';
import type { UpstreamSchema } from './upstream-options.ts';

/** The options of an upstream that is Claude on Workers AI. */
export const workersAiUpstreamSchema: UpstreamSchema<WorkersAiUpstreamConfig> = z.strictObject({
  kind: z.literal('workers-ai').describe('Claude on Workers AI.'),
  account_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'write the id of an account' })
    .describe("The account's id."),
  api_token: secretReference.optional().describe('The token of its API.'),
  api_tokens: secretReferences.describe(
    'Several tokens, between which requests are spread; in the place of api_token.',
  ),
  gateway: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'write the id of an AI gateway' })
    .optional()
    .describe("The AI gateway that requests go through; absent: the account's default one."),
  endpoint: z
    .enum(['messages', 'run'])
    .default('messages')
    .describe(
      'messages: /ai/v1/messages, which takes requests as they are. run: /ai/run, whose inputs have a schema of their own.',
    ),
  models: modelNames,
  base_url: hostBaseUrl,
  connections_max: connectionsMax,
  strip_billing_header: stripBillingHeader,
  on_client_gone: onClientGone,
  timeouts: upstreamTimeoutsSchema,
  probe: z
    .never({
      error: 'nothing that shows whether models answer is free at Workers AI: leave probe out',
    })
    .optional()
    .describe('Not there: nothing that shows whether models answer is free at Workers AI.'),
});
