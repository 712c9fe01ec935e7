import type { SeededRandom } from '../simulation/seeded-random.ts';
import type { FaultAnswer, Phase } from './fault-answer.ts';
import { eventOf, placeIn, wholeEventsEnd } from './fault-answer.ts';
import type { PlayedAnswer, PlayedEnd } from './fault-server.ts';
import type { FaultKind } from './fault-table.ts';

/** How a fault looks on the wire between upstream and gateway. */

export interface PlayedFault {
  readonly played: PlayedAnswer;
  /** Where its answer stops being what it would have been. */
  readonly place: number;
}

interface FaultPlay {
  readonly answer: FaultAnswer;
  readonly at: Phase;
  readonly random: SeededRandom;
}

type Play = (play: FaultPlay) => PlayedFault;

const OVERSIZE_BYTES = 1_100_000;
const RETRY_AFTER_S = 1;

const errorEvent = eventOf('error', {
  error: { details: null, type: 'overloaded_error', message: 'Overloaded' },
});
const jsonHead = { status: 200, headers: ['content-type: application/json'] } as const;
const streamHead = {
  status: 200,
  headers: ['content-type: text/event-stream; charset=utf-8', 'cache-control: no-cache'],
} as const;

/** The whole answer of an upstream that is well. */
export function playWhole(answer: FaultAnswer, random: SeededRandom): PlayedAnswer {
  return { head: headOf(answer), chunks: cut(answer.bytes, random), end: 'end' };
}

export function playFault(kind: FaultKind, play: FaultPlay): PlayedFault {
  return plays[kind](play);
}

function headOf({ isStream }: FaultAnswer): NonNullable<PlayedAnswer['head']> {
  return isStream ? streamHead : jsonHead;
}

/** Says no with a status, as the API does. */
const says =
  (status: number, headers: readonly string[] = []): Play =>
  ({ random }) => {
    const error = { type: 'api_error', message: 'It failed.' };
    const bytes = Buffer.from(JSON.stringify({ type: 'error', error, request_id: 'req_up' }));
    const head = { status, headers: [...jsonHead.headers, ...headers] };
    return { played: { head, chunks: cut(bytes, random), end: 'end' }, place: 0 };
  };

/** Says its part and ends in this way; without a head where it has not come so far. */
const endsWith =
  (end: PlayedEnd): Play =>
  ({ answer, at, random }) => {
    const place = placeIn(answer, at, random);
    const head = at === 'P1' ? undefined : headOf(answer);
    const chunks = at === 'P1' ? [] : cut(answer.bytes.subarray(0, place), random);
    return { played: { head, chunks, end }, place };
  };

/** Says its part in whole events, then this, and the rest where that says so. */
const goesOnWith =
  (text: string, more: 'ends' | 'goes-on'): Play =>
  ({ answer, at, random }) => {
    const { endAt } = wholeEventsEnd(answer, placeIn(answer, at, random));
    const said = answer.bytes.subarray(0, endAt);
    const rest = more === 'goes-on' ? answer.bytes.subarray(endAt) : new Uint8Array(0);
    const before = cut(said, random);
    const chunks = [...before, ...cut(Buffer.concat([Buffer.from(text), rest]), random)];
    const pause = at === 'P4' || at === 'P5' ? { pauseAfter: before.length } : {};
    return { played: { head: headOf(answer), chunks, end: 'end', ...pause }, place: endAt };
  };

const html = '<html><body><h1>502 Bad Gateway</h1></body></html>\n';

const plays: Readonly<Record<FaultKind, Play>> = {
  'connect-refused': endsWith('closed'),
  'status-400': says(400),
  'status-401': says(401),
  'status-429': says(429, [`retry-after: ${String(RETRY_AFTER_S)}`]),
  'status-500': says(500),
  'status-502': says(502),
  'status-503': says(503),
  'status-529': says(529),
  'error-event': goesOnWith(errorEvent, 'ends'),
  stall: endsWith('silent'),
  'long-stall': endsWith('silent'),
  'eof-clean': endsWith('end'),
  'eof-cut': endsWith('closed'),
  reset: endsWith('reset'),
  html: ({ random }) => ({
    played: {
      head: { status: 200, headers: ['content-type: text/html'] },
      chunks: cut(Buffer.from(html), random),
      end: 'end',
    },
    place: 0,
  }),
  markup: goesOnWith(html, 'ends'),
  'broken-json': goesOnWith(
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"te\n\n',
    'goes-on',
  ),
  'second-start': goesOnWith(
    eventOf('message_start', { message: { id: 'msg_2', type: 'message', content: [] } }),
    'goes-on',
  ),
  'second-start-at-once': (play) => {
    const { played, place } = plays['second-start'](play);
    const { head, chunks, end } = played;
    return { played: { head, chunks: [Buffer.concat(chunks)], end }, place };
  },
  'content-first': goesOnWith(eventOf('content_block_stop', { index: 0 }), 'goes-on'),
  'oversize-line': goesOnWith(`data: ${'x'.repeat(OVERSIZE_BYTES)}`, 'goes-on'),
  'usage-missing': endsWith('end'),
  'client-gone': endsWith('silent'),
  'money-gone': endsWith('end'),
  shutdown: endsWith('silent'),
  killed: endsWith('silent'),
};

/** Bytes come as the network likes it: all at once, or cut anywhere. */
function cut(bytes: Uint8Array, random: SeededRandom): readonly Uint8Array[] {
  if (bytes.length === 0) return [];
  const places = new Set([bytes.length]);
  for (let cuts = random.between(0, 5); cuts > 0; cuts -= 1) {
    places.add(random.between(1, bytes.length));
  }
  const ends = [...places].toSorted((one, other) => one - other);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}
