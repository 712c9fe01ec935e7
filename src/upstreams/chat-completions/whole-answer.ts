import type { Refusal } from '../../messages/errors.ts';
import { refusal, refusalOfError } from '../../messages/errors.ts';
import type { MessagesEvent } from '../../messages/events.ts';
import { eventText } from '../../messages/events.ts';
import { EventFold } from '../../messages/fold-events.ts';
import { parseJson, textOf } from '../../std/json.ts';
import { AnswerDecoder } from './answer-decoder.ts';
import type { EngineStreamOptions } from './engine-stream.ts';
import { EngineStream } from './engine-stream.ts';

/** An answer that is there as a whole, in the form that its caller asked for. */
export interface WholeAnswer {
  readonly kind: 'whole';
  readonly body: Uint8Array;
  readonly isUsageEstimated: boolean;
}

export interface WholeAnswerOptions extends EngineStreamOptions {
  /** Whether the engine answered with a stream. */
  readonly isEventStream: boolean;
  /** Whether the caller asked for one. */
  readonly asksStream: boolean;
}

/** What an engine says in the place of an answer that is there: an error of its own. */
export interface SaidError {
  readonly kind: 'said-error';
  readonly said: Refusal;
}

/** Reads the whole answer of an engine. Both of its forms go through the same mapping. */
export function decodeWholeAnswer(
  bytes: Uint8Array,
  options: WholeAnswerOptions,
): WholeAnswer | SaidError | Refusal {
  const events: MessagesEvent[] = [];
  const emit = (event: MessagesEvent): void => {
    events.push(event);
  };
  const read = options.isEventStream
    ? readStream(bytes, options, emit)
    : readOnePiece(bytes, options, emit);
  if ('kind' in read) return read;
  const { isUsageEstimated } = read;
  if (options.asksStream) {
    const text = events.map((event) => eventText(event)).join('');
    return { kind: 'whole', body: Buffer.from(text), isUsageEstimated };
  }
  const fold = new EventFold();
  for (const event of events) fold.take(event);
  const folded = fold.result();
  switch (folded.kind) {
    case 'message':
      return {
        kind: 'whole',
        body: Buffer.from(JSON.stringify(folded.message)),
        isUsageEstimated,
      };
    case 'failed':
      return { kind: 'said-error', said: refusalOfError(folded.error) };
    case 'incomplete':
      return refusal('upstream_truncated');
  }
}

type Read = { readonly isUsageEstimated: boolean } | SaidError | Refusal;

function readStream(
  bytes: Uint8Array,
  options: WholeAnswerOptions,
  emit: (event: MessagesEvent) => void,
): Read {
  const stream = new EngineStream(options, emit);
  stream.push(bytes);
  stream.end();
  return { isUsageEstimated: stream.isUsageEstimated };
}

function readOnePiece(
  bytes: Uint8Array,
  { facts }: WholeAnswerOptions,
  emit: (event: MessagesEvent) => void,
): Read {
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind === 'malformed') {
    return refusal('upstream_failed', 'The upstream sent a broken answer: its body is no JSON.');
  }
  const decoder = new AnswerDecoder(facts, emit);
  const failed = decoder.take(parsed.value) ?? decoder.finishWhole();
  if (failed !== undefined) return { kind: 'said-error', said: failed };
  return { isUsageEstimated: decoder.isUsageEstimated };
}
