import type { ObjectSchema } from '../../messages/schema.ts';
import { nullable, oneOf, optional, required } from '../../messages/schema.ts';
import { opened } from './refuse-parameter.ts';

/** `cache_control` of the Messages form, an extension here (chat reference §2.9). */
export const cacheMarkerSchema: ObjectSchema = opened({
  type: required(oneOf('ephemeral')),
  ttl: optional(nullable(oneOf('5m', '1h'))),
});
