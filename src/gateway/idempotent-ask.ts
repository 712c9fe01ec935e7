import { createHash } from 'node:crypto';
import { callerHeader } from '../dialects/caller-header.ts';
import type { DecodedCall, HeaderMap } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import type { Operation } from '../messages/upstream.ts';
import type { WalkRequest } from './exchange.ts';
import { invalidKey } from './idempotent-refusals.ts';

/** What a request with an idempotency key is known by, besides its account; wallet reference §8. */
export interface IdempotentAsk {
  readonly key: string;
  /** Method, form and path: the same key may be used for another thing. */
  readonly scope: string;
  /** Of the body and of what else decides what is asked for. */
  readonly fingerprint: string;
}

/**
 * What may cost something, or makes something. Counting tokens, and everything that only reads, gives
 * the same however often it is asked, so there a key says nothing.
 */
const answeredOnce: ReadonlySet<Operation> = new Set([
  'messages.create',
  'complete.create',
  'batches.create',
]);

const IDEMPOTENCY_KEY = 'idempotency-key';
/** Visible ASCII: draft-ietf-httpapi-idempotency-key-header-07 has a string, in its quotes or not. */
const wellFormed = /^[\x21-\x7e]{1,255}$/;

/**
 * The idempotency key of a request, or why it is none; undefined where there is none that counts.
 * What the gateway does on behalf of a key is a part of something else, which has a key or not.
 */
export function readIdempotentAsk(
  { operation, onBehalf, headers, upstreamName, ...request }: WalkRequest,
  call: DecodedCall,
  body: Uint8Array,
): IdempotentAsk | Refusal | undefined {
  if (onBehalf !== undefined || !answeredOnce.has(operation)) return undefined;
  const { dialect, method, upstreamPath, target } = request;
  const { model, gateway, dynamicRoute } = call;
  return idempotentAskOf(headers, body, {
    scope: [method, dialect.name, upstreamPath, ...Object.values(target?.params ?? {})],
    // In some forms the model and the gateway stand outside of the body.
    beside: [
      model,
      gateway?.id,
      dynamicRoute?.name,
      ...(upstreamName === undefined ? [] : [upstreamName]),
    ],
  });
}

interface AskedPlace {
  readonly scope: readonly string[];
  /** What is asked for besides what body and usual headers say. */
  readonly beside: readonly (string | undefined)[];
}

/** The same of what is asked at a place of its own. */
export function idempotentAskOf(
  headers: HeaderMap,
  body: Uint8Array,
  { scope, beside }: AskedPlace,
): IdempotentAsk | Refusal | undefined {
  const key = callerHeader(headers, IDEMPOTENCY_KEY);
  if (key === undefined) return undefined;
  if (!wellFormed.test(key)) return invalidKey();
  const heads = ['anthropic-version', 'anthropic-beta'].map((name) => callerHeader(headers, name));
  return {
    key,
    scope: scope.join(' '),
    fingerprint: fingerprintOf([...heads, ...beside], body),
  };
}

/** The digest of a body and of words beside it, none of which can be taken for a part of another. */
export function fingerprintOf(words: readonly (string | undefined)[], body: Uint8Array): string {
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify(words.map((word) => word ?? null))}\n`);
  return hash.update(body).digest('hex');
}
