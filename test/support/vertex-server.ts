import type { KeyObject } from 'node:crypto';
import { createVerify, generateKeyPairSync } from 'node:crypto';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import type {
  EngineAsked,
  EngineError,
  EngineServer,
  EngineWire,
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

/** Where the local Vertex AI stands in its project, and whom it knows. */
export interface VertexAccount {
  readonly project: string;
  readonly region: string;
  /** The tokens that are good. */
  readonly tokens: () => readonly string[];
}

/** A local Vertex AI: the paths, bodies and errors of the real one. */
export function startVertexServer(account: VertexAccount): Promise<EngineServer> {
  const wire: EngineWire = {
    ...sseWire,
    read: (request) => ({ ...readAsked(request, account), ...credentialFault(request, account) }),
    message: (json) => jsonAnswer(200, json, { 'request-id': 'req_vrtx_1' }),
    count: (inputTokens) => jsonAnswer(200, { input_tokens: inputTokens }),
    error: vertexError,
  };
  return startEngineServer(wire);
}

function readAsked({ target, headers, body }: WireRequest, account: VertexAccount): EngineAsked {
  const models = `/v1/projects/${account.project}/locations/${account.region}/publishers/anthropic/models/`;
  const path = target.startsWith(models) ? target.slice(models.length) : '';
  const [, named = '', method = ''] = /^([^/:]+):(rawPredict|streamRawPredict)$/.exec(path) ?? [];
  const { model, body: rest } = modelAndRest(body);
  const isCount = named === 'count-tokens';
  const hasVersion = rest.startsWith('{"anthropic_version":"vertex-2023-10-16",');
  const isSound =
    hasVersion &&
    headers['anthropic-version'] === undefined &&
    (isCount ? model !== '' : model === '' && (method !== 'rawPredict') === asksStream(rest));
  return {
    operation: isSound ? (isCount ? 'messages.count_tokens' : 'messages.create') : 'other',
    model: isCount ? model : named,
    stream: method === 'streamRawPredict',
    betas: betasIn(headers['anthropic-beta']),
    body: rest,
  };
}

function credentialFault(
  { headers }: WireRequest,
  { tokens }: VertexAccount,
): Pick<EngineAsked, 'credentialFault'> {
  const known = tokens().map((token) => `Bearer ${token}`);
  return known.includes(headers.authorization ?? '')
    ? {}
    : { credentialFault: 'the token is not known' };
}

/** The platform's own words; where it has none, it wraps those of the API. API reference §12. */
const words: Readonly<Record<string, readonly [word: string, status: number]>> = {
  authentication_error: ['UNAUTHENTICATED', 401],
  permission_error: ['PERMISSION_DENIED', 403],
  rate_limit_error: ['RESOURCE_EXHAUSTED', 429],
  api_error: ['INTERNAL', 500],
  overloaded_error: ['UNAVAILABLE', 503],
};

function vertexError(said: EngineError): WireAnswer {
  const [word, status] = words[said.type] ?? ['INVALID_ARGUMENT', 400];
  const isOwn = Object.hasOwn(words, said.type);
  const message = isOwn ? said.message : envelopeOf(said);
  return jsonAnswer(status, { error: { code: status, message, status: word } }, retryAfter(said));
}

/** A service account of the tests' own. */
export interface TestServiceAccount {
  readonly publicKey: KeyObject;
  readonly privatePem: string;
  /** Its key file, as the platform gives it out. */
  keyFile(tokenUri: string): string;
}

const CLIENT_EMAIL = 'gateway@test-project.iam.gserviceaccount.com';

export function makeServiceAccount(): TestServiceAccount {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return {
    publicKey,
    privatePem,
    keyFile: (tokenUri) =>
      JSON.stringify({
        type: 'service_account',
        project_id: 'test-project',
        private_key_id: 'key-1',
        private_key: privatePem,
        client_email: CLIENT_EMAIL,
        token_uri: tokenUri,
      }),
  };
}

/** A host that changes assertions for tokens; `answer` says what it does instead. */
export interface TokenServer {
  readonly url: string;
  readonly server: ScriptedUpstream;
  /** The tokens that it gave. */
  readonly tokens: readonly string[];
  /** What was wrong with the assertions that came. */
  readonly faults: readonly string[];
  answer: { readonly status: number; readonly body: string } | 'silence' | undefined;
  /** How long its tokens are good. */
  expiresInSeconds: number;
  stop(): Promise<void>;
}

/** Checks assertions by RFC 7523 and the platform's documentation, and gives a new token for each. */
export async function startTokenServer(
  account: TestServiceAccount,
  wallMs: () => number,
): Promise<TokenServer> {
  const tokens: string[] = [];
  const faults: string[] = [];
  const server = await startScriptedUpstream(({ url, body }, response) => {
    const { answer } = started;
    if (answer === 'silence') return;
    if (answer !== undefined) {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(answer.body);
      return;
    }
    const form = new URLSearchParams(body.toString());
    const fault = assertionFault(form, { account, audience: `${server.url}${url}`, wallMs });
    if (fault !== undefined) faults.push(fault);
    const token = `ya29.canary-${String(tokens.length + 1)}`;
    tokens.push(token);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        access_token: token,
        expires_in: started.expiresInSeconds,
        token_type: 'Bearer',
      }),
    );
  });
  const started: TokenServer = {
    url: `${server.url}/token`,
    server,
    tokens,
    faults,
    answer: undefined,
    expiresInSeconds: 3599,
    stop: () => server.stop(),
  };
  return started;
}

interface AssertionTerms {
  readonly account: TestServiceAccount;
  readonly audience: string;
  readonly wallMs: () => number;
}

function assertionFault(form: URLSearchParams, terms: AssertionTerms): string | undefined {
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'grant_type';
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
  if (!verify.verify(terms.account.publicKey, signature, 'base64url')) return 'signature';
  const nowSeconds = Math.floor(terms.wallMs() / 1000);
  const expected = {
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    iss: CLIENT_EMAIL,
    aud: terms.audience,
    iat: nowSeconds,
    exp: nowSeconds + 3600,
  };
  if (decoded(head) !== JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })) return 'head';
  return decoded(claims) === JSON.stringify(expected) ? undefined : `claims ${decoded(claims)}`;
}

function decoded(part: string): string {
  return Buffer.from(part, 'base64url').toString();
}
