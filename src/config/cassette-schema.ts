import { z } from 'zod';
import type { Config } from './config.ts';

/** The options about cassettes: what is recorded, what is taken out of it, what plays it. */

const cassette = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
  error: 'a lower-case name of letters, digits, dots, hyphens and underscores',
});

export const recordingSchema: z.ZodType<Config['recordings'][number]> = z.strictObject({
  key: z
    .string()
    .min(1)
    .describe('Public id of the key, or `development` for a fixed development key.'),
  cassette: cassette.describe('Name of the file below `data_dir`/cassettes, without `.jsonl`.'),
});

export const redactSchema: z.ZodType<Config['redact']> = z
  .strictObject({
    patterns: z
      .array(z.string().min(1).refine(isPattern, { error: 'not a regular expression' }))
      .max(100)
      .default([])
      .describe('Regular expressions; what they match is never stored. Credentials never are.'),
    emails: z.boolean().default(false).describe('Whether e-mail addresses are taken out.'),
    media: z
      .enum(['keep', 'digest'])
      .default('keep')
      .describe('Whether media in base64 are kept or stand as their digest.'),
    media_bytes_max: z
      .int()
      .min(0)
      .default(4096)
      .describe('Media up to this size, in bytes of base64, are kept all the same.'),
  })
  .prefault({});

type ReplaySchema = z.ZodObject<
  {
    kind: z.ZodLiteral<'replay'>;
    cassette: z.ZodString;
    timing: z.ZodDefault<z.ZodEnum<{ recorded: 'recorded'; instant: 'instant' }>>;
    on_miss: z.ZodDefault<z.ZodString>;
  },
  z.core.$strict
>;

export const replayUpstreamSchema: ReplaySchema = z.strictObject({
  kind: z.literal('replay').describe('Answers from a cassette.'),
  cassette: z
    .string()
    .min(1)
    .describe('Name of a cassette, or the path of its file: it has a slash or ends with .jsonl.'),
  timing: z
    .enum(['recorded', 'instant'])
    .default('instant')
    .describe('Whether answers take as long as they did, or no time.'),
  on_miss: z
    .string()
    .min(1)
    .default('refuse')
    .describe('What becomes of a request that was not recorded: refuse, or the upstream to ask.'),
});

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'gu').source !== '';
  } catch {
    // Why it is none, the message says as well as the engine would.
    return false;
  }
}
