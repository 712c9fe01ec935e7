import { z } from 'zod';
import { exhaustionEndings } from '../catalog/plans.ts';
import type { ApiRoute } from './api-route.ts';
import { readRoute, writeRoute } from './api-route.ts';
import type { PlanAnswer } from './contract.ts';
import { createPlan, listPlans, removePlan, replacePlan, showPlan } from './plan-orders.ts';

const PLANS = '/admin/v1/plans';
const access = { kind: 'admin' } as const;
const MARKUP_MAX = 1_000_000;
const ATTEMPTS_MAX = 3;

const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const params = z.object({ plan: name });
const tokens = z.int().min(1).max(10_000_000).nullable();
const models = z.array(z.string().min(1).max(256)).max(256).nullable();
const written = {
  is_prepaid: z.boolean(),
  output_tokens_max: tokens.default(null).describe('Null: the models have limits of their own.'),
  models: models.default(null).describe('Null: whatever the upstream has.'),
  takes_every_form: z.boolean().default(true),
  markup_basis_points: z.int().min(0).max(MARKUP_MAX).default(0),
  on_exhausted: z.enum(exhaustionEndings).default('error'),
  attempts_max: z.int().min(1).max(ATTEMPTS_MAX).default(ATTEMPTS_MAX),
};

/** A plan as it is shown. */
export const planShape: z.ZodType<PlanAnswer> = z.object({
  name: z.string(),
  is_built_in: z.boolean(),
  is_prepaid: z.boolean(),
  output_tokens_max: tokens,
  models,
  takes_every_form: z.boolean(),
  markup_basis_points: z.int(),
  on_exhausted: z.enum(exhaustionEndings),
  attempts_max: z.int(),
});

/** Plans: those that are always there can be read, others made, replaced and removed. */
export const planRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: PLANS,
    operationId: 'listPlans',
    summary: 'All plans.',
    access,
    answer: z.object({ data: z.array(planShape) }),
    read: ({ parts }) => ({ data: [...listPlans(parts)] }),
  }),
  writeRoute({
    method: 'POST',
    path: PLANS,
    operationId: 'createPlan',
    summary: 'Makes a plan.',
    access,
    status: 201,
    body: z.strictObject({ ...written, name }),
    answer: planShape,
    write: (call) => {
      const { name: called, ...rest } = call.body;
      return createPlan(call, called, rest);
    },
  }),
  readRoute({
    method: 'GET',
    path: `${PLANS}/{plan}`,
    operationId: 'getPlan',
    summary: 'One plan.',
    access,
    params,
    answer: planShape,
    read: ({ parts, params: { plan } }) => showPlan(parts, plan),
  }),
  writeRoute({
    method: 'PUT',
    path: `${PLANS}/{plan}`,
    operationId: 'replacePlan',
    summary: 'Puts another plan in the place of one; its accounts follow within a second.',
    access,
    params,
    body: z.strictObject(written),
    answer: planShape,
    write: (call) => replacePlan(call, call.params.plan, call.body),
  }),
  writeRoute({
    method: 'DELETE',
    path: `${PLANS}/{plan}`,
    operationId: 'removePlan',
    summary: 'Removes a plan that no account has.',
    access,
    params,
    answer: planShape,
    write: (call) => removePlan(call, call.params.plan),
  }),
];
