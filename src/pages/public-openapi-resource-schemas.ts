import { itemOutcomes } from '../messages/message-batch.ts';
import type { JsonObject } from '../std/json.ts';
import {
  count,
  listOf,
  named,
  object,
  orNull,
  text,
  time,
  truth,
} from './public-openapi-operation.ts';

/** A list that goes on at ids. */
function listAtIds(items: string): JsonObject {
  return object({
    data: listOf(named(items)),
    has_more: truth,
    first_id: orNull(text()),
    last_id: orNull(text()),
  });
}

const counts = Object.fromEntries(
  ['processing', ...itemOutcomes].map((outcome) => [outcome, count] as const),
);

const capability = object({ supported: truth });

/** What accounts keep here, and what models are. */
export const resourceSchemas: Readonly<Record<string, JsonObject>> = {
  MessageBatchRequest: object({
    requests: {
      type: 'array',
      minItems: 1,
      items: object({
        custom_id: {
          type: 'string',
          minLength: 1,
          maxLength: 64,
          description: 'Its result is found by it.',
        },
        params: {
          ...named('MessageRequest'),
          description: 'A request as it is asked by itself, but one that does not stream.',
        },
      }),
    },
  }),
  MessageBatch: object({
    id: text('Begins with `msgbatch_`.'),
    type: { type: 'string', const: 'message_batch' },
    processing_status: { type: 'string', enum: ['in_progress', 'canceling', 'ended'] },
    request_counts: object(counts),
    ended_at: orNull(time),
    created_at: time,
    expires_at: time,
    archived_at: orNull(time),
    cancel_initiated_at: orNull(time),
    results_url: { ...orNull(text()), description: 'Null until the batch has ended.' },
  }),
  MessageBatchList: listAtIds('MessageBatch'),
  MessageBatchResult: {
    ...object({
      custom_id: text(),
      result: object(
        {
          type: { type: 'string', enum: itemOutcomes },
          message: named('Message'),
          error: named('MessagesError'),
        },
        ['type'],
      ),
    }),
    description: 'One line of the results, in no order that means anything.',
  },
  DeletedMessageBatch: object({
    id: text(),
    type: { type: 'string', const: 'message_batch_deleted' },
  }),
  Model: object(
    {
      type: { type: 'string', const: 'model' },
      id: text(),
      display_name: text(),
      created_at: time,
      max_input_tokens: { ...count, description: 'Size of the context window.' },
      max_tokens: { ...count, description: 'Most tokens of an answer.' },
      capabilities: { type: 'object', additionalProperties: capability },
    },
    ['type', 'id', 'display_name', 'created_at'],
  ),
  ModelList: listAtIds('Model'),
  File: object(
    {
      type: { type: 'string', const: 'file' },
      id: text('Begins with `file_`.'),
      size_bytes: count,
      created_at: time,
      filename: text(),
      mime_type: text(),
      downloadable: truth,
      expires_at: time,
    },
    ['type', 'id', 'size_bytes', 'created_at', 'filename', 'mime_type', 'downloadable'],
  ),
  FileUpload: object(
    {
      file: { type: 'string', contentMediaType: 'application/octet-stream' },
      expires_in_seconds: {
        type: 'integer',
        minimum: 3600,
        maximum: 7_776_000,
        description: 'After that its content is gone.',
      },
    },
    ['file'],
  ),
  FileList: {
    ...object({ data: listOf(named('File')), next_page: orNull(text()) }, ['data']),
    description:
      'With `next_page` for the next request; with `has_more`, `first_id` and `last_id` where the caller asks with the beta of files.',
  },
  DeletedFile: object({ id: text(), type: { type: 'string', const: 'file_deleted' } }),
  ChatModel: object(
    {
      id: text(),
      object: { type: 'string', const: 'model' },
      created: count,
      owned_by: text(),
      aliases: listOf(text()),
      type: text(),
      info: object({ name: text(), developer: text(), contextLength: count, outputMax: count }),
      tags: listOf(text()),
      pricing: { type: 'object', description: 'With `include=pricing` only.' },
      modalities: { type: 'object', description: 'With `include=modalities` only.' },
      capabilities: { ...listOf(text()), description: 'With `include=capabilities` only.' },
    },
    ['id', 'object', 'created', 'owned_by', 'aliases', 'type', 'info', 'tags'],
  ),
  ChatModelList: object({
    object: { type: 'string', const: 'list' },
    data: listOf(named('ChatModel')),
  }),
};
