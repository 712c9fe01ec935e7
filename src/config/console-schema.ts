import { z } from 'zod';
import type { Config } from './config.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The console, which people sign in to. */
export const consoleSchema: z.ZodType<Config['console']> = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Whether the admin listener serves the console and lets operators sign in.'),
    session_idle_ms: z
      .int()
      .min(MINUTE_MS)
      .max(24 * HOUR_MS)
      .default(30 * MINUTE_MS)
      .describe('How long a session lasts in which nothing is done.'),
    session_ms: z
      .int()
      .min(5 * MINUTE_MS)
      .max(7 * 24 * HOUR_MS)
      .default(12 * HOUR_MS)
      .describe('How long a session lasts at most.'),
  })
  .prefault({});
