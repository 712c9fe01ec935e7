import { z } from 'zod';
import type { RouteConditionsConfig, RouteConfig } from './route-config.ts';
import { routeFeatures } from './route-config.ts';
import { milliseconds } from './upstream-options.ts';

/** The options of routes. */

const ROUTES_MAX = 1000;
const LISTED_MAX = 1000;
const TARGETS_MAX = 32;
const ATTEMPTS_MAX = 10;
const WEIGHT_MAX = 1_000_000;

const listed = z.array(z.string().min(1)).min(1).max(LISTED_MAX).optional();

const modelPattern = z.string().regex(/^[^*]*\*?[^*]*$/, {
  error: 'write a name of a model, or a pattern with one *',
});

/** Credentials would have to stand in the file, and nothing is to be decided by them but who calls. */
const headerName = z.string().regex(/^(?!authorization$|x-api-key$|cookie$)[a-z0-9_-]{1,100}$/, {
  error: 'write the name of a header in lower case; headers with credentials cannot be asked for',
});

const conditionsSchema: z.ZodType<RouteConditionsConfig | undefined> = z
  .strictObject({
    accounts: listed.describe('Accounts that it is for.'),
    keys: listed.describe('Public ids of keys that it is for.'),
    headers: z
      .record(headerName, z.string())
      .optional()
      .describe('Headers that a request must have, with these values.'),
    body_bytes_min: z.int().min(0).optional().describe('Smallest body, in bytes.'),
    body_bytes_max: z.int().min(0).optional().describe('Largest body, in bytes.'),
    features: z
      .array(z.enum(routeFeatures))
      .min(1)
      .optional()
      .describe('What a request must use, any of them.'),
  })
  .optional();

const candidate = {
  upstream: z.string().min(1).describe('Who is asked.'),
  model: z
    .string()
    .min(1)
    .optional()
    .describe('What the model is called there; as in the request where absent.'),
  first_byte_ms: milliseconds
    .min(1)
    .optional()
    .describe('From the request to the first content of its answer; then the next is asked.'),
  when: conditionsSchema.describe('Requests that it is for; else it is left out.'),
};

const routeSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, {
      error: 'write a lower-case letter, then letters, digits and hyphens',
    })
    .describe('What logs call it.'),
  models: z
    .array(modelPattern)
    .min(1)
    .max(LISTED_MAX)
    .optional()
    .describe('Models that it is for: names, or patterns with one *. Absent: all.'),
  when: conditionsSchema.describe('Requests that it is for; all that is given has to be so.'),
  targets: z
    .array(
      z.strictObject({
        ...candidate,
        weight: z
          .number()
          .min(0)
          .max(WEIGHT_MAX)
          .default(1)
          .describe('Its share of the requests; 0 is asked after the others.'),
      }),
    )
    .min(1)
    .max(TARGETS_MAX)
    .describe('Those that share the requests.'),
  fallbacks: z
    .array(z.strictObject(candidate))
    .max(TARGETS_MAX)
    .default([])
    .describe('Those that are asked, in this order, where no target answers.'),
  attempts_max: z
    .int()
    .min(1)
    .max(ATTEMPTS_MAX)
    .default(3)
    .describe('Attempts for one request, all targets together.'),
  total_ms: milliseconds
    .min(1)
    .optional()
    .describe('From the first attempt to the beginning of the last one.'),
  affinity: z
    .enum(['prompt_cache', 'none'])
    .default('prompt_cache')
    .describe(
      'prompt_cache: a conversation goes back to the target and credential that has its prompt cached. none: each request is drawn anew.',
    ),
});

/** `routes` of the configuration. */
export const routesSchema: z.ZodType<readonly RouteConfig[]> = z
  .array(routeSchema)
  .max(ROUTES_MAX)
  .default([])
  .describe('Who answers which requests. The first that is for a request counts.');
