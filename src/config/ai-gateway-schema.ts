import { z } from 'zod';
import { parsePattern } from '../std/parse-pattern.ts';
import type { Config } from './config.ts';

/** The options about gateways of accounts: what their rules about texts look for. */

/** Most categories, profiles and entries are looked for in every text: their number is bounded. */
const PATTERNS_MAX = 200;
const PROFILES_MAX = 100;
const ENTRIES_MAX = 50;

const pattern = z
  .string()
  .min(1)
  .superRefine((source, context) => {
    const parsed = parsePattern(source);
    if (parsed.kind === 'pattern') return;
    context.addIssue({
      code: 'custom',
      message: `not a pattern that is taken here: ${parsed.detail}`,
    });
  });

/** Categories as guardrails name them: those of hazards, and the injection of prompts. */
const category = z.string().regex(/^(?:S(?:[1-9]|1[0-3])|P1)$/);

const name = z.string().min(1).max(128);

const entrySchema = z.union(
  [
    z.strictObject({
      detector: z.enum(['email', 'credit-card', 'iban', 'phone', 'api-key', 'ssn']),
    }),
    z.strictObject({ pattern }),
  ],
  { error: 'an entry has either a pattern or a detector that there is' },
);

const profileSchema = z.strictObject({
  name: name.describe('For people to read.'),
  entries: z
    .record(name, entrySchema)
    .refine((entries) => Object.keys(entries).length <= ENTRIES_MAX, {
      error: `more than ${String(ENTRIES_MAX)} entries`,
    })
    .describe('What data of this profile looks like, by an id of your own.'),
});

export const aiGatewaySchema: z.ZodType<Config['ai_gateway']> = z
  .strictObject({
    guardrails: z
      .strictObject({
        patterns: z
          .record(category, z.array(pattern).min(1).max(PATTERNS_MAX))
          .default({})
          .describe('By category, patterns of which one occurs in a text that is of it.'),
      })
      .prefault({}),
    dlp_profiles: z
      .record(name, profileSchema)
      .refine((profiles) => Object.keys(profiles).length <= PROFILES_MAX, {
        error: `more than ${String(PROFILES_MAX)} profiles`,
      })
      .default({})
      .describe('Data that policies of gateways are about, by the id that they name it by.'),
  })
  .prefault({});
