import { z } from 'zod';
import type { KeyKind } from '../access/key-store.ts';
import { budgetPeriods, keyKinds, keyStatuses } from '../access/key-store.ts';
import { scopes } from '../access/scopes.ts';
import type { BudgetAnswer, KeyAnswer, KeySecretAnswer, RateAnswer } from './contract.ts';
import {
  cursorField,
  idField,
  limitField,
  maybeTimeField,
  nameField,
  timeField,
} from './field-schemas.ts';
import type { KeyPatch, WantedKey } from './key-orders.ts';

/** Keys as they are asked for and answered, by an operator and by accounts alike. */

const shownStatuses = [...keyStatuses, 'expired'] as const;
const LIST_MAX = 256;
const NAME_MAX = 200;
const GRACE_SECONDS_MAX = 30 * 86_400;

const figure = z.int().min(1).max(1_000_000_000).optional();

const budgetShape: z.ZodType<BudgetAnswer> = z.strictObject({
  limit_nano: z.string().regex(/^\d{1,16}$/),
  period: z.enum(budgetPeriods).describe('When what was spent counts anew, in UTC.'),
});
const rateShape: z.ZodType<RateAnswer> = z.strictObject({
  requests_per_minute: figure,
  input_tokens_per_minute: figure,
  output_tokens_per_minute: figure,
  concurrency: figure,
});

const written = {
  scopes: z.array(z.enum(scopes)).max(LIST_MAX).optional(),
  models: z.array(z.string().min(1).max(256)).max(LIST_MAX).nullable().optional(),
  allowed_cidrs: z
    .array(z.string().min(1).max(64))
    .max(LIST_MAX)
    .nullable()
    .optional()
    .describe('Ranges of addresses; null restricts nothing, an empty list allows nothing.'),
  budget: budgetShape.nullable().optional(),
  rate: rateShape.nullable().optional(),
};

/** Which keys are wanted. */
export interface KeyQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly kind?: KeyKind | undefined;
  readonly status?: KeyAnswer['status'] | undefined;
  readonly name?: string | undefined;
}

const keyQueryFields = {
  limit: limitField,
  cursor: cursorField,
  kind: z.enum(keyKinds).optional(),
  status: z.enum(shownStatuses).optional(),
  name: z
    .string()
    .trim()
    .min(1)
    .max(NAME_MAX)
    .optional()
    .describe('Part of the name, in large or small letters.'),
};

export const ownKeyQuery: z.ZodType<KeyQuery> = z.strictObject(keyQueryFields);
export const keyQuery: z.ZodType<KeyQuery & { readonly account?: string | undefined }> =
  z.strictObject({ ...keyQueryFields, account: idField.optional() });

const newKey = { ...written, name: nameField, expires_at: timeField.optional() };

/** What of a key is to change. */
export const keyPatchShape: z.ZodType<KeyPatch> = z.strictObject({
  ...written,
  name: nameField.optional(),
  expires_at: timeField.nullable().optional().describe('Null: never.'),
});

/** A key that the operator makes. */
export const newKeyShape: z.ZodType<WantedKey> = z.strictObject({
  ...newKey,
  kind: z.enum(keyKinds).default('inference'),
  account: idField.optional().describe('An account of its own where absent.'),
});

/** A key that an account makes for itself. */
export const newOwnKeyShape: z.ZodType<Omit<WantedKey, 'account'>> = z.strictObject({
  ...newKey,
  kind: z.enum(['inference', 'management']).default('inference'),
});

/** How long the secret of before works on. */
export const rotationShape: z.ZodType<{ readonly grace_seconds: number }> = z.strictObject({
  grace_seconds: z.int().min(0).max(GRACE_SECONDS_MAX).default(0),
});

const keyFields = {
  id: z.string(),
  account: z.string(),
  name: z.string(),
  kind: z.enum(keyKinds),
  status: z.enum(shownStatuses),
  prefix: z.string(),
  last4: z.string(),
  scopes: z.array(z.string()),
  models: z.array(z.string()).nullable(),
  allowed_cidrs: z.array(z.string()).nullable(),
  budget: budgetShape.nullable(),
  rate: rateShape.nullable(),
  created_at: timeField,
  created_by: z.string().nullable(),
  expires_at: maybeTimeField,
  revoked_at: maybeTimeField,
  last_used_at: maybeTimeField,
  grace_until: maybeTimeField,
};

export const keyShape: z.ZodType<KeyAnswer> = z.object(keyFields);
export const keySecretShape: z.ZodType<KeySecretAnswer> = z.object({
  ...keyFields,
  key: z.string().describe('The key itself: in this answer alone.'),
});
