import { z } from 'zod';
import type { Config } from './config.ts';
import { secretReference } from './upstream-options.ts';

/** The options about payment processors: what is not there is off. */
export const paymentsSchema: z.ZodType<Config['payments']> = z
  .strictObject({
    stripe: z
      .strictObject({
        webhook_secret: secretReference.describe(
          "The secret of Stripe's webhook endpoint, env:NAME or file:PATH.",
        ),
      })
      .optional()
      .describe(
        'Takes webhooks of Stripe at POST /v1/webhooks/stripe. Changing it needs a restart.',
      ),
  })
  .prefault({});
