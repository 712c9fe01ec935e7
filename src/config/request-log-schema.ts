import { z } from 'zod';
import type { Config } from './config.ts';

const MEBIBYTE = 1024 * 1024;

const bodiesSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'Whether what is said in requests and answers is kept, for whoever looks into one.',
      ),
    bytes_max: z
      .int()
      .min(1024)
      .max(64 * MEBIBYTE)
      .default(MEBIBYTE)
      .describe('Most bytes of a request, and of its answer, that are kept; the rest is cut off.'),
    waiting_bytes_max: z
      .int()
      .min(MEBIBYTE)
      .default(64 * MEBIBYTE)
      .describe(
        'Memory for what is on its way to the disk, in bytes; what is beyond it is dropped.',
      ),
    disk_bytes_max: z
      .int()
      .min(MEBIBYTE)
      .default(1024 * MEBIBYTE)
      .describe('Most bytes on the disk, compressed; the oldest goes first.'),
    retention_hours: z.int().min(1).max(8760).default(24).describe('What is older is deleted.'),
  })
  .prefault({})
  .describe('What is said, beside the rows. It has what prompts have: switch it on knowingly.');

/** A row a request; what was said only where that is switched on. */
export const requestLogSchema: z.ZodType<Config['request_log']> = z
  .strictObject({
    enabled: z.boolean().default(true),
    queue_max: z
      .int()
      .min(100)
      .default(50_000)
      .describe('Rows waiting to be written; more are dropped and counted.'),
    retention_days: z.int().min(1).default(30).describe('Rows older than this are deleted.'),
    bodies: bodiesSchema,
  })
  .prefault({});
