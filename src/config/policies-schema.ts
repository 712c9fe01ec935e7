import { z } from 'zod';
import type { JsonValue } from '../std/json.ts';
import type { RequestCondition, RequestPolicy } from './policy-config.ts';

const LIST_MAX = 1000;
const LETTERS_MAX = 256;

const name = z.string().min(1).max(LETTERS_MAX);
const names = z.array(name).min(1).max(LIST_MAX);
const patterns = z.array(name).max(LIST_MAX);

/** Which requests something is about. */
export const requestConditionSchema: z.ZodType<RequestCondition> = z
  .strictObject({
    accounts: names.optional().describe('Accounts of callers.'),
    keys: names.optional().describe('Public ids of keys.'),
    gateways: names.optional().describe('AI gateways that requests go through, by their ids.'),
    dialects: z
      .array(z.enum(['messages', 'chat-completions', 'workers-ai']))
      .min(1)
      .optional()
      .describe('Forms of requests.'),
    models: names
      .optional()
      .describe('Models by any of their names; each * stands for any letters or none.'),
  })
  .prefault({})
  .describe('All that is given has to hold; each list fits where one of its entries does.');

const limitsSchema = z
  .strictObject({
    max_tokens_max: z.int().min(1).optional().describe('Most output tokens of an answer.'),
    thinking_budget_max: z
      .int()
      .min(0)
      .optional()
      .describe('Most tokens that thinking may be given; 0 lets no budget pass.'),
    tools_max: z.int().min(0).optional().describe('Most tools.'),
    messages_max: z.int().min(1).optional().describe('Most messages.'),
    images_max: z.int().min(0).optional().describe('Most images in all messages.'),
  })
  .prefault({})
  .describe('Requests that ask for more are refused.');

const jsonValue: z.ZodType<JsonValue> = z.json();

/** What a request cannot do without, or what says how its answer comes. */
const ownOfRequests: ReadonlySet<string> = new Set(['model', 'messages', 'stream']);

const parameter = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'a name of a parameter, in lower case' })
  .refine((given) => !ownOfRequests.has(given), {
    error: 'model, messages and stream are for the request to say',
  });

const parametersSchema: z.ZodType<RequestPolicy['parameters']> = z
  .strictObject({
    defaults: z
      .record(parameter, jsonValue)
      .default({})
      .describe('Values of parameters, as the Messages form names them, that requests do not say.'),
    limits: limitsSchema,
    deny: z
      .array(parameter)
      .max(LIST_MAX)
      .default([])
      .describe('Parameters, as the Messages form names them, that requests may not have.'),
  })
  .prefault({});

const betasSchema: z.ZodType<RequestPolicy['betas']> = z
  .strictObject({
    allow: patterns.optional().describe('The only ones; any where absent.'),
    deny: patterns.default([]).describe('Not even if allowed.'),
    on_denied: z
      .enum(['refuse', 'drop'])
      .default('refuse')
      .describe('drop: the request goes on without it, and its answer says so.'),
  })
  .prefault({})
  .describe('What anthropic-beta may name; each * stands for any letters or none.');

/** One policy of what requests may ask. */
const policySchema: z.ZodType<RequestPolicy> = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
      error: 'a lower-case name of letters, digits, dots, hyphens and underscores',
    })
    .describe('What refusals and logs call it.'),
  when: requestConditionSchema,
  models: z
    .strictObject({
      allow: patterns.optional().describe('The only ones; any where absent.'),
      deny: patterns.default([]).describe('Not even if allowed.'),
    })
    .prefault({})
    .describe('Models by any of their names; each * stands for any letters or none.'),
  parameters: parametersSchema,
  betas: betasSchema,
  body_bytes_max: z.int().min(1).optional().describe('Largest body of a request, in bytes.'),
  model_default: name.optional().describe('The model of requests that name none.'),
  thinking_on_switch: z
    .enum(['keep', 'strip_and_retry'])
    .default('keep')
    .describe(
      'What becomes of a request whose earlier thinking an upstream refuses. strip_and_retry: it is asked once more without that, and the answer says so.',
    ),
  model_aliases: z
    .record(name, name)
    .default({})
    .describe('Models by names of your own; a name is looked up once.'),
});

/** The policies of what requests may ask, of which all that match apply. */
export const policiesSchema: z.ZodType<readonly RequestPolicy[]> = z
  .array(policySchema)
  .max(100)
  .default([])
  .describe('What requests may ask, first to last; all that match apply.');
