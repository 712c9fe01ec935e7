import { z } from 'zod';
import type { AnyJson, AnyJsonObject } from './contract-operations.ts';

/** Members of JSON by name: what they are is not for this API to say. */
export const jsonObjectField: z.ZodType<AnyJsonObject> = z.record(
  z.string(),
  z.unknown(),
) as unknown as z.ZodType<AnyJsonObject>;

/** Any value of JSON. */
export const jsonField: z.ZodType<AnyJson> = z.unknown() as unknown as z.ZodType<AnyJson>;
