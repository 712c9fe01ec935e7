import { emptyAnswer, errorIn } from './answer.ts';
import type { AnswerError } from './answer.ts';
import type { FormRules } from './forms.ts';
import { isJsonObject, parseJson } from '../format/json-value.ts';
import { readStream } from './read-stream.ts';
import type { RunState, SaidCost } from './run-state.ts';
import type { Transport } from './transport.ts';

/** One piece that is not streamed may be so large; what a gateway sends is far smaller. */
const WHOLE_LETTERS_MAX = 64 * 1024 * 1024;

/** A request, ready to go. */
export interface PreparedRequest {
  readonly rules: FormRules;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RunContext {
  readonly transport: Pick<Transport, 'send'>;
  readonly signal: AbortSignal;
  /** A clock that only goes forward. */
  readonly nowMs: () => number;
}

/** Sends a request and tells how its answer comes along, step by step. It ends and never throws. */
export async function* runRequest(
  request: PreparedRequest,
  context: RunContext,
): AsyncGenerator<RunState> {
  const { transport, signal, nowMs } = context;
  const { rules, path, headers, body } = request;
  const sentMs = nowMs();
  const sinceSent = (): number => nowMs() - sentMs;
  let state: RunState = { ...untouched, sentAt: String(sentMs), path, body };
  yield state;
  try {
    const sent = {
      ...rules.headers,
      // What a stream cost is told after its last event.
      'x-quatrain-cost-comment': 'true',
      ...headers,
      'content-type': 'application/json',
    };
    const response = await transport.send({ path, headers: sent, body, signal });
    state = { ...state, phase: 'arriving', headMs: sinceSent(), ...headOf(response) };
    yield state;
    const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
    if (isStream && response.body !== null) {
      for await (const next of readStream(response.body, { state, rules, sinceSent })) {
        state = next;
        yield state;
      }
    } else {
      state = wholeState(state, await response.text(), { rules, totalMs: sinceSent() });
      yield state;
    }
  } catch (error) {
    yield brokenState(state, { error, totalMs: sinceSent(), isStopped: signal.aborted });
  }
}

const untouched: Omit<RunState, 'sentAt' | 'path' | 'body'> = {
  phase: 'waiting',
  status: undefined,
  requestId: '',
  answer: emptyAnswer,
  error: undefined,
  events: [],
  eventCount: 0,
  cost: undefined,
  retryAfter: '',
  headMs: undefined,
  firstContentMs: undefined,
  totalMs: undefined,
};

const idHeaders = ['x-quatrain-request-id', 'request-id', 'x-request-id', 'cf-ai-req-id'] as const;

function headOf({
  status,
  headers,
}: Response): Pick<RunState, 'status' | 'requestId' | 'cost' | 'retryAfter'> {
  const id = idHeaders.map((name) => headers.get(name)).find((said) => said !== null);
  const charged = headers.get('x-credits-charged');
  const cost: SaidCost | undefined = charged === null ? undefined : { chargedNano: charged };
  const retryAfter = headers.get('retry-after') ?? '';
  return { status, requestId: id ?? '', cost, retryAfter };
}

/** An answer in one piece, or a no. */
function wholeState(
  state: RunState,
  text: string,
  { rules, totalMs }: { readonly rules: FormRules; readonly totalMs: number },
): RunState {
  const body = text.length > WHOLE_LETTERS_MAX ? undefined : parseJson(text);
  const events = [{ atMs: totalMs, event: 'body', data: text }];
  const read = { ...state, events, eventCount: 1, totalMs };
  const isGood = state.status !== undefined && state.status < 400;
  if (isGood && isJsonObject(body)) {
    const answer = rules.takeWhole(state.answer, body);
    return { ...read, phase: 'done', answer, firstContentMs: totalMs };
  }
  const said = isJsonObject(body) ? errorIn(body) : undefined;
  const unread = {
    ...nothingSaid,
    message: `The gateway answered ${String(state.status)} with what is no answer of this form.`,
  };
  return {
    ...read,
    phase: 'failed',
    error: said === undefined || said.message === '' ? unread : said,
  };
}

const nothingSaid: AnswerError = { message: '', type: '', code: '', param: '' };

/** It was stopped, or the connection broke: what is there stays. */
function brokenState(
  state: RunState,
  how: { readonly error: unknown; readonly totalMs: number; readonly isStopped: boolean },
): RunState {
  const { error, totalMs, isStopped } = how;
  if (isStopped) return { ...state, phase: 'stopped', totalMs };
  const why = error instanceof Error ? error.message : String(error);
  const where =
    state.status === undefined
      ? 'The gateway cannot be reached'
      : 'The connection broke before the answer was whole';
  return {
    ...state,
    phase: 'failed',
    totalMs,
    error: { ...nothingSaid, type: 'connection', message: `${where} (${why}).` },
  };
}
