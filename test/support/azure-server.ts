import type {
  EngineAsked,
  EngineError,
  EngineServer,
  WireAnswer,
  WireRequest,
} from './engine-server.ts';
import { startEngineServer } from './engine-server.ts';
import {
  asksStream,
  betasIn,
  envelopeOf,
  jsonAnswer,
  modelAndRest,
  retryAfter,
  sseWire,
} from './sse-wire.ts';

/** How the local resource knows who asks. */
export interface AzureAccount {
  readonly header: 'x-api-key' | 'api-key' | 'authorization';
  readonly value: string;
}

const ids = { 'request-id': 'req_foundry_1', 'apim-request-id': 'apim-1' };

/** A local resource of Foundry: the API behind a proxy that has errors of its own. */
export function startAzureServer(account: AzureAccount): Promise<EngineServer> {
  return startEngineServer({
    ...sseWire,
    read: (request) => readAsked(request, account),
    message: (json) => jsonAnswer(200, json, ids),
    count: (inputTokens) => jsonAnswer(200, { input_tokens: inputTokens }, ids),
    error: azureError,
  });
}

const operations: Readonly<Record<string, EngineAsked['operation']>> = {
  '/anthropic/v1/messages': 'messages.create',
  '/anthropic/v1/messages/count_tokens': 'messages.count_tokens',
};

function readAsked({ target, headers, body }: WireRequest, account: AzureAccount): EngineAsked {
  const { model, body: rest } = modelAndRest(body);
  const hasVersion = /^\d{4}-\d{2}-\d{2}$/.test(String(headers['anthropic-version']));
  const isKnown = headers[account.header] === account.value;
  return {
    operation: (hasVersion ? operations[target] : undefined) ?? 'other',
    model,
    stream: asksStream(rest),
    betas: betasIn(headers['anthropic-beta']),
    body: rest,
    ...(isKnown ? {} : { credentialFault: 'the key is not known' }),
  };
}

/** Refusals of the proxy have forms of their own; API reference §12. */
function azureError(said: EngineError): WireAnswer {
  const { status, message } = said;
  const headers = { ...ids, ...retryAfter(said) };
  if (status === 401 || status === 403) {
    return jsonAnswer(status, { statusCode: status, message }, headers);
  }
  if (status === 404 || status === 429) {
    return jsonAnswer(status, { error: { code: String(status), message } }, headers);
  }
  return jsonAnswer(status, envelopeOf(said), headers);
}
