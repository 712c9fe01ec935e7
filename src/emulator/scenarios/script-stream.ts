import { unreachable } from '../../std/assert.ts';
import type { ScenarioFault } from '../../config/scenario.ts';
import { errorEvent } from '../../messages/errors.ts';
import { eventText } from '../../messages/events.ts';
import type { PacedChunk, PacedEnding } from '../paced-source.ts';
import { gatherChunks } from '../paced-source.ts';
import type { TimedEvent } from '../time-events.ts';
import { refusalOf } from './scripted-error.ts';

/** Halves of a character go out so long after each other that they travel apart. */
const SPLIT_MS = 20;
const BYTE_CONTINUED = 0x80;
const CONTINUED_MASK = 0xc0;

/** A stream as it is played. */
export interface StreamScript {
  readonly chunks: readonly PacedChunk[];
  readonly ending: PacedEnding;
  /** Whether it breaks the rules of streams, so that a relay which holds them must not touch it. */
  readonly isScripted: boolean;
}

/** Whether a fault leaves a stream that is still one by the rules. */
const keepsRules: Readonly<Record<ScenarioFault['kind'], boolean>> = {
  cut: false,
  reset: false,
  close_without_message_stop: false,
  stall: false,
  duplicate_ping: true,
  malformed_event: false,
  split_utf8: false,
  error_event: true,
  status: true,
};

/** Lays the faults of a scenario over a stream's events. */
export function scriptStream(
  events: readonly TimedEvent[],
  faults: readonly ScenarioFault[],
  requestId: string,
): StreamScript {
  if (faults.length === 0) {
    return { chunks: gatherChunks(events), ending: 'end', isScripted: false };
  }
  const byEvent = layByEvent(events, faults, requestId);
  const { chunks, ending } = layByByte(byEvent, faults);
  return { chunks, ending, isScripted: faults.some(({ kind }) => !keepsRules[kind]) };
}

/** What can befall a body that is no stream of events. */
const befallsWhole: ReadonlySet<ScenarioFault['kind']> = new Set<ScenarioFault['kind']>([
  'cut',
  'reset',
  'stall',
  'malformed_event',
  'split_utf8',
]);

/** The same for an answer in one piece, which counts as one event. */
export function scriptWhole(body: string, faults: readonly ScenarioFault[]): StreamScript {
  const befalling = faults.filter(({ kind }) => befallsWhole.has(kind));
  return scriptStream([{ delayMs: 0, text: body }], befalling, '');
}

interface Laid {
  readonly chunks: PacedChunk[];
  ending: PacedEnding;
}

/** Goes through the events; what is ordered for one happens before it, or to it. */
function layByEvent(
  events: readonly TimedEvent[],
  faults: readonly ScenarioFault[],
  requestId: string,
): Laid {
  const laid: Laid = { chunks: [], ending: 'end' };
  for (const [index, { delayMs, text }] of events.entries()) {
    let event: readonly PacedChunk[] = [{ delayMs, data: text }];
    for (const fault of faults) {
      if (placeOf(fault, events.length) !== index) continue;
      if (isEnd(fault)) {
        if (fault.kind === 'error_event') laid.chunks.push(errorChunk(fault, requestId));
        laid.ending = endingOf(fault);
        return laid;
      }
      laid.chunks.push(...chunksBefore(fault));
      event = changed(event, fault);
    }
    laid.chunks.push(...event);
  }
  return laid;
}

type EndFault = Extract<
  ScenarioFault,
  { kind: 'cut' | 'reset' | 'close_without_message_stop' | 'error_event' }
>;

function isEnd(fault: ScenarioFault): fault is EndFault {
  const { kind } = fault;
  return (
    kind === 'cut' ||
    kind === 'reset' ||
    kind === 'close_without_message_stop' ||
    kind === 'error_event'
  );
}

function endingOf({ kind }: EndFault): PacedEnding {
  return kind === 'cut' || kind === 'reset' ? kind : 'end';
}

function errorChunk(
  { error }: Extract<ScenarioFault, { kind: 'error_event' }>,
  requestId: string,
): PacedChunk {
  return { delayMs: 0, data: errorEvent(refusalOf(error), requestId) };
}

/** The event a fault is for; the last at most, so that nothing comes after `message_stop`. */
function placeOf(fault: ScenarioFault, count: number): number | undefined {
  if (fault.kind === 'status' || ('at_byte' in fault && fault.at_byte !== undefined)) {
    return undefined;
  }
  const last = Math.max(0, count - 1);
  return Math.min(fault.at_event ?? last, last);
}

type PassingFault = Exclude<ScenarioFault, EndFault>;

/** What a fault sends, or waits, before its event. */
function chunksBefore(fault: PassingFault): readonly PacedChunk[] {
  if (fault.kind === 'stall') return [{ delayMs: fault.ms, data: '', isStalled: true }];
  if (fault.kind !== 'duplicate_ping') return [];
  return [{ delayMs: 0, data: eventText({ type: 'ping' }).repeat(fault.count ?? 1) }];
}

/** What a fault makes of its event. */
function changed(event: readonly PacedChunk[], fault: PassingFault): readonly PacedChunk[] {
  const last = event.at(-1);
  if (last === undefined) return event;
  switch (fault.kind) {
    case 'malformed_event':
      return [...event.slice(0, -1), { ...last, data: malformed(bytesOf(last)) }];
    case 'split_utf8':
      return [...event.slice(0, -1), ...splitCharacter(last, fault.ms ?? SPLIT_MS)];
    case 'stall':
    case 'duplicate_ping':
    case 'status':
      return event;
    default:
      return unreachable(fault);
  }
}

/** Half of an event's data: JSON that no parser takes, in a frame that is complete. */
function malformed(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString().trimEnd();
  const start = Math.max(0, text.indexOf('{'));
  return Buffer.from(`${text.slice(0, Math.ceil((start + text.length) / 2))}\n\n`);
}

/** In two behind the first byte of its first character of several; in the middle where it has none. */
function splitCharacter(chunk: PacedChunk, apartMs: number): readonly PacedChunk[] {
  const bytes = bytesOf(chunk);
  const continued = bytes.findIndex((byte) => (byte & CONTINUED_MASK) === BYTE_CONTINUED);
  const at = continued < 0 ? Math.floor(bytes.length / 2) : continued;
  return [
    { ...chunk, data: bytes.subarray(0, at) },
    { delayMs: apartMs, data: bytes.subarray(at), isStalled: true },
  ];
}

/** Faults at an offset, in order of their offsets; those behind the end come after everything. */
function layByByte(laid: Laid, faults: readonly ScenarioFault[]): Laid {
  let result = laid;
  const placed = faults
    .flatMap((fault) => ('at_byte' in fault && fault.at_byte !== undefined ? [fault] : []))
    .toSorted((first, second) => (first.at_byte ?? 0) - (second.at_byte ?? 0));
  for (const fault of placed) {
    const { before, after } = splitAt(result.chunks, fault.at_byte ?? 0);
    if (fault.kind !== 'stall') return { chunks: before, ending: endingOf(fault) };
    const stall: PacedChunk = { delayMs: fault.ms, data: '', isStalled: true };
    result = { chunks: [...before, stall, ...after], ending: result.ending };
  }
  return result;
}

interface SplitChunks {
  readonly before: PacedChunk[];
  readonly after: PacedChunk[];
}

function splitAt(chunks: readonly PacedChunk[], offset: number): SplitChunks {
  const before: PacedChunk[] = [];
  const after: PacedChunk[] = [];
  let left = offset;
  for (const chunk of chunks) {
    const bytes = bytesOf(chunk);
    if (after.length > 0 || left === 0) {
      after.push(chunk);
    } else if (left >= bytes.length) {
      before.push(chunk);
      left -= bytes.length;
    } else {
      before.push({ ...chunk, data: bytes.subarray(0, left) });
      after.push({ delayMs: 0, data: bytes.subarray(left) });
      left = 0;
    }
  }
  return { before, after };
}

function bytesOf({ data }: PacedChunk): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data;
}
