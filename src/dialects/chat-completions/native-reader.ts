import { wireUsageOf } from '../../chat-form/chat-usage.ts';
import { readStop } from '../../chat-form/read-stop.ts';
import type { ErrorCode, Refusal } from '../../messages/errors.ts';
import { refusal, refusalOfError } from '../../messages/errors.ts';
import type { FrameType } from '../../messages/frame.ts';
import { frameJson } from '../../messages/frame.ts';
import type { FrameVerdict, StreamWatch } from '../../messages/stream-watch.ts';
import { UsageState } from '../../messages/usage.ts';
import type { JsonObject, JsonValue } from '../../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import type { NativeReader } from '../dialect.ts';
import { objectIn, objectsIn, textIn } from './answer/event-fields.ts';
import { DONE, KEEP_ALIVE } from './answer/write-chunk.ts';

/** Reads answers in this form that are passed on as they came: chat reference §2.10, §2.11. */
export const nativeReader: NativeReader = {
  watch: (expectsUsage = false) => new ChunkWatch(expectsUsage),
  keepAlive: Buffer.from(KEEP_ALIVE),
  whole(body) {
    const usage = new UsageState();
    const parsed = parseJson(textOf(body));
    if (parsed.kind !== 'value' || !isJsonObject(parsed.value)) {
      return { usage, stopReason: undefined };
    }
    note(usage, parsed.value['usage']);
    const first = objectsIn(parsed.value, 'choices').find((choice) => isFirst(choice));
    return { usage, stopReason: first && readStop(first)?.reason };
  },
};

const passes: FrameVerdict = { kind: 'pass', isContent: false };
const carriesContent: FrameVerdict = { kind: 'pass', isContent: true };
const isLate: FrameVerdict = { kind: 'late' };
const END_MARK: Uint8Array = Buffer.from(DONE);
/** More are not asked for: what else is said of choices is not remembered. */
const CHOICES_MAX = 128;

/** Watches the chunks of one stream go by. */
class ChunkWatch implements StreamWatch {
  readonly usage: UsageState = new UsageState();
  readonly endMark: Uint8Array = END_MARK;
  readonly #expectsUsage: boolean;
  /** Indexes of the choices that there are, and of those that said their reason to finish. */
  readonly #seen = new Set<JsonValue>();
  readonly #finished = new Set<JsonValue>();
  #stopReason: string | undefined;
  #failed = false;
  #isDone = false;

  constructor(expectsUsage: boolean) {
    this.#expectsUsage = expectsUsage;
  }

  get ended(): boolean {
    return this.#isDone || this.#failed;
  }

  /** Not every sender says `[DONE]` once every choice has finished and the usage is told. */
  get lacksOnlyEnd(): boolean {
    const areFinished = this.#finished.size > 0 && this.#finished.size === this.#seen.size;
    return areFinished && !this.ended && (!this.#expectsUsage || this.usage.isFinal);
  }

  get failed(): boolean {
    return this.#failed;
  }

  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  get hasStopReason(): boolean {
    return this.#finished.size > 0;
  }

  isHalf(bytes: Uint8Array, start: number, end: number): boolean {
    const { kind } = readFrame(bytes, start, end);
    return kind === 'broken' || kind === 'comment';
  }

  next(_type: FrameType, bytes: Uint8Array, start: number, end: number): FrameVerdict {
    const frame = readFrame(bytes, start, end);
    if (frame.kind === 'comment') return passes;
    if (this.#isDone || this.#failed) return isLate;
    if (frame.kind === 'done') {
      this.#isDone = true;
      return passes;
    }
    if (frame.kind === 'broken') return { kind: 'broken', detail: frame.detail };
    return this.#readChunk(frame.chunk);
  }

  #readChunk(chunk: JsonObject): FrameVerdict {
    const { error } = chunk;
    if (error !== undefined && error !== null) {
      this.#failed = true;
      return { kind: 'error', said: refusalOf(error) };
    }
    note(this.usage, chunk['usage']);
    const choices = objectsIn(chunk, 'choices');
    for (const choice of choices) this.#noteChoice(choice);
    return choices.some((choice) => hasContent(objectIn(choice, 'delta')))
      ? carriesContent
      : passes;
  }

  #noteChoice(choice: JsonObject): void {
    const index = choice['index'] ?? 0;
    if (this.#seen.size >= CHOICES_MAX && !this.#seen.has(index)) return;
    this.#seen.add(index);
    if (textIn(choice, 'finish_reason') === '') return;
    this.#finished.add(index);
    if (isFirst(choice)) this.#stopReason ??= readStop(choice)?.reason;
  }
}

/** Of several answers to one request the first is what its record speaks of. */
function isFirst(choice: JsonObject): boolean {
  return (choice['index'] ?? 0) === 0;
}

type Frame =
  | { readonly kind: 'comment' }
  | { readonly kind: 'done' }
  | { readonly kind: 'chunk'; readonly chunk: JsonObject }
  | { readonly kind: 'broken'; readonly detail: string };

const DATA = Buffer.from('data:');
const doneLine = /^data: ?\[DONE\]\s*$/m;

function readFrame(bytes: Uint8Array, start: number, end: number): Frame {
  const parsed = frameJson(bytes, start, end);
  if (parsed.kind === 'value') {
    return isJsonObject(parsed.value)
      ? { kind: 'chunk', chunk: parsed.value }
      : { kind: 'broken', detail: 'a chunk that is no JSON object' };
  }
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  if (!frame.includes(DATA)) return { kind: 'comment' };
  if (doneLine.test(frame.toString('utf8'))) return { kind: 'done' };
  return { kind: 'broken', detail: 'a chunk that is no JSON' };
}

function note(state: UsageState, reported: JsonValue | undefined): void {
  const usage = wireUsageOf(reported);
  if (usage !== undefined) state.mergeFinal({ ...usage });
}

/** Whether anything of the answer is in a delta: its role is not, and neither is an empty text. */
function hasContent(delta: JsonObject): boolean {
  return Object.entries(delta).some(([name, value]) => name !== 'role' && !isEmpty(value));
}

function isEmpty(value: JsonValue): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Senders of this form say what went wrong by status, by `type` or by `code`. */
const codesByStatus: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [400, 'invalid_request'],
  [401, 'unauthenticated'],
  [402, 'billing'],
  [403, 'permission_denied'],
  [404, 'not_found'],
  [408, 'upstream_timeout'],
  [413, 'request_too_large'],
  [422, 'invalid_request'],
  [429, 'rate_limited'],
  [503, 'overloaded'],
  [504, 'upstream_timeout'],
  [529, 'overloaded'],
]);

function refusalOf(error: JsonValue): Refusal {
  if (!isJsonObject(error))
    return refusal('internal', typeof error === 'string' ? error : undefined);
  const { code, message } = error;
  const status = typeof code === 'string' || typeof code === 'number' ? Number(code) : Number.NaN;
  const known = codesByStatus.get(status);
  if (known === undefined) return refusalOfError(error);
  return refusal(known, typeof message === 'string' ? message : undefined);
}
