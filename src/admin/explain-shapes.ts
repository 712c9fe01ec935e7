import { z } from 'zod';
import type {
  ExplainAnswer,
  ExplainCacheAnswer,
  ExplainChosenAnswer,
  ExplainGuardrailsAnswer,
  ExplainIdempotencyAnswer,
  ExplainKeyAnswer,
  ExplainModelAnswer,
  ExplainMoneyAnswer,
  ExplainPolicyAnswer,
  ExplainQuestion,
  ExplainRouteAnswer,
  ExplainStage,
  ExplainTargetAnswer,
  ExplainTextRule,
} from './contract-operations.ts';
import { amountField, idField } from './field-schemas.ts';
import { jsonObjectField } from './json-fields.ts';
import { listedRateShape } from './price-routes.ts';
import { planShape } from './plan-routes.ts';
import { targetStateField } from './upstream-shapes.ts';

const HEADERS_MAX = 100;
const textsField = z.array(z.string());
const textField = z.string().nullable();
const countField = z.number().nullable();
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/);

/** What is asked about. */
export const explainQuestionShape: z.ZodType<ExplainQuestion> = z.strictObject({
  model: z.string().min(1).max(256).optional(),
  account: idField.optional(),
  key: idField.optional(),
  headers: z
    .record(headerName, z.string().max(8192))
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, 'too many headers')
    .optional(),
  body: jsonObjectField.optional(),
  form: z.enum(['messages', 'chat-completions', 'workers-ai']).optional(),
  address: z.union([z.ipv4(), z.ipv6()]).optional(),
  upstream: z.string().min(1).max(256).optional(),
});

const stages = [
  'plan',
  'key',
  'form',
  'idempotency',
  'key_limits',
  'gateway',
  'policy',
  'model',
  'gateway_limits',
  'route',
  'provider_key',
  'gateway_rules',
  'guardrails',
  'money',
] as const satisfies readonly ExplainStage[];

const modelShape: z.ZodType<ExplainModelAnswer> = z.object({
  asked: textField,
  sent: textField,
  id: textField,
  display_name: textField,
  is_listed: z.boolean().nullable(),
  near: textsField,
});

const keyShape: z.ZodType<ExplainKeyAnswer> = z.object({
  id: textField,
  account: z.string(),
  is_allowed: z.boolean(),
  rule: textField,
  text: textField,
  needed_scope: z.string(),
  scopes: textsField,
  models: textsField.nullable(),
});

const policyShape: z.ZodType<ExplainPolicyAnswer> = z.object({
  name: z.string(),
  edits: z.array(z.object({ edit: z.string(), fields: textsField })),
  refusal: z.object({ rule: z.string(), code: z.string() }).nullable(),
});

const routeShape: z.ZodType<ExplainRouteAnswer> = z.object({
  name: z.string(),
  outcome: z.enum(['taken', 'not_for_it', 'nobody_usable', 'not_reached']),
  failed: textField,
  left_out: z.array(z.object({ upstream: z.string(), model: textField, why: z.string() })),
});

const targetShape: z.ZodType<ExplainTargetAnswer> = z.object({
  upstream: z.string(),
  credential: z.int(),
  model: textField,
  state: targetStateField,
  why: z.string(),
  live: z.int(),
  timeouts: z.object({
    connect_ms: countField,
    first_byte_ms: countField,
    idle_ms: countField,
    total_ms: countField,
  }),
});

const placeShape = z.object({ upstream: z.string(), credential: z.int() });

const moneyShape: z.ZodType<ExplainMoneyAnswer> = z.object({
  is_held: z.boolean(),
  held_nano: amountField.nullable(),
  held_output_tokens: countField,
  input_tokens: countField,
  price_version: textField,
  markup_basis_points: z.int(),
  rates: z.array(listedRateShape),
  available_nano: amountField.nullable(),
});

const cacheShape: z.ZodType<ExplainCacheAnswer> = z.object({
  outcome: z.enum(['off', 'bypassed', 'miss', 'hit']),
  ttl_seconds: countField,
  left_ms: countField,
  text: z.string(),
});

const idempotencyShape: z.ZodType<ExplainIdempotencyAnswer> = z.object({
  key: z.string(),
  outcome: z.enum([
    'new',
    'repeats',
    'running',
    'differs',
    'not_kept',
    'full',
    'invalid',
    'unavailable',
  ]),
  request: textField,
  text: z.string(),
});

const textRuleShape: z.ZodType<ExplainTextRule> = z.object({
  kind: z.enum(['hazard', 'data']),
  name: z.string(),
  action: z.enum(['FLAG', 'BLOCK']),
  is_described: z.boolean(),
  is_found: z.boolean().nullable(),
});

const guardrailsShape: z.ZodType<ExplainGuardrailsAnswer> = z.object({
  request: z.array(textRuleShape),
  answer: z.array(textRuleShape),
  outcome: z.enum(['off', 'passes', 'flagged', 'blocked', 'unscannable']),
  text: z.string(),
});

const chosenShape: z.ZodType<ExplainChosenAnswer> = z.object({
  upstream: z.string(),
  is_alone: z.boolean(),
  route: textField,
  code: textField,
  text: z.string(),
});

/** What would happen to a request. */
export const explainShape: z.ZodType<ExplainAnswer> = z.object({
  verdict: z.object({
    is_sent: z.boolean(),
    answered_from: z.enum(['upstream', 'cache', 'idempotency']).nullable(),
    stage: z.enum(stages).nullable(),
    http_status: z.int().nullable(),
    code: textField,
    text: z.string(),
  }),
  form: z.enum(['messages', 'chat-completions', 'workers-ai']),
  model: modelShape,
  key: keyShape,
  plan: planShape.nullable(),
  gateway: textField,
  policies: z.array(policyShape),
  edits: textsField,
  limits: z.array(
    z.object({
      meter: z.enum(['requests', 'input-tokens', 'output-tokens']),
      limit: z.number(),
      remaining: z.number(),
      reset_ms: z.number(),
    }),
  ),
  routes: z.array(routeShape),
  route: textField,
  targets: z.array(targetShape),
  drained: textsField,
  is_order_drawn: z.boolean(),
  retries: z
    .object({
      by: z.enum(['route', 'plan', 'gateway', 'nobody']),
      attempts_max: z.int(),
      total_ms: countField,
    })
    .nullable(),
  affinity: z.object({ home: placeShape, guest: placeShape.nullable() }).nullable(),
  chosen: chosenShape.nullable(),
  idempotency: idempotencyShape.nullable(),
  cache: cacheShape.nullable(),
  guardrails: guardrailsShape.nullable(),
  money: moneyShape.nullable(),
});
