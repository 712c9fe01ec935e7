import type { Context, HrTime, Span, Tracer } from '@opentelemetry/api';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  createTraceState,
  trace,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { IdGenerator, SpanProcessor } from '@opentelemetry/sdk-trace';
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { version } from '../../std/version.ts';
import type { AttemptDetail, RequestRecord } from '../request-log.ts';
import type { TraceContext } from '../trace-context.ts';
import type { FindUpstream } from './request-attributes.ts';
import {
  attemptAttributes,
  errorTypeOf,
  requestAttributes,
  spanNameOf,
} from './request-attributes.ts';

const MS = 1000;
const NANO_PER_MS = 1_000_000;

export interface RequestSpansOptions {
  readonly resource: Resource;
  readonly processor: SpanProcessor;
  readonly findUpstream: FindUpstream;
  /** Makes the ids of the spans of attempts: 16 hexadecimal digits. */
  readonly newSpanId: () => string;
}

/** Ids of requests were given away before their spans are written: to upstreams, and to the log. */
class GivenIds implements IdGenerator {
  traceId = '';
  spanId = '';

  generateTraceId(): string {
    return this.traceId;
  }

  generateSpanId(): string {
    return this.spanId;
  }
}

/** Writes the spans of requests that have ended: one of the request, and one of each attempt below it. */
export class RequestSpans {
  readonly #ids = new GivenIds();
  readonly #tracer: Tracer;
  readonly #options: RequestSpansOptions;

  constructor(options: RequestSpansOptions) {
    const { resource, processor } = options;
    this.#options = options;
    const provider = new TracerProvider({
      resource,
      // Whether a request is traced is known since it came in.
      sampler: new AlwaysOnSampler(),
      idGenerator: this.#ids,
      spanProcessors: [processor],
    });
    this.#tracer = provider.getTracer('quatrain', version);
  }

  request(record: RequestRecord): void {
    const { trace: context } = record;
    if (context?.isSampled !== true) return;
    this.#ids.traceId = context.traceId;
    this.#ids.spanId = context.spanId;
    const { findUpstream } = this.#options;
    const parent = parentOf(context);
    const span = this.#tracer.startSpan(
      spanNameOf(record),
      {
        kind: SpanKind.SERVER,
        startTime: timeOf(record.startedAtMs),
        attributes: requestAttributes(record, findUpstream),
      },
      parent,
    );
    addMoment(span, record, 'quatrain.first_byte', record.firstByteMs);
    addMoment(span, record, 'quatrain.first_content', record.firstContentMs);
    const below = trace.setSpan(parent, span);
    for (const attempt of record.trail ?? []) this.#attempt(attempt, record, below);
    setStatus(span, errorTypeOf(record), record.status);
    span.end(timeOf(record.startedAtMs + record.totalMs));
  }

  #attempt(attempt: AttemptDetail, record: RequestRecord, below: Context): void {
    const { startedMs: requestMs = 0, startedAtMs, totalMs } = record;
    const at = (monotonicMs: number): HrTime => timeOf(startedAtMs + monotonicMs - requestMs);
    this.#ids.spanId = this.#options.newSpanId();
    const span = this.#tracer.startSpan(
      `ask ${attempt.upstream}`,
      {
        kind: SpanKind.CLIENT,
        startTime: at(attempt.startedMs),
        attributes: attemptAttributes(attempt, this.#options.findUpstream),
      },
      below,
    );
    const { headMs, endedMs, status = 0, errorCode } = attempt;
    if (headMs !== undefined) span.addEvent('quatrain.head', undefined, at(headMs));
    const error = errorTypeOf({ status, errorCode });
    setStatus(span, error, status);
    // The last one goes on until the request is over, where it is the one that answered.
    const hasAnswered = error === undefined && attempt === record.trail?.at(-1);
    const end = hasAnswered ? undefined : (endedMs ?? headMs);
    span.end(end === undefined ? timeOf(startedAtMs + totalMs) : at(end));
  }
}

function parentOf({ traceId, parentSpanId, state }: TraceContext): Context {
  if (parentSpanId === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: parentSpanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  });
}

function addMoment(
  span: Span,
  { startedAtMs }: RequestRecord,
  name: string,
  afterMs: number | undefined,
): void {
  if (afterMs !== undefined) span.addEvent(name, undefined, timeOf(startedAtMs + afterMs));
}

/** A no to the caller is no error of the server; what broke, and what the server did wrong, is. */
function setStatus(span: Span, error: string | undefined, status: number): void {
  if (error === undefined || (status >= 400 && status < 500)) return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: error });
}

function timeOf(atMs: number): HrTime {
  const seconds = Math.floor(atMs / MS);
  return [seconds, Math.round((atMs - seconds * MS) * NANO_PER_MS)];
}
