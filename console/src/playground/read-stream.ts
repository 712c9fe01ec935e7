import type { AnswerError } from './answer.ts';
import type { FormRules } from './forms.ts';
import { isJsonObject, parseJson, textIn } from '../format/json-value.ts';
import type { RawEvent, RunState, SaidCost } from './run-state.ts';
import type { SseItem } from './sse-parser.ts';
import { SseParser } from './sse-parser.ts';

/** More events than that are counted and not kept. */
const EVENTS_MAX = 20_000;
/** A stream of so many bytes is ended: no answer of a model is as long. */
const STREAM_BYTES_MAX = 256 * 1024 * 1024;
const COST = 'cost ';

interface StreamParts {
  readonly state: RunState;
  readonly rules: Pick<FormRules, 'take'>;
  readonly sinceSent: () => number;
}

/** Reads a stream to its end: one state for every piece of it that comes. */
export async function* readStream(
  body: ReadableStream<Uint8Array>,
  { state: begun, rules, sinceSent }: StreamParts,
): AsyncGenerator<RunState> {
  const parser = new SseParser();
  const reader = body.getReader();
  let state = begun;
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      const items = bytes > STREAM_BYTES_MAX ? [tooMuch] : parser.push(value);
      if (items.length === 0) continue;
      state = withItems(state, items, { rules, atMs: sinceSent() });
      yield state;
      if (state.error?.type === OVERFLOW) break;
    }
  } finally {
    // Whoever stops reading stops the request too; of one that is broken already it is known why.
    await reader.cancel().catch(() => undefined);
  }
  yield endedState(state, parser.isWithinEvent, sinceSent());
}

const tooMuch: SseItem = { kind: 'overflow' };
const OVERFLOW = 'too_large';
const overflow: AnswerError = {
  type: OVERFLOW,
  message: 'The stream, or an event of it, is too large for this page.',
  code: '',
  param: '',
};

function withItems(
  state: RunState,
  items: readonly SseItem[],
  { rules, atMs }: { readonly rules: Pick<FormRules, 'take'>; readonly atMs: number },
): RunState {
  let { answer, cost, error } = state;
  const raw: RawEvent[] = [];
  for (const item of items) {
    if (item.kind === 'overflow') {
      error = overflow;
    } else if (item.kind === 'comment') {
      cost = costIn(item.text) ?? cost;
      raw.push({ atMs, event: ':', data: item.text });
    } else {
      answer = rules.take(answer, item.data);
      raw.push({ atMs, event: item.event, data: item.data });
    }
  }
  const room = EVENTS_MAX - state.events.length;
  const isFirst = state.firstContentMs === undefined && answer.parts.length > 0;
  return {
    ...state,
    answer,
    cost,
    error: error ?? answer.error,
    events: room <= 0 ? state.events : [...state.events, ...raw.slice(0, room)],
    eventCount: state.eventCount + raw.length,
    firstContentMs: isFirst ? atMs : state.firstContentMs,
  };
}

/** What the gateway says of the cost, as `cost {…}`. */
function costIn(comment: string): SaidCost | undefined {
  if (!comment.startsWith(COST)) return undefined;
  const said = parseJson(comment.slice(COST.length));
  if (!isJsonObject(said)) return undefined;
  const chargedNano = textIn(said, 'charged_nano_usd');
  const costNano = textIn(said, 'cost_nano_usd');
  return {
    ...(chargedNano === '' ? {} : { chargedNano }),
    ...(costNano === '' ? {} : { costNano }),
  };
}

function endedState(state: RunState, isWithinEvent: boolean, totalMs: number): RunState {
  if (state.error !== undefined) return { ...state, phase: 'failed', totalMs };
  if (state.answer.isWhole && !isWithinEvent) return { ...state, phase: 'done', totalMs };
  const error: AnswerError = {
    message: 'The stream ended before the answer was whole.',
    type: 'connection',
    code: '',
    param: '',
  };
  return { ...state, phase: 'failed', totalMs, error };
}
