import { z } from 'zod';
import type { Config } from './config.ts';
import { milliseconds } from './upstream-options.ts';

/** Money of requests: docs/billing.md. */
export const billingSchema: z.ZodType<Config['billing']> = z
  .strictObject({
    slice_tokens: z
      .int()
      .min(64)
      .max(65_536)
      .default(2048)
      .describe(
        'How much output a stream sets money aside for at a time. Less lets more streams share a small wallet; more asks the books less often.',
      ),
    hold_margin_ms: milliseconds
      .min(1000)
      .default(300_000)
      .describe(
        'How long money stays set aside beyond the time that its request may take, where nobody comes back for it; and, of a process that died, from the next start on.',
      ),
    abandoned_free_per_hour: z
      .int()
      .min(0)
      .default(100)
      .describe(
        'How many requests an hour a key may leave before any of the answer was sent, without paying for their input.',
      ),
    topup_url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Where wallets are topped up; refusals for want of money name it.'),
  })
  .prefault({})
  .describe('Money of requests: prepaid wallets and budgets of keys.');
