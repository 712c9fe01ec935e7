import type { ErrorType } from '../messages/errors.ts';
import { errorTable, refusalOfError } from '../messages/errors.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import type { CanonicalError } from './chat-completions/read-error.ts';
import { canonicalError } from './chat-completions/read-error.ts';
import { hideWords } from './hide-words.ts';

/** An error as a host says it: a status, and what it wrote below it. */
export interface HostError {
  readonly status: number;
  readonly text: string;
}

export interface HostErrorReading {
  /** Words that no message of an error says. */
  readonly hidden: readonly string[];
  readonly requestId: string;
  /** What a host's own words amount to: another status, or a plainer message. */
  readonly understand: (error: HostError) => HostError;
}

/**
 * An error of a host in the canonical form. Where the API's own error stands in it, at its top or
 * written out in the host's message, that is what the caller reads; API reference §12.
 */
export function readHostError(error: HostError, reading: HostErrorReading): CanonicalError {
  const { hidden, requestId, understand } = reading;
  const parsed = parseJson(error.text);
  const outer = parsed.kind === 'value' ? firstOf(parsed.value) : null;
  if (isEnvelope(outer)) return said(error.status, outer, hidden);
  const inner = wrappedEnvelope(outer);
  if (inner === undefined) return canonicalError(understand(error), hidden, requestId);
  return said(statusOf(inner.error), inner, hidden);
}

type Envelope = JsonObject & {
  readonly type: 'error';
  readonly error: JsonObject & { readonly type: string; readonly message: string };
};

function isEnvelope(value: JsonValue | undefined): value is Envelope {
  return (
    isJsonObject(value) &&
    value['type'] === 'error' &&
    isJsonObject(value['error']) &&
    typeof value['error']['type'] === 'string' &&
    typeof value['error']['message'] === 'string'
  );
}

/** The API's error, written out in the message of one of the host's. */
function wrappedEnvelope(outer: JsonValue): Envelope | undefined {
  const message = hostMessage(outer);
  const parsed = message?.startsWith('{') === true ? parseJson(message) : undefined;
  return parsed?.kind === 'value' && isEnvelope(parsed.value) ? parsed.value : undefined;
}

/** The message of an error in the forms of the hosts: `error`, or the first of `errors`. */
export function hostMessage(value: JsonValue): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const { error = null, errors = null, message = null } = value;
  const inner = firstOf(isJsonObject(error) || Array.isArray(error) ? error : errors);
  if (isJsonObject(inner) && typeof inner['message'] === 'string') return inner['message'];
  return typeof message === 'string' ? message : undefined;
}

/** Some hosts put an error into a list when a stream was asked for. */
export function firstOf(value: JsonValue): JsonValue {
  return Array.isArray(value) ? ((value as readonly JsonValue[])[0] ?? null) : value;
}

/** The status that the API itself gives with an error; one that only says it failed is a 500. */
function statusOf(error: { readonly type: string; readonly message: string }): number {
  return errorTable[refusalOfError(error).code].status;
}

function said(
  status: number,
  { error, ...envelope }: Envelope,
  hidden: readonly string[],
): CanonicalError {
  const message = hideWords(error.message, hidden);
  const body = { ...envelope, error: { ...error, type: error.type as ErrorType, message } };
  return { status, body: Buffer.from(JSON.stringify(body)) };
}
