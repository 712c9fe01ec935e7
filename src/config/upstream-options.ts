import { z } from 'zod';
import type { ChatUpstreamConfig } from './config.ts';

/** Options that upstreams of several kinds have. */

const MILLISECONDS_MAX = 86_400_000;

export const milliseconds: z.ZodInt = z.int().min(0).max(MILLISECONDS_MAX);

/** Where a secret is: it never stands in the file itself. */
export const secretReference: z.ZodType<string> = z
  .string()
  .regex(/^(?:env|file):.+$/, {
    error: 'write a reference, env:NAME or file:PATH; a secret never stands in this file',
  })
  .describe('Where the secret is: env:NAME or file:PATH.');

/** How long an upstream may take. */
export const upstreamTimeoutsSchema: z.ZodType<ChatUpstreamConfig['timeouts']> = z
  .strictObject({
    connect_ms: milliseconds.default(10_000).describe('For a connection to stand.'),
    first_byte_ms: milliseconds
      .default(600_000)
      .describe('From the request to the head of the answer.'),
    idle_ms: milliseconds.default(300_000).describe('Without any byte of the answer.'),
  })
  .prefault({});

export const connectionsMax: z.ZodDefault<z.ZodInt> = z
  .int()
  .min(1)
  .default(10_000)
  .describe('Most connections at once.');
