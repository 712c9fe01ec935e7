import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { JsonObject } from '../../src/std/json.ts';
import type {
  EngineAsked,
  EngineError,
  EngineServer,
  EngineWire,
  WireRequest,
} from './engine-server.ts';
import { startEngineServer } from './engine-server.ts';

/** Who may ask the local Bedrock, and how it knows them. */
export interface BedrockAccount {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** A Bedrock API key, in the place of signatures. */
  readonly apiKey?: string;
  /** The server's time, for signatures. */
  readonly wallMs: () => number;
}

/** A local Bedrock: the paths, bodies, event streams and signatures of the real one. */
export function startBedrockServer(account: BedrockAccount): Promise<EngineServer> {
  return startEngineServer(bedrockWire(account));
}

/** Which error Bedrock would say, by the API's own type. */
const errorNames: Readonly<Record<string, readonly [name: string, status: number]>> = {
  invalid_request_error: ['ValidationException', 400],
  authentication_error: ['UnrecognizedClientException', 403],
  permission_error: ['AccessDeniedException', 403],
  not_found_error: ['ResourceNotFoundException', 404],
  request_too_large: ['RequestEntityTooLargeException', 413],
  rate_limit_error: ['ThrottlingException', 429],
  timeout_error: ['ModelTimeoutException', 408],
  api_error: ['InternalServerException', 500],
  overloaded_error: ['ServiceUnavailableException', 503],
};

function nameOf({ type }: EngineError): readonly [string, number] {
  return errorNames[type] ?? ['InternalServerException', 500];
}

const REQUEST_ID = '7c3e0b5e-1f0a-4d6e-9a53-000000000001';
const jsonHeaders = { 'content-type': 'application/json', 'x-amzn-requestid': REQUEST_ID };

function bedrockWire(account: BedrockAccount): EngineWire {
  return {
    read: (request) => ({ ...readAsked(request), ...credentialFault(request, account) }),
    message: (json) => ({ status: 200, headers: jsonHeaders, body: Buffer.from(json) }),
    count: (inputTokens) => ({
      status: 200,
      headers: jsonHeaders,
      body: Buffer.from(JSON.stringify({ inputTokens })),
    }),
    error(said) {
      const [name, status] = nameOf(said);
      const { retryAfterSeconds: seconds, message } = said;
      const retry = seconds === undefined ? {} : { 'retry-after': String(seconds) };
      const type = `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`;
      const headers = { ...jsonHeaders, ...retry, 'x-amzn-errortype': type };
      return { status, headers, body: Buffer.from(JSON.stringify({ message })) };
    },
    streamHeaders: {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-requestid': REQUEST_ID,
      'x-amzn-bedrock-content-type': 'application/json',
    },
    event: (json) => chunkMessage(json),
    streamError(said) {
      const [name] = nameOf(said);
      const exception = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
      const headers = {
        ':exception-type': exception,
        ':content-type': 'application/json',
        ':message-type': 'exception',
      };
      return eventMessage(headers, JSON.stringify({ message: said.message }));
    },
    garbage: Buffer.from('event: message_stop\ndata: {"type":"message_stop"}\n\n'),
  };
}

const METRICS =
  ',"amazon-bedrock-invocationMetrics":{"inputTokenCount":4,"outputTokenCount":7,"invocationLatency":812,"firstByteLatency":301}';

/** One event in its wrapping: padding beside it, and the last one with what Bedrock adds. */
export function chunkMessage(json: string): Buffer {
  const isLast = /^\{"type": ?"message_stop"/.test(json);
  const event = isLast ? json.replace(/(\s*\}\s*)$/, `${METRICS}$1`) : json;
  const bytes = Buffer.from(event).toString('base64');
  const payload = JSON.stringify({ bytes, p: 'abcdefghijklmnop'.slice(0, json.length % 16) });
  const headers = {
    ':event-type': 'chunk',
    ':content-type': 'application/json',
    ':message-type': 'event',
  };
  return eventMessage(headers, payload);
}

/** A message of an AWS event stream, its headers all texts. */
export function eventMessage(
  headers: Readonly<Record<string, string>>,
  payload: string | Uint8Array,
): Buffer {
  const head = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(Buffer.byteLength(value));
      return Buffer.concat([
        Buffer.from([Buffer.byteLength(name)]),
        Buffer.from(name),
        Buffer.from([7]),
        length,
        Buffer.from(value),
      ]);
    }),
  );
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + head.length + body.length, 0);
  prelude.writeUInt32BE(head.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const summed = Buffer.concat([prelude, head, body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(summed));
  return Buffer.concat([summed, sum]);
}

function readAsked({ method, target, body }: WireRequest): EngineAsked {
  const path = /\/model\/([^/?]+)\/(invoke|invoke-with-response-stream|count-tokens)$/.exec(target);
  if (method !== 'POST' || path === null) {
    return { operation: 'other', model: '', stream: false, betas: [], body: body.toString() };
  }
  const [, model = '', verb] = path;
  const isCount = verb === 'count-tokens';
  const text = isCount ? countedText(body.toString()) : body.toString();
  const { anthropic_beta: betas = [] } = JSON.parse(text) as { anthropic_beta?: string[] };
  return {
    operation: isCount ? 'messages.count_tokens' : 'messages.create',
    model: decodeURIComponent(model),
    stream: verb === 'invoke-with-response-stream',
    betas,
    body: text,
  };
}

function countedText(text: string): string {
  const { input } = JSON.parse(text) as { input: { invokeModel: { body: string } } };
  return Buffer.from(input.invokeModel.body, 'base64').toString();
}

type Fault = Pick<EngineAsked, 'credentialFault'>;

function credentialFault(request: WireRequest, account: BedrockAccount): Fault {
  const { authorization } = request.headers;
  if (account.apiKey !== undefined) {
    return authorization === `Bearer ${account.apiKey}` ? {} : { credentialFault: 'wrong API key' };
  }
  const fault = signatureFault(request, account);
  return fault === undefined ? {} : { credentialFault: fault };
}

/** What an `authorization` header says. */
interface Authorization {
  readonly id: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  /** The names of the headers that are signed. */
  readonly names: string;
  readonly signature: string;
}

function readAuthorization(value: string): Authorization | undefined {
  return /^AWS4-HMAC-SHA256 Credential=(?<id>[^/]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request, SignedHeaders=(?<names>[^,]+), Signature=(?<signature>[0-9a-f]{64})$/.exec(
    value,
  )?.groups as Authorization | undefined;
}

/**
 * What is wrong with a signature, worked out from the documentation of Signature Version 4: the
 * canonical request, the string to sign and the key are made anew here.
 */
function signatureFault(request: WireRequest, account: BedrockAccount): string | undefined {
  const headers = request.headers as Readonly<Record<string, string | undefined>>;
  const said = readAuthorization(headers['authorization'] ?? '');
  if (said === undefined) return 'unreadable authorization';
  if (said.id !== account.accessKeyId) return 'another access key';
  if (said.region !== account.region || said.service !== 'bedrock') return 'another scope';
  const date = headers['x-amz-date'] ?? '';
  if (!isInTime(date, account) || !date.startsWith(said.day)) return `the date ${date}`;
  if (headers['x-amz-security-token'] !== account.sessionToken) return 'another session';
  const signed = said.names.split(';');
  const missing = Object.keys(headers).filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.includes(name),
  );
  if (missing.length > 0) return `unsigned ${missing.join(', ')}`;
  return signatureOf(request, said, account) === said.signature
    ? undefined
    : 'the signature does not match';
}

function signatureOf(
  { method, target, headers, body }: WireRequest,
  { day, names }: Authorization,
  { region, secretAccessKey }: BedrockAccount,
): string {
  const canonical = [
    method,
    canonicalPath(target),
    '',
    ...names
      .split(';')
      .map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = [day, region, 'bedrock', 'aws4_request'];
  const date = String(headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

/** Every part of the path that was sent is encoded once more; all services but S3 do that. */
function canonicalPath(target: string): string {
  return target
    .split('/')
    .map((part) =>
      [...Buffer.from(part)]
        .map((byte) => {
          const letter = String.fromCodePoint(byte);
          return /[\w.~-]/.test(letter)
            ? letter
            : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
        })
        .join(''),
    )
    .join('/');
}

/** A date without its separators; AWS takes what is at most five minutes off. */
function isInTime(date: string, { wallMs }: BedrockAccount): boolean {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5');
  return Math.abs(Date.parse(iso) - wallMs()) <= 300_000;
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Whether a request has something that Bedrock does not serve, worked out from all of it. */
export function isUnavailable(request: JsonObject): boolean {
  const { tools, messages } = request as {
    readonly tools?: readonly { readonly type?: string }[];
    readonly messages?: readonly unknown[];
  };
  const isMember = ['mcp_servers', 'cache_control', 'inference_geo', 'container'].some(
    (name) => (request[name] ?? null) !== null,
  );
  const isTool = (tools ?? []).some(({ type = '' }) =>
    /^(?:web_search_|web_fetch_|code_execution_|advisor_|mcp_toolset)/.test(type),
  );
  return isMember || isTool || namesUrl(messages ?? []);
}

function namesUrl(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, item]: [string, unknown]) => {
    if (name === 'input') return false;
    const isSource = name === 'source' && (item as { type?: unknown } | null)?.type === 'url';
    return isSource || namesUrl(item);
  });
}
