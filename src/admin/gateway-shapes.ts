import { z } from 'zod';
import type { GatewayAnswer, GatewayDetailAnswer } from './contract-operations.ts';
import { timeField } from './field-schemas.ts';
import { jsonObjectField } from './json-fields.ts';

const shown = {
  account: z.string(),
  id: z.string(),
  is_default: z.boolean(),
  created_at: timeField,
  modified_at: timeField,
  settings: jsonObjectField.describe('As the account’s own API shows them.'),
  etag: z.string().describe('Of what the settings say; a PUT or a DELETE may name it.'),
};

/** An AI gateway of a list. */
export const gatewayShape: z.ZodType<GatewayAnswer> = z.object(shown);

/** An AI gateway with what belongs to it. */
export const gatewayDetailShape: z.ZodType<GatewayDetailAnswer> = z.object({
  ...shown,
  access_policies: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      is_enabled: z.boolean(),
      actor: z.string(),
      resource: z.string(),
      condition: z.string().nullable(),
      action: z.enum(['allow', 'block', 'cap']),
      limit_usd: z.number().nullable(),
      period: z.string().nullable(),
    }),
  ),
  provider_keys: z.array(
    z.object({
      id: z.string(),
      provider: z.string(),
      alias: z.string(),
      is_default: z.boolean(),
      preview: z.string(),
      created_at: timeField,
    }),
  ),
  dynamic_routes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      active_version: z.string().nullable(),
      versions: z.array(
        z.object({ id: z.string(), is_active: z.boolean(), created_at: timeField }),
      ),
    }),
  ),
});
