import type { Random } from '../std/random.ts';
import { drawOf } from '../std/random.ts';

/** Where the spans of one request belong: a trace, the span of the request, and the caller's above it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
  /** The caller's; absent where the trace begins here. */
  readonly parentSpanId?: string | undefined;
  /** The caller's `tracestate`, as it came. */
  readonly state?: string | undefined;
  readonly isSampled: boolean;
}

/** Headers as the edge hands them on. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a caller says of its own trace; W3C Trace Context §3.2. */
interface CallersTrace {
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly isSampled: boolean;
}

/** Version 00 has these four parts and no more; of a later one, these are what is understood. */
const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;
const SAMPLED = 1;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** W3C Trace Context §3.3.1.5: what is longer may be left out. */
const STATE_LETTERS_MAX = 512;

/** Reads `traceparent`; what is not well formed is as if it were not there (W3C Trace Context §4.3). */
export function readTraceparent(text: string | undefined): CallersTrace | undefined {
  const [, version, traceId, parentSpanId, flags, more] = traceparent.exec(text ?? '') ?? [];
  if (version === undefined || traceId === undefined || parentSpanId === undefined)
    return undefined;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (zeros.test(traceId) || zeros.test(parentSpanId)) return undefined;
  const isSampled = (Number.parseInt(flags ?? '00', 16) & SAMPLED) === SAMPLED;
  return { traceId, parentSpanId, isSampled };
}

/** The header by which a request of ours is part of the trace. */
export function writeTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** Begins the traces of requests. Whether one is sampled its caller says, else a draw does. */
export class TraceStarter {
  /** Whether upstreams are told of the trace. */
  readonly isPropagated: boolean;
  readonly #random: Random;
  readonly #ratio: number;

  constructor(
    random: Random,
    { ratio, isPropagated }: { readonly ratio: number; readonly isPropagated: boolean },
  ) {
    this.isPropagated = isPropagated;
    this.#random = random;
    this.#ratio = ratio;
  }

  begin(headers: Headers): TraceContext {
    const caller = readTraceparent(single(headers['traceparent']));
    const spanId = this.#id(SPAN_ID_BYTES);
    if (caller === undefined) {
      const isSampled = drawOf(this.#random) < this.#ratio;
      return { traceId: this.#id(TRACE_ID_BYTES), spanId, isSampled };
    }
    return { ...caller, spanId, state: stateIn(headers['tracestate']) };
  }

  /** All zeros is no id. */
  #id(bytes: number): string {
    const text = Buffer.from(this.#random.bytes(bytes)).toString('hex');
    return zeros.test(text) ? this.#id(bytes) : text;
  }
}

function stateIn(value: string | readonly string[] | undefined): string | undefined {
  const text = value === undefined || typeof value === 'string' ? value : value.join(',');
  const isFit =
    text !== undefined && text.length <= STATE_LETTERS_MAX && /^[\x20-\x7e]+$/.test(text);
  return isFit ? text : undefined;
}

/** One that came twice says nothing: which of them is meant nobody knows. */
function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
