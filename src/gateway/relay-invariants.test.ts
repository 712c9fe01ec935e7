import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../test/support/chat-answer.ts';
import {
  blockStart,
  blockStop,
  errorOf,
  messageDelta,
  messageStart,
  messageStop,
  textDelta,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { nativeReader } from '../dialects/chat-completions/native-reader.ts';
import { StreamEncoder } from '../dialects/chat-completions/stream-encoder.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { EventSequence } from '../messages/event-sequence.ts';
import { FrameSplitter } from '../messages/split-frames.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { RelayOptions, StreamEnd } from './relay-options.ts';
import { RelayStream } from './relay-stream.ts';

/**
 * The invariants of streams (reliability §4.3) over any events in any order, cut anywhere, with any
 * end: S1 to S5, S7 and S8. S6 is measured over sockets in test/e2e/client-gone.test.ts.
 */

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, finish: string | null = null): string =>
  data({ choices: [{ index: 0, delta, finish_reason: finish }] });

/** One form of a stream, and how it is read. */
interface RelayedForm {
  /** A stream as it should be, event by event. */
  readonly whole: readonly string[];
  /** What may stand anywhere in it besides. */
  readonly strays: readonly string[];
  readonly options: () => Partial<RelayOptions>;
  /** What our error event looks like. */
  readonly ours: string;
  readonly starts: RegExp;
  readonly ends: RegExp;
  readonly errors: RegExp;
  /** Whether what goes out is what came in. */
  readonly isVerbatim: boolean;
  /** Whether an end may follow what came in: it was said, or it is all that is missing. */
  readonly mayEnd: (said: string) => boolean;
}

/** Whether its last block is closed, where it has one. */
const closesBlocks = (said: string): boolean =>
  said.lastIndexOf(blockStart) <= said.lastIndexOf(blockStop);

// As the upstream spells it: the relay's own can be told from it.
const upstreamPing = 'event: ping\ndata: {"type":"ping"}\n\n';
const canonical = {
  whole: [
    messageStart,
    upstreamPing,
    blockStart,
    textDelta('Hello, '),
    textDelta('wörld 🌍'),
    blockStop,
    messageDelta,
    messageStop,
  ],
  strays: [
    messageStart,
    blockStart,
    blockStop,
    textDelta('again'),
    messageDelta,
    messageStop,
    upstreamPing,
    errorOf('overloaded_error', 'Overloaded'),
    ': a comment\n\n',
    'event: hum\ndata: {"type":"hum"}\n\n',
    'event: content_block_delta\ndata: {"type":"content_bl\n\n',
    '<html>\n\n',
    `data: ${'x'.repeat(1_048_600)}\n\n`,
  ],
  mayEnd: (said: string): boolean => {
    if (said.includes(messageStop)) return true;
    const befores = said.split(messageDelta).slice(0, -1);
    return befores.some((_part, at) => closesBlocks(befores.slice(0, at + 1).join('')));
  },
} as const;

const forms: readonly (readonly [string, RelayedForm])[] = [
  [
    'the canonical form',
    {
      ...canonical,
      options: () => ({}),
      ours: 'event: error\ndata: {"ours":1}\n\n',
      starts: /^event: message_start$/gm,
      ends: /^event: message_stop$/gm,
      errors: /^event: error$/gm,
      isVerbatim: true,
    },
  ],
  [
    'Chat Completions, translated',
    {
      ...canonical,
      options: () => {
        const encoder = new StreamEncoder(shapeOf({ isStream: true }));
        return { encoder, keepAlive: encoder.keepAlive };
      },
      ours: 'data: {"error":{"ours":1}}\n\n',
      starts: /"role":"assistant"/g,
      ends: /^data: \[DONE\]$/gm,
      errors: /^data: \{"error"/gm,
      isVerbatim: false,
    },
  ],
  [
    'Chat Completions, as it came',
    {
      whole: [
        chunk({ role: 'assistant', content: '' }),
        chunk({ content: 'Grüße ' }),
        chunk({ content: '🌍' }),
        chunk({}, 'stop'),
        data({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 7 } }),
        'data: [DONE]\n\n',
      ],
      strays: [
        chunk({ content: 'more' }),
        'data: [DONE]\n\n',
        ': a comment\n\n',
        data({ error: { message: 'Busy', code: 503 } }),
        'data: {"choices":[\n\n',
      ],
      options: () => ({ watch: nativeReader.watch(true), keepAlive: nativeReader.keepAlive }),
      ours: 'data: {"error":{"ours":1}}\n\n',
      starts: /(?!)/g,
      ends: /^data: \[DONE\]$/gm,
      errors: /^data: \{"error"/gm,
      isVerbatim: true,
      mayEnd: (said) =>
        said.includes('[DONE]') || (said.includes('"stop"') && said.includes('usage')),
    },
  ],
];

const finals = ['end', 'cut', 'idle-timeout', 'gone', 'shutdown', 'silence'] as const;
type Final = (typeof finals)[number];

interface Played {
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly clock: ManualClock;
  readonly ends: readonly StreamEnd[];
  readonly verdict: 'content' | Refusal;
}

interface Script {
  readonly pieces: readonly Buffer[];
  readonly final: Final;
  /** How many pieces come before somebody takes the answer. */
  readonly openAfter: number;
}

const finish: Readonly<Record<Final, (relay: RelayStream, rig: Rig) => void>> = {
  end: (_relay, { source }) => {
    source.sink.end();
  },
  cut: (_relay, { source }) => {
    source.sink.fail({ kind: 'cut', detail: '' });
  },
  'idle-timeout': (_relay, { source }) => {
    source.sink.fail({ kind: 'idle-timeout', detail: '' });
  },
  gone: (relay) => {
    relay.cancel();
  },
  shutdown: (relay) => {
    relay.cut(refusal('unavailable'));
  },
  silence: (_relay, { source, clock }) => {
    clock.advance(40_000);
    if (source.cancelled === 0) source.sink.fail({ kind: 'idle-timeout', detail: '' });
  },
};

interface Rig {
  readonly source: FedSource;
  readonly clock: ManualClock;
}

async function play(form: RelayedForm, { pieces, final, openAfter }: Script): Promise<Played> {
  const source = new FedSource();
  const sink = new NotingSink();
  const clock = new ManualClock();
  const ends: StreamEnd[] = [];
  const relay = new RelayStream(source, {
    clock,
    encodeErrorEvent: () => Buffer.from(form.ours),
    onOddEvent: () => {},
    onOver: (end) => ends.push(end),
    ...form.options(),
  });
  let verdict: 'content' | Refusal | undefined;
  const begun = relay.firstContent().then((said) => {
    verdict = said;
  });
  let isOpen = false;
  const open = (): void => {
    if (!isOpen && verdict === 'content') relay.open(sink);
    isOpen ||= verdict === 'content';
  };
  for (const [index, piece] of pieces.entries()) {
    source.say(piece);
    if (index < openAfter) continue;
    await Promise.resolve();
    await Promise.resolve();
    open();
  }
  finish[final](relay, { source, clock });
  await begun;
  open();
  return { source, sink, clock, ends, verdict: verdict ?? 'content' };
}

/** What came before the end, whole events only, in its order; undefined where an event is none. */
function framesOf(bytes: Buffer): readonly string[] {
  const frames: string[] = [];
  const violations: string[] = [];
  const sequence = new EventSequence();
  const splitter = new FrameSplitter((type, frame, start, end) => {
    const violation = sequence.next(type);
    if (violation !== undefined && violation.kind !== 'odd') violations.push(violation.detail);
    frames.push(Buffer.from(frame.subarray(start, end)).toString());
  });
  const complete = splitter.push(bytes)?.length ?? 0;
  // The last one may lack its blank line, as it did when it came.
  const rest = splitter.end()?.length ?? 0;
  expect(complete + rest).toBe(bytes.length);
  expect(violations).toEqual([]);
  return frames;
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

const relayPings = ['event: ping\ndata: {"type": "ping"}\n\n'];

/** S5: what is not ours is what came in, from its start on. */
function expectPrefix(form: RelayedForm, text: string, said: string): void {
  let rest = text.replace(form.ours, '');
  for (const ping of [...relayPings, ...(form === forms[2]?.[1] ? [': ping\n\n'] : [])]) {
    rest = rest.replaceAll(ping, '');
  }
  const [last = ''] = rest.match(/[^\n]*\n[^\n]*\n\n$|[^\n]*\n\n$/) ?? [];
  const isPrefix =
    said.startsWith(rest) || `${said}\n\n`.startsWith(rest.slice(0, rest.length - last.length));
  expect(isPrefix).toBe(true);
}

/** What the upstream said, and whether the client had gone. */
interface Fed {
  readonly said: string;
  readonly isGone: boolean;
}

/** S7 and S8, and the rest for what went out. */
function expectInvariants(form: RelayedForm, played: Played, fed: Fed): void {
  const { sink, ends, verdict, source, clock } = played;
  // S8 and S7: told once, nothing left behind, and the upstream let go.
  const isRefused = verdict !== 'content';
  expect(ends).toHaveLength(isRefused ? 0 : 1);
  expect(source.cancelled).toBeGreaterThan(0);
  expect(clock.pendingTimers).toBe(0);
  expect(isRefused ? sink.text : '').toBe('');
  if (!isRefused) expectWhole(form, played, fed);
}

/** S1 to S5. */
function expectWhole(form: RelayedForm, { sink, ends }: Played, { said, isGone }: Fed): void {
  const { text } = sink;
  const frames = framesOf(sink.bytes);
  const [starts, stops, errors] = [form.starts, form.ends, form.errors].map((pattern) =>
    count(text, pattern),
  );
  // S1: one start, one end or one error, never both; none for who has gone.
  expect(starts).toBeLessThanOrEqual(1);
  expect((stops ?? 0) + (errors ?? 0)).toBeGreaterThanOrEqual(isGone ? 0 : 1);
  expect((stops ?? 0) + (errors ?? 0)).toBeLessThanOrEqual(1);
  // S2: nothing follows it that a client reads.
  const lastAt = frames.findIndex(
    (frame) => count(frame, form.ends) + count(frame, form.errors) > 0,
  );
  const after = lastAt < 0 ? [] : frames.slice(lastAt + 1);
  expect(after.filter((frame) => /^(?:data|event):/m.test(frame))).toEqual([]);
  // S4: an end was said, or is all that was missing.
  expect(stops === 0 || form.mayEnd(said)).toBe(true);
  expect(stops).toBe(isGone ? stops : ends[0]?.kind === 'complete' ? 1 : 0);
  // S3 and S5.
  if (form.isVerbatim) expectPrefix(form, text, said);
}

describe.each(forms)('%s', (_name, form) => {
  const stray = fc.record({ at: fc.nat({ max: 9 }), event: fc.constantFrom(...form.strays) });
  const script = fc.record({
    kept: fc.nat({ max: form.whole.length }),
    strays: fc.array(stray, { maxLength: 2 }),
    dropped: fc.option(fc.nat({ max: form.whole.length }), { freq: 4, nil: undefined }),
    tail: fc.nat({ max: 40 }),
    cuts: fc.array(fc.nat({ max: 5000 }), { maxLength: 6 }),
    final: fc.constantFrom(...finals),
    openAfter: fc.nat({ max: 3 }),
  });

  test('S1 to S5, S7, S8: whatever comes, in whatever order, however it ends', async () => {
    await fc.assert(
      fc.asyncProperty(script, async ({ kept, strays, dropped, tail, cuts, final, openAfter }) => {
        const events = form.whole.slice(0, kept).filter((_event, at) => at !== dropped);
        for (const { at, event } of strays) events.splice(at, 0, event);
        // The next event comes in part.
        const half = (form.whole[kept] ?? '').slice(0, tail);
        const bytes = Buffer.from(events.join('') + half);
        const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
        const sorted = edges.toSorted((one, other) => one - other);
        const pieces = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
        const played = await play(form, { pieces, final, openAfter });
        expectInvariants(form, played, { said: bytes.toString(), isGone: final === 'gone' });
      }),
      { numRuns: 700 },
    );
  });
});
