import type { ErrorCode, Refusal } from '../messages/errors.ts';
import { errorTable, refusal } from '../messages/errors.ts';
import { readRetryAfterMs } from '../messages/read-retry-after.ts';
import type { JsonObject } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import { complainedParam } from './complained-param.ts';
import type { ErrorAnswer } from './dialect.ts';

/** The request of a translated form that an upstream refused. */
export interface RefusedRequest {
  /** Whether the registry has the model: an upstream that does not is then at fault, not the caller. */
  readonly isKnownModel: boolean;
  /** As the caller named it. */
  readonly model: string;
  /** The request's top-level fields, to tell which of them an upstream's complaint is about. */
  readonly fields: ReadonlySet<string>;
}

/** What is known of an upstream's no. */
interface UpstreamNo {
  readonly status: number;
  /** In the upstream's words; undefined where it has none that a caller could read. */
  readonly text: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/**
 * What a caller of a translated form is told of an upstream's answer that is an error; chat
 * reference §2.12.
 */
export function refuseAnswer(
  { status, headers, body }: ErrorAnswer,
  asked: RefusedRequest,
): Refusal {
  const parsed = parseJson(textOf(body));
  const said = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : undefined;
  const retryAfterMs = readRetryAfterMs(headers);
  return refuse({ status, text: said && saidText(said), retryAfterMs }, asked);
}

/** The same of an error that an upstream's stream says of itself. */
export function refuseError(said: Refusal, asked: RefusedRequest): Refusal {
  const { status } = errorTable[said.code];
  return refuse({ status, text: said.detail, retryAfterMs: said.retryAfterMs }, asked);
}

function refuse(no: UpstreamNo, asked: RefusedRequest): Refusal {
  const { code, reason, text, fallback } = byStatus.get(no.status) ?? byClass(no.status);
  if (code === 'invalid_request') return refuseRequest(no, asked);
  if (no.status === 404) return refuseModel(asked);
  const { retryAfterMs } = no;
  return refusal(code, text ?? (no.text === undefined ? fallback : withoutSecrets(no.text)), {
    ...(reason === undefined ? {} : { reason }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** What a status of an upstream amounts to. */
interface Meaning {
  readonly code: ErrorCode;
  readonly reason?: string;
  /** Said in the place of the upstream's words, which are not for callers. */
  readonly text?: string;
  /** Said where it has none. */
  readonly fallback?: string;
}

const ownersAccount: Meaning = {
  code: 'upstream_failed',
  reason: 'upstream_auth',
  text: 'The upstream refused the account that the gateway uses there. Its owner has to put that right.',
};
const upstreamError: Meaning = {
  code: 'upstream_failed',
  reason: 'upstream_error',
  fallback: 'The upstream failed to answer the request.',
};

const byStatus: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [400, { code: 'invalid_request' }],
  [401, ownersAccount],
  [402, ownersAccount],
  [403, ownersAccount],
  [404, { code: 'not_found' }],
  [408, { code: 'upstream_timeout' }],
  [413, { code: 'request_too_large' }],
  [422, { code: 'invalid_request' }],
  [
    429,
    {
      code: 'rate_limited',
      reason: 'upstream_rate_limited',
      fallback: 'The upstream limits the rate of requests. Please try again later.',
    },
  ],
  [500, { ...upstreamError, code: 'internal' }],
  [503, { ...upstreamError, code: 'unavailable' }],
  [504, { code: 'upstream_timeout' }],
  [529, { code: 'overloaded' }],
]);

/** Other refusals are about the request; everything else is no answer at all. */
function byClass(status: number): Meaning {
  return status >= 400 && status < 500 ? { code: 'invalid_request' } : upstreamError;
}

function refuseRequest({ text }: UpstreamNo, { fields }: RefusedRequest): Refusal {
  if (text === undefined) return refusal('invalid_request');
  // The API has no code of its own for this, and clients shorten the conversation when they read
  // one; those that see nothing but the message look for the words of this form.
  if (text.startsWith('prompt is too long')) {
    const detail = `This model's maximum context length is exceeded: ${withoutSecrets(text)}`;
    return refusal('invalid_request', detail, {
      reason: 'context_length_exceeded',
      param: 'messages',
    });
  }
  const param = complainedParam(text, fields);
  return refusal('invalid_request', withoutSecrets(text), param === undefined ? {} : { param });
}

/** An upstream without a model of the registry is set up wrongly; one that nobody knows is not there. */
function refuseModel({ isKnownModel, model }: RefusedRequest): Refusal {
  if (isKnownModel) {
    const text = `The upstream does not have what the model "${model}" stands for.`;
    return refusal('upstream_failed', text, { reason: 'upstream_model' });
  }
  const text = `The model "${model}" does not exist, or this key has no access to it.`;
  return refusal('not_found', text, { reason: 'model_not_found', param: 'model' });
}

function saidText(body: JsonObject): string | undefined {
  const { error } = body;
  const text = error !== undefined && isJsonObject(error) ? error['message'] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** A scheme has an end: a text without one would be searched to its own from every letter. */
const address = /[a-z][a-z0-9+.-]{0,31}:\/\/[^\s"'<>)\]}]+/gi;
const credential = /\b(?:sk|pk|qtn)[-_][A-Za-z0-9_-]{8,}|\bBearer\s+[^\s"',]+/gi;

/** Where an upstream stands and what opens it is not for callers to read, whoever wrote it there. */
function withoutSecrets(text: string): string {
  return text.replaceAll(address, '[address]').replaceAll(credential, '[redacted]');
}
