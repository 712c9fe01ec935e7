import { z } from 'zod';
import { PASSWORD_LETTERS_MIN } from '../access/operator-password.ts';
import type {
  ConfirmOrder,
  NewOperatorOrder,
  OperatorAnswer,
  OperatorsAnswer,
  PasswordOrder,
  SessionAnswer,
  SetupOrder,
  SignInOrder,
} from './contract-session.ts';
import { maybeTimeField, timeField } from './field-schemas.ts';

/** Longer than a password may be: what is wrong with one is for its rules to say. */
const PASSWORD_LETTERS_MAX = 4096;
const NAME_LETTERS_MAX = 64;

/** Names in their one spelling; they stand in paths and in the audit log. */
export const operatorNameField: z.ZodType<string> = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,63}$/, 'letters, digits and . _ @ - are wanted, at most 64');
const passwordField = z.string().min(1).max(PASSWORD_LETTERS_MAX);
/** What its rules want first stands in the description; they say themselves what is wrong with one. */
const newPasswordField = passwordField.meta({ minLength: PASSWORD_LETTERS_MIN });
/** Of somebody who says who they are: what they say wrong is not told from a name that nobody has. */
const saidNameField = z.string().max(NAME_LETTERS_MAX).trim().toLowerCase();

export const sessionShape: z.ZodType<SessionAnswer> = z.object({
  state: z.enum(['setup', 'signed-out', 'signed-in']),
  operator: z.string().nullable(),
  csrf_token: z.string().nullable(),
  expires_at: maybeTimeField,
  version: z.string(),
  public_url: z.string(),
});

export const setupShape: z.ZodType<SetupOrder> = z.strictObject({
  token: z.string().max(256),
  name: operatorNameField,
  password: newPasswordField,
});

export const signInShape: z.ZodType<SignInOrder> = z.strictObject({
  name: saidNameField,
  password: passwordField,
});

export const confirmShape: z.ZodType<ConfirmOrder> = z.strictObject({ password: passwordField });

export const newOperatorShape: z.ZodType<NewOperatorOrder> = z.strictObject({
  name: operatorNameField,
  password: newPasswordField,
});

export const passwordShape: z.ZodType<PasswordOrder> = z.strictObject({
  password: newPasswordField,
  current_password: passwordField.exactOptional(),
});

export const operatorShape: z.ZodType<OperatorAnswer> = z.object({
  name: z.string(),
  created_at: timeField,
  created_by: z.string(),
  password_changed_at: timeField,
  last_sign_in_at: maybeTimeField,
});

export const operatorsShape: z.ZodType<OperatorsAnswer> = z.object({
  data: z.array(operatorShape),
});
