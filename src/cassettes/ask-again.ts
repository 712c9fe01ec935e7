import { isRefusal } from '../messages/errors.ts';
import type {
  RecordedEnding,
  RecordedExchange,
  RecordedResponse,
} from '../messages/recorded-exchange.ts';
import { isEndKnown } from '../messages/recorded-exchange.ts';
import type { Upstream, UpstreamAnswer } from '../messages/upstream.ts';
import { uncancelled } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import { isJsonObject } from '../std/json.ts';
import type { ExchangeDrift } from './drift-report.ts';
import { compareAnswers, requestLabel } from './drift-report.ts';
import { encodeExchange } from './encode-exchange.ts';
import type { CassetteLine } from './parse-cassette.ts';
import type { Redactor } from './redact-exchange.ts';
import { isMediaDigest } from './redact-exchange.ts';
import type { TakenChunk, TakenResponse } from './taken-exchange.ts';

export interface AskingAgain {
  readonly upstream: Upstream;
  readonly clock: Clock;
  /** Today's answer goes the way the recorded one went, so that only the API can differ. */
  readonly redactor: Redactor;
  readonly answerBytesMax: number;
}

/** Sends a recorded request once more and compares what comes back with what came back then. */
export async function askAgain(
  { line, exchange }: CassetteLine,
  asking: AskingAgain,
): Promise<ExchangeDrift> {
  const request = requestLabel(exchange);
  const reason = whyNotAskable(exchange);
  if (reason !== undefined) return { kind: 'skipped', line, request, reason };
  const today = await answerOfToday(exchange, asking);
  if (typeof today === 'string') return { kind: 'skipped', line, request, reason: today };
  const differences = compareAnswers(exchange.response, today);
  return { kind: 'compared', line, request, differences };
}

/** Why an exchange cannot be asked again; undefined where it can. */
export function whyNotAskable({ request, response }: RecordedExchange): string | undefined {
  if (!isEndKnown(response.ended)) return 'it was left before its end';
  return holdsDigest(request.body) ? 'its media stand as digests' : undefined;
}

function holdsDigest(value: unknown): boolean {
  if (typeof value === 'string') return isMediaDigest(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsDigest);
}

/** The answer in the form of a cassette, or why it has none. */
async function answerOfToday(
  exchange: RecordedExchange,
  { upstream, clock, redactor, answerBytesMax }: AskingAgain,
): Promise<RecordedResponse | string> {
  const { operation, model } = exchange;
  const { method, path, headers, body } = exchange.request;
  const requestBody = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  const atMs = clock.wallMs();
  const startedMs = clock.monotonicMs();
  const outcome = await upstream.send(
    {
      operation,
      method,
      path,
      headers: Object.entries(headers).flat(),
      body: requestBody,
      stream: isJsonObject(body) && body['stream'] === true,
      requestId: 'req_drift',
      account: 'drift',
    },
    uncancelled,
  );
  const headMs = clock.monotonicMs() - startedMs;
  const { response, how } = isRefusal(outcome)
    ? ({ response: { kind: 'refused', said: outcome }, how: 'complete' } as const)
    : await takeAnswer(outcome, { headMs, bytesMax: answerBytesMax });
  const encoded = encodeExchange(
    {
      operation,
      model,
      atMs,
      upstream: upstream.name,
      method,
      path,
      requestHeaders: [],
      requestBody,
      response,
      ended: { how, at_ms: clock.monotonicMs() - startedMs },
    },
    redactor,
  );
  return encoded.kind === 'exchange' ? encoded.exchange.response : encoded.reason;
}

interface TakenAnswer {
  readonly response: TakenResponse;
  readonly how: RecordedEnding;
}

function takeAnswer(
  answer: UpstreamAnswer,
  { headMs, bytesMax }: { readonly headMs: number; readonly bytesMax: number },
): Promise<TakenAnswer> {
  const { status, headers, isEventStream, isScripted = false, body } = answer;
  const chunks: TakenChunk[] = [];
  let bytesLeft = bytesMax;
  return new Promise((resolve) => {
    const finish = (how: RecordedEnding): void => {
      const head = { status, headers, headMs, isEventStream, isScripted };
      resolve({ response: { kind: 'answer', ...head, chunks }, how });
    };
    body.open({
      write: (chunk) => {
        bytesLeft -= chunk.length;
        if (bytesLeft < 0) {
          body.cancel();
          finish('too-large');
          return false;
        }
        chunks.push({ atMs: 0, bytes: Uint8Array.from(chunk) });
        return true;
      },
      end: () => {
        finish('complete');
      },
      fail: ({ kind }) => {
        finish(kind);
      },
    });
  });
}
