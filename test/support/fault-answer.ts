import type { SeededRandom } from '../simulation/seeded-random.ts';

/**
 * Answers for the fault matrix, different for each seed: blocks of every kind, with marks in them that
 * say which attempt wrote them and in which order, so that bytes alone show what came from where.
 */

/** Where in an answer something goes wrong; reliability §2.1. */
export type Phase = 'P0' | 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6';

export interface ReportedCounts {
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
}

export interface AnswerAsked {
  readonly attempt: number;
  readonly isStream: boolean;
  readonly saysUsage: boolean;
  /** So much text that no small hold covers it. */
  readonly isLong: boolean;
}

interface Piece {
  readonly endAt: number;
  /** Marks up to here. */
  readonly marks: number;
}

export interface FaultAnswer {
  readonly bytes: Buffer;
  readonly pieces: readonly Piece[];
  /** Places at which each phase may be left, by byte. */
  readonly marks: number;
  readonly usage: ReportedCounts;
  /** Where the preamble ends, the stop reason stands, and all is said. */
  readonly preambleEnd: number;
  readonly deltaEnd: number;
  readonly isStream: boolean;
}

const markPattern = /\[a(\d+)\.(\d+)\]/g;

/** The marks in these bytes, as (attempt, number) in their order. */
export function marksIn(text: string): readonly (readonly [attempt: number, number: number])[] {
  return [...text.matchAll(markPattern)].map(([, attempt, number]) => [
    Number(attempt),
    Number(number),
  ]);
}

const words = ['river', 'stone', 'café', '東京', '🌍', 'of', 'a', 'light\\nand'];
const MODEL = 'claude-sonnet-4-6';
const LONG_WORDS = 900;
/** Of the event that comes next: too few bytes to be all of it. */
const HALF_BYTES_MAX = 18;

/** Writes what one attempt answers. */
export function writeAnswer(asked: AnswerAsked, random: SeededRandom): FaultAnswer {
  const usage = {
    input: random.between(5, 400),
    cacheRead: random.chance(0.4) ? random.between(1, 300) : 0,
    output: random.between(1, 200),
  };
  const blocks = Array.from({ length: random.between(1, 3) }, () => drawBlock(asked, random));
  const marker = new Marker(asked.attempt);
  const written = blocks.map((block) => block.map((some) => some.replace('#', marker.next)));
  const kinds = blocks.map((_block, index) =>
    index === blocks.length - 1 ? 'text' : random.pick(['text', 'thinking', 'tool_use'] as const),
  );
  const parts = { asked, usage, kinds, written, random };
  return asked.isStream ? writeStream(parts) : writeWhole(parts);
}

class Marker {
  readonly #attempt: number;
  #count = 0;

  constructor(attempt: number) {
    this.#attempt = attempt;
  }

  readonly next = (): string => `[a${String(this.#attempt)}.${String(this.#count++)}]`;
}

/** Some deltas of text, each with a place for a mark. */
function drawBlock({ isLong }: AnswerAsked, random: SeededRandom): readonly string[] {
  const deltas = isLong ? random.between(20, 30) : random.between(1, 6);
  const said = isLong ? Math.ceil(LONG_WORDS / deltas) : random.between(1, 4);
  return Array.from(
    { length: deltas },
    () => `#${Array.from({ length: said }, () => random.pick(words)).join(' ')} `,
  );
}

type BlockKind = 'text' | 'thinking' | 'tool_use';

interface Writing {
  readonly asked: AnswerAsked;
  readonly usage: ReportedCounts;
  readonly kinds: readonly BlockKind[];
  readonly written: readonly (readonly string[])[];
  readonly random: SeededRandom;
}

interface BlockForm {
  readonly start: (index: number) => object;
  readonly deltas: (texts: readonly string[]) => readonly object[];
  readonly whole: (texts: readonly string[], index: number) => object;
}

const quoted = (text: string): string => text.replaceAll('\\', '');

const blockForms: Readonly<Record<BlockKind, BlockForm>> = {
  text: {
    start: () => ({ type: 'text', text: '' }),
    deltas: (texts) => texts.map((text) => ({ type: 'text_delta', text })),
    whole: (texts) => ({ type: 'text', text: texts.join('') }),
  },
  thinking: {
    start: () => ({ type: 'thinking', thinking: '', signature: '' }),
    deltas: (texts) => [
      ...texts.map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: 'c2lnbmVk' },
    ],
    whole: (texts) => ({ type: 'thinking', thinking: texts.join(''), signature: 'c2lnbmVk' }),
  },
  tool_use: {
    start: (index) => ({ type: 'tool_use', id: `toolu_${String(index)}`, name: 'find', input: {} }),
    deltas: (texts) => [
      { type: 'input_json_delta', partial_json: '{"what":"' },
      ...texts.map((text) => ({ type: 'input_json_delta', partial_json: quoted(text) })),
      { type: 'input_json_delta', partial_json: '"}' },
    ],
    whole: (texts, index) => ({
      type: 'tool_use',
      id: `toolu_${String(index)}`,
      name: 'find',
      input: { what: quoted(texts.join('')) },
    }),
  },
};

function usageJson({ input, cacheRead, output }: ReportedCounts): object {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cacheRead,
    output_tokens: output,
  };
}

function messageHead(attempt: number): object {
  return { id: `msg_a${String(attempt)}`, type: 'message', role: 'assistant', model: MODEL };
}

const ending = { stop_reason: 'end_turn', stop_sequence: null } as const;

/** One event as the API writes it. */
export function eventOf(type: string, more: object = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

function writeStream({ asked, usage, kinds, written, random }: Writing): FaultAnswer {
  const pieces: Piece[] = [];
  let text = '';
  const add = (event: string): number => {
    text += event;
    const endAt = Buffer.byteLength(text);
    pieces.push({ endAt, marks: marksIn(text).length });
    return endAt;
  };
  const said = asked.saysUsage ? { usage: usageJson({ ...usage, output: 1 }) } : {};
  const message = { ...messageHead(asked.attempt), content: [], stop_reason: null, ...said };
  let preambleEnd = add(eventOf('message_start', { message }));
  if (random.chance(0.3)) preambleEnd = add(eventOf('ping'));
  for (const [index, kind] of kinds.entries()) {
    const form = blockForms[kind];
    add(eventOf('content_block_start', { index, content_block: form.start(index) }));
    for (const delta of form.deltas(written[index] ?? [])) {
      add(eventOf('content_block_delta', { index, delta }));
      if (random.chance(0.1)) add(eventOf('ping'));
    }
    add(eventOf('content_block_stop', { index }));
  }
  const reported = asked.saysUsage ? { usage: usageJson(usage) } : {};
  const deltaEnd = add(eventOf('message_delta', { delta: ending, ...reported }));
  add(eventOf('message_stop'));
  const bytes = Buffer.from(text);
  const marks = marksIn(text).length;
  return { bytes, pieces, marks, usage, preambleEnd, deltaEnd, isStream: true };
}

function writeWhole({ asked, usage, kinds, written }: Writing): FaultAnswer {
  const content = kinds.map((kind, index) => blockForms[kind].whole(written[index] ?? [], index));
  const reported = asked.saysUsage ? { usage: usageJson(usage) } : {};
  const text = JSON.stringify({
    ...messageHead(asked.attempt),
    content,
    ...ending,
    ...reported,
  });
  const bytes = Buffer.from(text);
  const marks = marksIn(text).length;
  const third = Math.floor(bytes.length / 3);
  const pieces = [{ endAt: bytes.length, marks }];
  const places = { preambleEnd: third, deltaEnd: bytes.length - 1 };
  return { bytes, pieces, marks, usage, ...places, isStream: false };
}

/** A place in an answer at which it is in a phase; half of the next event may have come. */
export function placeIn(answer: FaultAnswer, phase: Phase, random: SeededRandom): number {
  const { bytes, pieces, preambleEnd, deltaEnd, isStream } = answer;
  const half = isStream && random.chance(0.5) ? random.between(1, HALF_BYTES_MAX) : 0;
  switch (phase) {
    case 'P0':
    case 'P1':
      return 0;
    case 'P2':
      return half;
    case 'P3':
      return preambleEnd + half;
    case 'P4': {
      if (!isStream) return Math.floor((preambleEnd + deltaEnd) / 2);
      const inContent = pieces.filter(({ endAt, marks }) => marks > 0 && endAt < deltaEnd);
      // The stop reason is the next phase, also where only half of it has come.
      return random.pick(inContent).endAt + half;
    }
    case 'P5':
      return deltaEnd + half;
    case 'P6':
      return bytes.length;
  }
}

/** The bytes that make no whole event go to nobody: where the last whole one before a place ends. */
export function wholeEventsEnd({ pieces }: FaultAnswer, place: number): Piece {
  return pieces.findLast(({ endAt }) => endAt <= place) ?? { endAt: 0, marks: 0 };
}
