import type { Operation } from '../messages/upstream.ts';
import type { JsonObject } from '../std/json.ts';
import { messagesOperations } from './public-openapi-messages.ts';
import type { PublicOperation, PublicTag } from './public-openapi-operation.ts';
import { inHeader, json, named, object, text } from './public-openapi-operation.ts';

/** How a route of the walk is spoken to, by who its answers are for. */
export type WalkForm =
  | 'messages'
  | 'chat-completions'
  | 'binding'
  | 'account-run'
  | 'account-messages'
  | 'account-chat'
  | 'gateway-messages'
  | 'gateway-chat'
  | 'gateway-run';

const hello = [{ role: 'user', content: 'Hello!' }];
const modelId = 'anthropic/claude-sonnet-4.6';
const inputs: JsonObject = { messages: hello, max_tokens: 256 };

const options: JsonObject = {
  type: 'object',
  description: 'Options of the gateway and of the run, as the binding takes them.',
};

const events = { type: 'text/event-stream', schema: named('MessageEvent') };

const completion: PublicOperation = {
  id: 'createChatCompletion',
  tag: 'chat-completions',
  summary: 'Ask a model in the form of Chat Completions.',
  detail:
    'With `stream: true` the answer is a stream of chunks. What has no meaning here is passed over, and named in `x-ignored-params`.',
  access: 'key',
  body: [json(named('ChatCompletionRequest'), { model: 'claude-sonnet-4-6', messages: hello })],
  answers: [
    json(named('ChatCompletion')),
    { type: 'text/event-stream', schema: named('ChatCompletionChunk') },
  ],
  errors: 'ChatError',
};

const runs = {
  tag: 'workers-ai',
  access: 'key',
  answers: [json(named('RunResult')), events],
  errors: 'AccountError',
} as const;

const run: PublicOperation = {
  ...runs,
  id: 'runModel',
  summary: 'Run a model whose name is in the path.',
  detail: 'The body is its inputs, and may have `options` among them.',
  body: [json(named('RunInput'), inputs)],
};

const runNamed: PublicOperation = {
  ...runs,
  id: 'runNamedModel',
  summary: 'Run a model whose name is in the body.',
  body: [
    json(object({ model: text(), input: named('RunInput'), options }, ['model', 'input']), {
      model: modelId,
      input: inputs,
    }),
  ],
};

const runForBinding: PublicOperation = {
  id: 'runForBinding',
  tag: 'workers-ai',
  summary: 'Run a model, as the class behind `env.AI` does.',
  detail: 'The name of the model stands in a header. Answers in one piece have no envelope.',
  access: 'key',
  parameters: [
    {
      ...inHeader('cf-consn-model-id', text(), 'The name of the model.'),
      required: true,
      example: modelId,
    },
  ],
  body: [json(object({ inputs: named('RunInput'), options }, ['inputs']), { inputs, options: {} })],
  answers: [json(named('RunOutput')), events],
  errors: 'BindingError',
};

/** The same operation in another place. */
function placed(
  operation: PublicOperation,
  { id, tag, detail }: { readonly id: string; readonly tag: PublicTag; readonly detail: string },
): PublicOperation {
  const { detail: said } = operation;
  return { ...operation, id, tag, detail: said === undefined ? detail : `${detail} ${said}` };
}

const accountMessages = {
  'messages.create': {
    ...placed(messagesOperations['messages.create'], {
      id: 'createMessageOfAccount',
      tag: 'workers-ai',
      detail: "The Messages form, below the account's API.",
    }),
  },
  'messages.count_tokens': {
    ...placed(messagesOperations['messages.count_tokens'], {
      id: 'countTokensOfAccount',
      tag: 'workers-ai',
      detail: "The Messages form, below the account's API.",
    }),
  },
} as const;

const accountChat: PublicOperation = {
  ...placed(completion, {
    id: 'createChatCompletionOfAccount',
    tag: 'workers-ai',
    detail: "Chat Completions, below the account's API.",
  }),
};

const below = "Below a gateway's URL: its rules apply, and its logs have the request.";

/** What the gateway itself refuses has an envelope of its own. */
function throughGateway(operation: PublicOperation): PublicOperation {
  const id = `${operation.id}ThroughGateway`;
  return {
    ...placed(operation, { id, tag: 'gateway-urls', detail: below }),
    access: 'gateway',
    errors: 'GatewayError',
  };
}

const gatewayMessages = Object.fromEntries(
  Object.entries(messagesOperations).map(([name, operation]) => [name, throughGateway(operation)]),
) as Readonly<Record<Operation, PublicOperation>>;
const gatewayChat = throughGateway(completion);
const gatewayRun = throughGateway(run);

/** What a route of the walk does; undefined where nobody has described it. */
export function walkOperation(
  form: WalkForm,
  operation: Operation,
  path: string,
): PublicOperation | undefined {
  if (form === 'messages') return messagesOperations[operation];
  if (form === 'gateway-messages') return gatewayMessages[operation];
  if (form === 'account-messages') {
    return operation === 'messages.create' || operation === 'messages.count_tokens'
      ? accountMessages[operation]
      : undefined;
  }
  if (operation !== 'messages.create') return undefined;
  switch (form) {
    case 'chat-completions':
      return completion;
    case 'binding':
      return runForBinding;
    case 'account-run':
      return path.includes('{model') ? run : runNamed;
    case 'account-chat':
      return accountChat;
    case 'gateway-chat':
      return gatewayChat;
    case 'gateway-run':
      return gatewayRun;
  }
}
