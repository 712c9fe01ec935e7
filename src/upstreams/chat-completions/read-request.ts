import { checkSchema } from '../../messages/check-schema.ts';
import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { MessagesRequest } from '../../messages/request.ts';
import { messagesRequestSchema } from '../../messages/request-schema.ts';
import type { ObjectSchema } from '../../messages/schema.ts';
import type { UpstreamRequest } from '../../messages/upstream.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';

/** A count needs no bound on an answer. */
const countedRequestSchema: ObjectSchema = {
  ...messagesRequestSchema,
  fields: Object.fromEntries(
    Object.entries(messagesRequestSchema.fields).filter(([name]) => name !== 'max_tokens'),
  ),
};

/**
 * The canonical request, its shape checked: who translates has to know what there is. Fields that
 * the schema does not have are refused, since no engine of another form could be told of them.
 */
export function readRequest({
  operation,
  headers,
  body,
}: Pick<UpstreamRequest, 'operation' | 'headers' | 'body'>): MessagesRequest | Refusal {
  const parsed = parseJson(textOf(body));
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) {
    return refusal('malformed_json');
  }
  const schema =
    operation === 'messages.count_tokens' ? countedRequestSchema : messagesRequestSchema;
  const issue = checkSchema(schema, parsed.value, betasIn(headers));
  if (issue === undefined) return parsed.value as unknown as MessagesRequest;
  const { path, text } = issue;
  return refusal('invalid_request', path === '' ? text : `${path}: ${text}`, { param: path });
}

function betasIn(headers: UpstreamRequest['headers']): ReadonlySet<string> {
  const betas = new Set<string>();
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] !== 'anthropic-beta') continue;
    for (const name of (headers[at + 1] ?? '').split(',')) betas.add(name.trim());
  }
  return betas;
}
