import type { Operation } from '../messages/upstream.ts';
import type { JsonObject } from '../std/json.ts';
import type { PublicOperation } from './public-openapi-operation.ts';
import { count, inHeader, inQuery, json, named, text } from './public-openapi-operation.ts';

const version: JsonObject = {
  ...inHeader('anthropic-version', text(), 'The version of the form.'),
  required: true,
  example: '2023-06-01',
};
const betas = inHeader('anthropic-beta', text(), 'Betas that are asked for, with commas.');
const headers: readonly JsonObject[] = [version, betas];

/** Clients of Chat Completions leave them out. */
const modelHeaders: readonly JsonObject[] = [{ ...version, required: false }, betas];

const again = inHeader(
  'idempotency-key',
  text(),
  'The same again is the first answer, and costs nothing more.',
);

const limit = inQuery(
  'limit',
  { type: 'integer', minimum: 1, maximum: 1000, default: 20 },
  'Most items of a page.',
);
const pages: readonly JsonObject[] = [
  limit,
  inQuery('after_id', text(), 'The page begins behind this one.'),
  inQuery('before_id', text(), 'The page ends in front of this one.'),
];

const hello: JsonObject = {
  model: 'claude-sonnet-4-6',
  max_tokens: 256,
  messages: [{ role: 'user', content: 'Hello!' }],
};
const { max_tokens: _, ...counted } = hello;

const form = { access: 'key', errors: 'MessagesError' } as const;

const messages = { ...form, tag: 'messages', parameters: [...headers] } as const;
const batches = { ...form, tag: 'batches', parameters: [...headers] } as const;
const files = { ...form, tag: 'files', parameters: [...headers] } as const;
const models = { ...form, tag: 'models' } as const;

/** What the Messages API has, by operation: each has to be described. */
export const messagesOperations: Readonly<Record<Operation, PublicOperation>> = {
  'messages.create': {
    ...messages,
    id: 'createMessage',
    summary: 'Ask a model for the next message of a conversation.',
    detail:
      'With `stream: true` the answer is a stream of server-sent events. The schema is the one that the emulator holds requests to; to other engines, members that are not in it go on as they are.',
    parameters: [...headers, again],
    body: [json(named('MessageRequest'), hello)],
    answers: [json(named('Message')), { type: 'text/event-stream', schema: named('MessageEvent') }],
  },
  'messages.count_tokens': {
    ...messages,
    id: 'countTokens',
    summary: 'Count the tokens of a prompt without asking a model.',
    detail: 'Takes what a message takes, but for what steers the answer. It is never billed.',
    body: [json(named('CountTokensRequest'), counted)],
    answers: [json(named('TokenCount'))],
  },
  'batches.create': {
    ...batches,
    id: 'createMessageBatch',
    summary: 'Have many messages made, within a day.',
    parameters: [...headers],
    body: [
      json(named('MessageBatchRequest'), { requests: [{ custom_id: 'first', params: hello }] }),
    ],
    answers: [json(named('MessageBatch'))],
  },
  'batches.list': {
    ...batches,
    id: 'listMessageBatches',
    summary: 'List batches, newest first.',
    parameters: [...headers, ...pages],
    answers: [json(named('MessageBatchList'))],
  },
  'batches.get': {
    ...batches,
    id: 'getMessageBatch',
    summary: 'How far a batch is.',
    answers: [json(named('MessageBatch'))],
  },
  'batches.results': {
    ...batches,
    id: 'getMessageBatchResults',
    summary: 'The results of a batch that has ended, a line each.',
    answers: [{ type: 'application/x-jsonl', schema: named('MessageBatchResult') }],
  },
  'batches.cancel': {
    ...batches,
    id: 'cancelMessageBatch',
    summary: 'Stop a batch: what runs comes to its end, what waits is canceled.',
    answers: [json(named('MessageBatch'))],
  },
  'batches.delete': {
    ...batches,
    id: 'deleteMessageBatch',
    summary: 'Remove a batch that has ended, with its results.',
    answers: [json(named('DeletedMessageBatch'))],
  },
  'models.list': {
    ...models,
    id: 'listModels',
    summary: 'List the models of the account, newest first.',
    detail:
      "A request with no header of the Messages form (`anthropic-version`, `anthropic-beta`, `x-api-key`) is one of a client of Chat Completions: it needs no key, and is answered in that form's own way.",
    parameters: [
      ...modelHeaders,
      ...pages,
      inQuery('include', text(), 'In the form of Chat Completions: sections to show, or `all`.'),
    ],
    answers: [json({ anyOf: [named('ModelList'), named('ChatModelList')] })],
  },
  'models.get': {
    ...models,
    id: 'getModel',
    summary: 'What is known of a model, by any of its names.',
    detail: 'Answered in the form of Chat Completions as the list is.',
    parameters: modelHeaders,
    answers: [json({ anyOf: [named('Model'), named('ChatModel')] })],
  },
  'files.create': {
    ...files,
    id: 'uploadFile',
    summary: 'Put a file into keeping, for messages to name.',
    parameters: [...headers],
    body: [{ type: 'multipart/form-data', schema: named('FileUpload') }],
    answers: [json(named('File'))],
  },
  'files.list': {
    ...files,
    id: 'listFiles',
    summary: 'List files, newest first.',
    parameters: [...headers, limit, inQuery('page', text(), 'What `next_page` said.')],
    answers: [json(named('FileList'))],
  },
  'files.get': {
    ...files,
    id: 'getFile',
    summary: 'What is known of a file.',
    answers: [json(named('File'))],
  },
  'files.content': {
    ...files,
    id: 'getFileContent',
    summary: 'The content of a file that a tool made. What was uploaded is not given back.',
    answers: [{ type: 'application/octet-stream' }],
  },
  'files.delete': {
    ...files,
    id: 'deleteFile',
    summary: 'Remove a file and its content.',
    answers: [json(named('DeletedFile'))],
  },
  'complete.create': {
    ...messages,
    id: 'createCompletion',
    summary: 'The form before Messages. It is passed on to engines that have it.',
    detail:
      'The emulator does not have it. What goes in and comes out is between caller and engine.',
    body: [
      json(
        {
          type: 'object',
          properties: { model: text(), prompt: text(), max_tokens_to_sample: count },
        },
        { model: 'claude-sonnet-4-6', prompt: 'Hello!', max_tokens_to_sample: 256 },
      ),
    ],
    answers: [json({ type: 'object' })],
  },
};
