import { checkSchema } from '../../messages/check-schema.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { ObjectSchema, Schema } from '../../messages/schema.ts';

/** A 400 about one field of the request, named as this form's clients expect it (chat reference §2.12). */
export function refuseParameter(param: string, detail: string, reason?: string): Refusal {
  return refusal('invalid_request', `${param}: ${detail}`, {
    param,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** Checks what stands at `param`; the refusal names the member that is wrong. */
export function checkParameter(schema: Schema, value: unknown, param: string): Refusal | undefined {
  const issue = checkSchema(schema, value);
  return issue === undefined ? undefined : refuseParameter(placeIn(param, issue.path), issue.text);
}

/** `tools` and `0.function.name` are `tools[0].function.name`. */
function placeIn(param: string, path: string): string {
  if (path === '') return param;
  return path
    .split('.')
    .reduce((place, key) => (/^\d+$/.test(key) ? `${place}[${key}]` : `${place}.${key}`), param);
}

/** An object whose other members pass: what a caller may send is more than what is acted on. */
export function opened(fields: ObjectSchema['fields']): ObjectSchema {
  return { kind: 'object', fields, isOpen: true };
}
