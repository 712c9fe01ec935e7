import type { Refusal } from '../messages/errors.ts';
import { refusal, refusalOfError } from '../messages/errors.ts';
import type { MessagesEvent } from '../messages/events.ts';
import { EventFold } from '../messages/fold-events.ts';
import { readEvent } from '../messages/frame.ts';
import type { Message } from '../messages/response.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import { EventWatch } from '../messages/stream-watch.ts';
import { UsageState } from '../messages/usage.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';

export type FoldedAnswer =
  | {
      readonly kind: 'message';
      readonly message: Message;
      readonly isCallCut?: true;
      readonly usage: UsageState;
    }
  /** The stream said that it failed. */
  | { readonly kind: 'failed'; readonly said: Refusal; readonly usage: UsageState }
  /** It has no end, or is none that could be read. */
  | { readonly kind: 'broken'; readonly said: Refusal; readonly usage: UsageState };

/** The message in an upstream's answer, whether that came in one piece or as a stream of events. */
export function foldAnswer(bytes: Uint8Array, isEventStream: boolean): FoldedAnswer {
  return isEventStream ? foldEvents(bytes) : readMessage(bytes);
}

function readMessage(bytes: Uint8Array): FoldedAnswer {
  const usage = new UsageState();
  const parsed = parseJson(textOf(bytes));
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) {
    return broken('its body is no JSON object', usage);
  }
  if (!Array.isArray(parsed.value['content'])) return broken('its body is no message', usage);
  usage.mergeFinal(parsed.value['usage']);
  return { kind: 'message', message: parsed.value as unknown as Message, usage };
}

function foldEvents(bytes: Uint8Array): FoldedAnswer {
  const watch = new EventWatch();
  const fold = new EventFold();
  let wrong: string | undefined;
  const splitter = new FrameSplitter((type, frame, start, end) => {
    const verdict = watch.next(type, frame, start, end);
    if (verdict.kind === 'broken') wrong ??= verdict.detail;
    if (wrong !== undefined || verdict.kind === 'late') return;
    if (type === 'none' || type === 'other') return;
    const read = readEvent(type, frame, start, end);
    if (read.kind === 'unreadable') wrong = read.detail;
    else wrong = takeEvent(fold, read.event as unknown as MessagesEvent);
  });
  splitter.push(bytes);
  splitter.end();
  const { usage } = watch;
  wrong ??= splitter.fault;
  if (wrong !== undefined) return broken(wrong, usage);
  const folded = fold.result();
  if (folded.kind === 'message') return { ...folded, usage };
  if (folded.kind === 'failed') {
    return { kind: 'failed', said: refusalOfError(folded.error), usage };
  }
  return { kind: 'broken', said: refusal('upstream_truncated'), usage };
}

/** What a stream that broke had said of its usage by then. */
export function usageOfEvents(chunks: readonly Uint8Array[]): UsageState {
  const watch = new EventWatch();
  const splitter = new FrameSplitter((type, frame, start, end) => {
    watch.next(type, frame, start, end);
  });
  for (const chunk of chunks) splitter.push(chunk);
  return watch.usage;
}

/** An event that does not hold what its type says is the upstream's fault, and no reason to fall over. */
function takeEvent(fold: EventFold, event: MessagesEvent): string | undefined {
  try {
    fold.take(event);
    return undefined;
  } catch {
    return `an event ${event.type} that does not fit`;
  }
}

function broken(detail: string, usage: UsageState): FoldedAnswer {
  const text = `The upstream sent a broken answer: ${detail}.`;
  const said = refusal('upstream_failed', text, { reason: 'upstream_error' });
  return { kind: 'broken', said, usage };
}
