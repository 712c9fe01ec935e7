import type { ObjectSchema } from '../../messages/schema.ts';
import { messagesRequestSchema } from '../../messages/request-schema.ts';

/** The members that a request for a count has in common with one for a message (API reference §1.5). */
const countedFields = new Set([
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'speed',
  'cache_control',
  'context_management',
  'mcp_servers',
]);

/** Schema of `POST /v1/messages/count_tokens`: closed, and without what steers the generation. */
export const countTokensSchema: ObjectSchema = {
  ...messagesRequestSchema,
  fields: Object.fromEntries(
    Object.entries(messagesRequestSchema.fields).filter(([name]) => countedFields.has(name)),
  ),
};
