import { wireUsageOf } from '../../chat-form/chat-usage.ts';
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
import { KEEP_ALIVE } from './answer/write-chunk.ts';

/** Reads answers in this form that are passed on as they came: chat reference §2.10, §2.11. */
export const nativeReader: NativeReader = {
  watch: () => new ChunkWatch(),
  keepAlive: Buffer.from(KEEP_ALIVE),
  usageOf(body) {
    const state = new UsageState();
    const parsed = parseJson(textOf(body));
    if (parsed.kind === 'value' && isJsonObject(parsed.value)) note(state, parsed.value['usage']);
    return state;
  },
};

const passes: FrameVerdict = { kind: 'pass', isContent: false };
const carriesContent: FrameVerdict = { kind: 'pass', isContent: true };
const isLate: FrameVerdict = { kind: 'late' };

/** Watches the chunks of one stream go by. */
class ChunkWatch implements StreamWatch {
  readonly usage: UsageState = new UsageState();
  #failed = false;
  #isFinished = false;
  #isDone = false;

  /** The reason to finish is an end: not every sender says `[DONE]` after it. */
  get ended(): boolean {
    return this.#isDone || this.#isFinished || this.#failed;
  }

  get failed(): boolean {
    return this.#failed;
  }

  get hasStopReason(): boolean {
    return this.#isFinished;
  }

  isHalf(bytes: Uint8Array, start: number, end: number): boolean {
    return readFrame(bytes, start, end).kind === 'broken';
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
    this.#isFinished ||= choices.some((choice) => textIn(choice, 'finish_reason') !== '');
    return choices.some((choice) => hasContent(objectIn(choice, 'delta')))
      ? carriesContent
      : passes;
  }
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
