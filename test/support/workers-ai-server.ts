import type {
  EngineAsked,
  EngineError,
  EngineServer,
  WireAnswer,
  WireRequest,
} from './engine-server.ts';
import { startEngineServer } from './engine-server.ts';
import { asksStream, betasIn, jsonAnswer, modelAndRest, retryAfter, sseWire } from './sse-wire.ts';

/** Whom the local service knows, and by which of its endpoints it is asked. */
export interface WorkersAiAccount {
  readonly accountId: string;
  readonly token: string;
  readonly endpoint: 'messages' | 'run';
}

/** A local Workers AI: the account's API with its envelope and its numbers; Workers reference §2. */
export function startWorkersAiServer(account: WorkersAiAccount): Promise<EngineServer> {
  return startEngineServer({
    ...sseWire,
    read: (request) => readAsked(request, account),
    message: (json) =>
      jsonAnswer(
        200,
        account.endpoint === 'messages'
          ? json
          : `{"result": ${json}, "success": true, "errors": [], "messages": []}`,
        { 'cf-ai-req-id': 'run-1' },
      ),
    count: () => jsonAnswer(404, { success: false, errors: [{ code: 7003, message: 'No route' }] }),
    error: runError,
  });
}

function readAsked({ target, headers, body }: WireRequest, account: WorkersAiAccount): EngineAsked {
  const base = `/client/v4/accounts/${account.accountId}/ai`;
  const { model, body: rest } = modelAndRest(body);
  const ofPath = target.startsWith(`${base}/run/`) ? target.slice(base.length + 5) : '';
  const isSound =
    account.endpoint === 'messages'
      ? target === `${base}/v1/messages` && model !== ''
      : ofPath !== '' && model === '';
  const isKnown = headers.authorization === `Bearer ${account.token}`;
  return {
    operation: isSound ? 'messages.create' : 'other',
    model: account.endpoint === 'messages' ? model : ofPath,
    stream: asksStream(rest),
    betas: betasIn(headers['anthropic-beta']),
    body: rest,
    ...(isKnown ? {} : { credentialFault: 'the token is not known' }),
  };
}

/** Numbers and statuses by the API's own type; Workers reference §2.3. */
const numbers: Readonly<Record<string, readonly [code: number, status: number]>> = {
  invalid_request_error: [7003, 400],
  authentication_error: [10_000, 401],
  permission_error: [5018, 403],
  not_found_error: [5007, 400],
  request_too_large: [3006, 413],
  rate_limit_error: [3021, 429],
  api_error: [7000, 500],
  overloaded_error: [3040, 429],
};

function runError(said: EngineError): WireAnswer {
  const [code, status] = numbers[said.type] ?? [7000, 500];
  const errors = [{ code, message: said.message }];
  return jsonAnswer(
    status,
    { result: null, success: false, errors, messages: [] },
    retryAfter(said),
  );
}
