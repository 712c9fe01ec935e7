import { z } from 'zod';
import type { Config } from './config.ts';
import { milliseconds } from './upstream-options.ts';

const faultSchema = z.strictObject({
  error: z.enum(['rate_limit_error', 'overloaded_error', 'api_error', 'timeout_error']),
  times: z.int().min(1).describe('How many requests it befalls, from the start.'),
  after_events: z
    .int()
    .min(0)
    .optional()
    .describe('In a stream, after this many events; before anything is sent where absent.'),
  retry_after_ms: milliseconds.optional(),
});

const perMinute = z.int().min(1).max(1_000_000_000).optional();
const rateLimits = {
  requests_per_minute: perMinute.describe('Requests; not limited where absent.'),
  input_tokens_per_minute: perMinute.describe('Input tokens, but for those read from the cache.'),
  output_tokens_per_minute: perMinute.describe('Output tokens, as they are written.'),
};

/** The options of the built-in emulator. */
export const emulatorSchema: z.ZodType<Config['emulator']> = z
  .strictObject({
    profile: z
      .enum(['launch', 'ga-2026-08'])
      .default('launch')
      .describe('How the API behaved at a point in time: limits and features of the models.'),
    seed: z.string().default('quatrain').describe('Same seed and request, same bytes.'),
    first_token_ms: milliseconds.default(0).describe('Before the first content event.'),
    tokens_per_second: z.number().min(0).default(0).describe('0 is as fast as it is read.'),
    ping_every_ms: milliseconds.default(15_000).describe('A ping after this much silence.'),
    jitter_percent: z
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe('By how much each delay of a stream may be longer or shorter.'),
    foreign_signatures: z
      .enum(['accept', 'refuse'])
      .default('accept')
      .describe(
        'What becomes of thinking that the real API signed, which only the real API can check. Thinking that the emulator signed is always checked.',
      ),
    faults: z.array(faultSchema).default([]).describe('Errors to answer with, in this order.'),
    scenarios_file: z
      .string()
      .min(1)
      .optional()
      .describe('A file with scenarios, relative to the working directory.'),
    limits: z
      .strictObject({
        ...rateLimits,
        accounts: z
          .record(z.string(), z.strictObject(rateLimits))
          .default({})
          .describe('What differs for an account, by its name.'),
      })
      .prefault({})
      .describe('Rate limits of each account and class of models.'),
  })
  .prefault({});
