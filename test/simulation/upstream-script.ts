import type { UpstreamKind } from './fault-kinds.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Counts as an upstream reports them; each class apart from the others. */
export interface ReportedUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** Where a part of an answer ends, and what whoever has all of it knows. */
export interface FrameMark {
  readonly endAt: number;
  /** Tokens of text up to there. */
  readonly words: number;
  readonly isContent: boolean;
  readonly says?: 'start-usage' | 'final-usage' | 'end' | 'error';
}

/** All that an upstream is going to do with one attempt. */
export interface UpstreamScript {
  readonly kind: UpstreamKind;
  readonly headDelayMs: number;
  /** Undefined where there is no answer at all. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly frames: readonly FrameMark[];
  /** Undefined where it says none that anybody could charge by. */
  readonly usage: ReportedUsage | undefined;
  /** Input and cache, as a stream says them at its start. */
  readonly startUsage: ReportedUsage | undefined;
  readonly ending: 'end' | 'cut' | 'idle-timeout';
  /** Ends of the pieces that it comes in, and how long each waits for the one before it. */
  readonly pieces: readonly { readonly endAt: number; readonly delayMs: number }[];
}

/** What a script is written for. */
export interface AskedOfUpstream {
  readonly isStream: boolean;
  readonly bodyBytes: number;
  readonly maxTokens: number;
  /** How long the answer is. */
  readonly words: number;
  readonly caches: '5m' | '1h' | undefined;
}

/** One token of the emulator's vocabulary. */
export const WORD = ' hello';
export const STALL_MS = 30_000;
/** More events than this tell nothing new. */
const FRAMES_WANTED = 25;
const BYTES_A_TOKEN = 4;

const statuses: Readonly<Partial<Record<UpstreamKind, number>>> = {
  'status-400': 400,
  'status-401': 401,
  'status-429': 429,
  'status-429-with-wait': 429,
  'status-500': 500,
  'status-503': 503,
  'status-529': 529,
};
const noAnswer: ReadonlySet<UpstreamKind> = new Set([
  'connect-refused',
  'reset-before-head',
  'first-byte-timeout',
]);

/** Writes the answer to one attempt, its faults included. */
export function writeScript(
  kind: UpstreamKind,
  asked: AskedOfUpstream,
  random: SeededRandom,
): UpstreamScript {
  const headDelayMs = random.chance(0.5) ? 0 : random.between(1, 2000);
  const empty = { headers: {}, bytes: Buffer.alloc(0), frames: [], pieces: [] };
  const none = { usage: undefined, startUsage: undefined };
  if (noAnswer.has(kind)) {
    const waitsMs = kind === 'first-byte-timeout' ? STALL_MS : headDelayMs;
    return { kind, headDelayMs: waitsMs, status: undefined, ...empty, ...none, ending: 'cut' };
  }
  const status = statuses[kind];
  if (status !== undefined) return { ...refusing(kind, status, random), kind, headDelayMs };
  const usage = usageFor(kind, asked, random);
  const answer = asked.isStream
    ? writeStream(kind, { asked, usage, random })
    : writeMessage(kind, asked, usage);
  const isCut = kind === 'breaks-off' || kind === 'reset-after-head';
  return {
    kind,
    headDelayMs,
    status: 200,
    ...answer,
    pieces: piecesOf(answer, random),
    ending: kind === 'stalls' ? 'idle-timeout' : isCut ? 'cut' : 'end',
  };
}

type Answer = Pick<UpstreamScript, 'headers' | 'bytes' | 'frames' | 'usage' | 'startUsage'>;

function refusing(
  kind: UpstreamKind,
  status: number,
  random: SeededRandom,
): Omit<UpstreamScript, 'kind' | 'headDelayMs'> {
  const error = { type: status === 529 ? 'overloaded_error' : 'api_error', message: 'No.' };
  const bytes = Buffer.from(JSON.stringify({ type: 'error', error, request_id: 'req_up' }));
  const wait = kind === 'status-429-with-wait' ? String(random.pick([1, 3, 300])) : undefined;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...(wait === undefined ? {} : { 'retry-after': wait }),
    },
    bytes,
    frames: [{ endAt: bytes.length, words: 0, isContent: false }],
    usage: undefined,
    startUsage: undefined,
    ending: 'end',
    pieces: [{ endAt: bytes.length, delayMs: 0 }],
  };
}

function usageFor(
  kind: UpstreamKind,
  { bodyBytes, words, maxTokens, caches }: AskedOfUpstream,
  random: SeededRandom,
): ReportedUsage {
  if (kind === 'usage-zero') {
    return { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
  }
  const prompt = Math.ceil(bodyBytes / BYTES_A_TOKEN);
  const cached = caches === undefined ? 0 : random.between(0, prompt);
  const isRead = random.chance(0.5);
  const isAbove = kind === 'usage-above-hold';
  return {
    input: prompt - cached + (isAbove && random.chance(0.5) ? 5000 : 0),
    output: isAbove ? maxTokens + random.between(1, 20_000) : kind === 'says-nothing' ? 0 : words,
    cacheRead: isRead ? cached : 0,
    cacheWrite5m: !isRead && caches === '5m' ? cached : 0,
    cacheWrite1h: !isRead && caches === '1h' ? cached : 0,
  };
}

/** Counts that no upstream should report: none of them is to be believed. */
const oddCounts: readonly unknown[] = [-5, 1.5, '12', 2 ** 60, 100_000_001, null, -0.5];

function usageJson(usage: ReportedUsage, odd: unknown): object {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = usage;
  return {
    input_tokens: input,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWrite5m,
      ephemeral_1h_input_tokens: cacheWrite1h,
    },
    output_tokens: odd === undefined ? output : odd,
  };
}

/** The oddest count that can follow from how long the prompt is; undefined where none is odd. */
function oddCount(kind: UpstreamKind, { input }: ReportedUsage): unknown {
  return kind === 'usage-odd' ? oddCounts[input % oddCounts.length] : undefined;
}

function writeMessage(kind: UpstreamKind, asked: AskedOfUpstream, usage: ReportedUsage): Answer {
  const isSilent = kind === 'says-nothing';
  const said = isSilent ? 0 : asked.words;
  const hasUsage = kind !== 'usage-missing';
  const message = {
    ...messageHead,
    content: isSilent ? [] : [{ type: 'text', text: WORD.repeat(said) }],
    stop_reason: isSilent ? null : 'end_turn',
    stop_sequence: null,
    ...(hasUsage ? { usage: usageJson(usage, oddCount(kind, usage)) } : {}),
  };
  const whole = kind === 'html-with-200' ? HTML : JSON.stringify(message);
  const cutAt = whole.length - (brokenKinds.has(kind) ? Math.ceil(whole.length / 3) : 0);
  const bytes = Buffer.from(kind === 'reset-after-head' ? '' : whole.slice(0, cutAt));
  const isWhole = bytes.length === whole.length && whole !== HTML;
  return {
    headers: { 'content-type': whole === HTML ? 'text/html' : 'application/json' },
    bytes,
    frames: [{ endAt: bytes.length, words: said, isContent: isWhole, says: 'final-usage' }],
    usage: isWhole && believable(kind) ? usage : undefined,
    startUsage: undefined,
  };
}

const HTML = '<html><body>502 Bad Gateway</body></html>';
const brokenKinds: ReadonlySet<UpstreamKind> = new Set([
  'stalls',
  'ends-early',
  'breaks-off',
  'error-event-first',
  'error-event-later',
  'malformed-frame',
]);

function believable(kind: UpstreamKind): boolean {
  return kind !== 'usage-missing' && kind !== 'usage-odd';
}

const messageHead = {
  id: 'msg_sim',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-6',
} as const;

interface Writing {
  readonly asked: AskedOfUpstream;
  readonly usage: ReportedUsage;
  readonly random: SeededRandom;
}

/** The events of a stream, and where each of them ends. */
class StreamText {
  readonly frames: FrameMark[] = [];
  #text = '';
  #words = 0;

  get text(): string {
    return this.#text;
  }

  add(type: string, more: object, mark: Partial<FrameMark> = {}): void {
    this.raw(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`, mark);
  }

  raw(text: string, mark: Partial<FrameMark> = {}): void {
    this.#text += text;
    this.#words += mark.words ?? 0;
    const { isContent = false, says } = mark;
    const endAt = this.#text.length;
    const more = says === undefined ? {} : { says };
    this.frames.push({ endAt, words: this.#words, isContent, ...more });
  }
}

function writeStream(kind: UpstreamKind, writing: Writing): Answer {
  if (kind === 'html-with-200') {
    return { ...noUsage, headers: eventStream, bytes: Buffer.from(HTML), frames: [] };
  }
  const stream = new StreamText();
  const { asked, usage, random } = writing;
  const hasUsage = kind !== 'usage-missing';
  const started = { ...usage, output: usage.output === 0 ? 0 : 1 };
  const start = hasUsage ? { usage: usageJson(started, undefined) } : {};
  const message = { ...messageHead, content: [], stop_reason: null, ...start };
  stream.add('message_start', { message }, { says: 'start-usage' });
  if (kind === 'error-event-first') addError(stream);
  else if (kind !== 'says-nothing') addText(stream, asked.words, random);
  const isSilent = kind === 'says-nothing';
  const reported = hasUsage ? { usage: usageJson(usage, oddCount(kind, usage)) } : {};
  const delta = { stop_reason: isSilent ? null : 'end_turn', stop_sequence: null };
  stream.add('message_delta', { delta, ...reported }, { isContent: true, says: 'final-usage' });
  stream.add('message_stop', {}, { isContent: true, says: 'end' });
  if (kind === 'goes-on-after-end') addText(stream, 3, random);
  const frames = broken(kind, stream.frames, random);
  return {
    headers: eventStream,
    bytes: bytesOf(kind, stream.text, frames),
    frames,
    usage: believable(kind) ? usage : undefined,
    startUsage: hasUsage ? usage : undefined,
  };
}

const eventStream = { 'content-type': 'text/event-stream' };
const noUsage = { usage: undefined, startUsage: undefined };

function addText(stream: StreamText, words: number, random: SeededRandom): void {
  const block = { index: 0, content_block: { type: 'text', text: '' } };
  stream.add('content_block_start', block, { isContent: true });
  if (random.chance(0.3)) stream.add('ping', {});
  const most = Math.max(random.pick([3, 30, 300]), Math.ceil(words / FRAMES_WANTED));
  for (let left = words; left > 0;) {
    const some = Math.min(left, random.between(1, most));
    const text = WORD.repeat(some);
    const delta = { index: 0, delta: { type: 'text_delta', text } };
    stream.add('content_block_delta', delta, { words: some, isContent: true });
    left -= some;
  }
  stream.add('content_block_stop', { index: 0 }, { isContent: true });
}

function addError(stream: StreamText): void {
  const error = { details: null, type: 'overloaded_error', message: 'Overloaded' };
  stream.add('error', { error, request_id: 'req_up' }, { says: 'error' });
}

/** Of the frames of a whole stream, those that come before it breaks. */
function broken(
  kind: UpstreamKind,
  frames: readonly FrameMark[],
  random: SeededRandom,
): readonly FrameMark[] {
  if (kind === 'reset-after-head') return [];
  if (!brokenKinds.has(kind) || kind === 'error-event-first') return frames;
  return frames.slice(0, random.between(1, frames.length - 1));
}

/** What a stream that breaks says last, where it is not just silent. */
function bytesOf(kind: UpstreamKind, text: string, frames: readonly FrameMark[]): Buffer {
  const endAt = frames.at(-1)?.endAt ?? 0;
  const kept = text.slice(0, endAt);
  if (kind === 'error-event-later') {
    const last = new StreamText();
    addError(last);
    return Buffer.from(kept + last.text);
  }
  if (kind === 'malformed-frame')
    return Buffer.from(`${kept}${malformed[endAt % malformed.length]}`);
  // Half of the next event: nobody may take it for a whole one.
  const half = kind === 'ends-early' || kind === 'breaks-off' ? text.slice(endAt, endAt + 20) : '';
  return Buffer.from(kept + half);
}

const malformed: readonly string[] = [
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_2"}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"te\n\n',
  'data: \u0000\u0001 not an event\n\n',
];

/** Bytes come as the network likes it: all at once, event by event, or cut anywhere. */
function piecesOf(
  { bytes, frames }: Pick<Answer, 'bytes' | 'frames'>,
  random: SeededRandom,
): UpstreamScript['pieces'] {
  const pace = random.weighted({ atOnce: 5, byEvent: 1, cut: 3 });
  const ends = new Set<number>();
  if (pace === 'byEvent') for (const { endAt } of frames.slice(0, 12)) ends.add(endAt);
  if (pace === 'cut') {
    for (let cuts = random.between(1, 5); cuts > 0; cuts -= 1) {
      ends.add(random.between(1, Math.max(1, bytes.length - 1)));
    }
  }
  if (bytes.length > 0) ends.add(bytes.length);
  const isPaced = pace !== 'atOnce' && random.chance(0.7);
  return [...ends]
    .filter((endAt) => endAt <= bytes.length)
    .toSorted((one, other) => one - other)
    .map((endAt) => ({ endAt, delayMs: isPaced ? random.between(0, 400) : 0 }));
}
