import type { NativeWhole } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import { UsageState } from '../messages/usage.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import type { AttemptedExchange } from './exchange.ts';

/** What an answer in one piece says of itself. */
export interface WholeAnswer {
  readonly usage: UsageState;
  readonly isEmpty: boolean;
  /** Why the model stopped, in the canonical form's words; undefined where it does not say. */
  readonly stopReason?: string | undefined;
  readonly answer: Uint8Array;
  /** Whether it is an answer at all: a page of some proxy is none, and nobody pays for it. */
  readonly isMessage: boolean;
  /** Whether it is a page, as somebody on the way sends one in the place of an answer. */
  readonly isPage: boolean;
}

/** What some proxy on the way says is no answer, whatever status it has; reliability §2.2. */
const noMessage: Refusal = refusal(
  'upstream_failed',
  'The upstream sent something that is no message.',
  { reason: 'upstream_error' },
);

/** Says in the log that an upstream sent no message, and what its caller is told. */
export function noteNoMessage({ walk, request, upstream }: AttemptedExchange): Refusal {
  walk.log.warn('answer_failed', {
    requestId: request.id,
    upstream: upstream.name,
    kind: 'no-message',
  });
  return noMessage;
}

/** How far in a page shows that it is one. */
const PAGE_LOOK_BYTES = 64;

/** Reads it without parsing the text around what is looked for. */
export function readWholeAnswer(
  bytes: Uint8Array,
  { settings, call }: AttemptedExchange,
  { form }: Pick<UpstreamAnswer, 'form'>,
): WholeAnswer {
  if (form !== undefined) {
    const { usage, stopReason } = call.encoder?.native?.whole(bytes) ?? unread();
    return { usage, isEmpty: false, stopReason, answer: bytes, isMessage: true, isPage: false };
  }
  const scan = scanJsonObject(bytes, settings.jsonBounds);
  const found = (name: string): JsonValue | undefined => {
    const span = scan.kind === 'object' ? scan.members.get(name) : undefined;
    return span && parsedOrUndefined(textOf(bytes, span.start, span.end));
  };
  // Deeper than requests may be, an answer is one all the same.
  const parsed = scan.kind === 'object' ? undefined : objectIn(bytes);
  const member = (name: string): JsonValue | undefined => parsed?.[name] ?? found(name);
  const usage = new UsageState();
  usage.mergeFinal(member('usage'));
  const reason = member('stop_reason');
  const stopReason = typeof reason === 'string' ? reason : undefined;
  const isEmpty = usage.usage.outputTokens === 0 && stopReason === undefined;
  const isMessage =
    scan.kind === 'object' ? scan.members.has('content') : Array.isArray(parsed?.['content']);
  const isPage =
    scan.kind !== 'object' &&
    /^\s*</.test(textOf(bytes, 0, Math.min(bytes.length, PAGE_LOOK_BYTES)));
  return { usage, isEmpty, stopReason, answer: bytes, isMessage, isPage };
}

function unread(): NativeWhole {
  return { usage: new UsageState(), stopReason: undefined };
}

function objectIn(bytes: Uint8Array): JsonObject | undefined {
  const value = parsedOrUndefined(textOf(bytes));
  return value !== undefined && isJsonObject(value) ? value : undefined;
}

function parsedOrUndefined(text: string): JsonValue | undefined {
  const parsed = parseJson(text);
  return parsed.kind === 'value' ? parsed.value : undefined;
}
