import { z } from 'zod';
import type { Config } from './config.ts';

const MEBIBYTE = 1024 * 1024;

/** The logs of AI Gateways; Workers reference §3.11, §3.14. */
export const gatewayLogSchema: z.ZodType<Config['gateway_log']> = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Whether gateways keep logs, so far as they and requests ask for it.'),
    logs_max: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(100_000)
      .describe('Most logs of one gateway; its own setting may be lower.'),
    bytes_max: z
      .int()
      .min(MEBIBYTE)
      .default(1024 * MEBIBYTE)
      .describe('Most bytes of requests and answers that the logs of one gateway keep.'),
    body_bytes_max: z
      .int()
      .min(0)
      .max(64 * MEBIBYTE)
      .default(10_000_000)
      .describe('Largest request and answer together that a log keeps, in bytes; 0 keeps none.'),
    waiting_bytes_max: z
      .int()
      .min(0)
      .default(64 * MEBIBYTE)
      .describe(
        'Memory for requests and answers on their way into a log, in bytes; logs beyond it have none.',
      ),
    queue_max: z
      .int()
      .min(100)
      .default(50_000)
      .describe('Logs waiting to be written; more are dropped and counted.'),
    retention_days: z.int().min(1).default(30).describe('Logs older than this are deleted.'),
  })
  .prefault({})
  .describe('The logs of AI Gateways. Changing it needs a restart.');
