import type { Refusal } from '../messages/errors.ts';
import { errorTable, refusal } from '../messages/errors.ts';
import type { ErrorCode } from '../messages/errors.ts';
import type { ByteSink, ByteSource } from '../std/byte-stream.ts';
import type { Clock, Timer } from '../std/clock.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import { asksForStream } from './asks-for-stream.ts';
import type { DecodedExchange, WalkReply } from './exchange.ts';
import { PING, SILENCE_MS } from './relay-output.ts';
import { HOLD_MS } from './relay-timers.ts';

/**
 * Waits for a reply, or opens the stream without it: what stands between here and the caller cuts
 * connections on which nothing happens, and an upstream may take minutes to its first word. Once it is
 * open its status is 200, and whatever fails after that is an error event.
 */
export async function openIfSilent(
  exchange: DecodedExchange,
  reply: Promise<WalkReply>,
  dress: (reply: WalkReply) => WalkReply,
): Promise<WalkReply> {
  const { request, call, walk } = exchange;
  if (request.operation !== 'messages.create' || !asksForStream(call)) return reply;
  let timer: Timer | undefined;
  const silent = new Promise<undefined>((resolve) => {
    timer = walk.clock.after(HOLD_MS, () => {
      resolve(undefined);
    });
  });
  const known = await Promise.race([reply, silent]);
  timer?.cancel();
  if (known !== undefined) return known;
  const body = new SilentStream({
    clock: walk.clock,
    keepAlive: keepAliveOf(exchange),
    errorEvent: (said) => request.dialect.encodeErrorEvent(said, request.id),
  });
  void reply.then((late) => {
    body.take(late);
  });
  const cut = (said: Refusal): void => {
    body.cut(said);
  };
  return dress({ status: 200, headers: headersOf(exchange), body, cut });
}

function keepAliveOf({ call: { encoder, request } }: DecodedExchange): Uint8Array {
  if (encoder === undefined) return PING;
  const native = request.native === undefined ? undefined : encoder.native?.keepAlive;
  return native ?? encoder.startStream()?.keepAlive ?? PING;
}

function headersOf({ call, request }: DecodedExchange): WalkReply['headers'] {
  const stream = ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache'];
  const headers = call.encoder?.encodeHeaders(stream) ?? stream;
  return [...headers, 'x-quatrain-request-id', request.id];
}

interface SilentParts {
  readonly clock: Clock;
  readonly keepAlive: Uint8Array;
  readonly errorEvent: (said: Refusal) => Uint8Array;
}

/** A stream that is open before anybody knows what comes: pings, until what came takes its place. */
class SilentStream implements ByteSource {
  readonly #parts: SilentParts;
  #sink: ByteSink | undefined;
  #reply: WalkReply | undefined;
  #inner: ByteSource | undefined;
  #timer: Timer | undefined;
  #isOver = false;

  constructor(parts: SilentParts) {
    this.#parts = parts;
  }

  open(sink: ByteSink): void {
    this.#sink = sink;
    this.#ping();
    this.#goOn();
  }

  resume(): void {
    this.#inner?.resume();
  }

  cancel(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#inner?.cancel();
  }

  /** The reply is there. */
  take(reply: WalkReply): void {
    this.#reply = reply;
    this.#goOn();
  }

  cut(said: Refusal): void {
    if (this.#inner !== undefined) this.#reply?.cut?.(said);
    else if (!this.#isOver) this.#fail(said);
  }

  #ping(): void {
    if (this.#isOver || this.#inner !== undefined) return;
    this.#sink?.write(this.#parts.keepAlive);
    this.#timer = this.#parts.clock.after(SILENCE_MS, () => {
      this.#ping();
    });
  }

  #goOn(): void {
    const reply = this.#reply;
    if (reply === undefined) return;
    const { body } = reply;
    const isStream = !(body instanceof Uint8Array);
    if (this.#isOver) {
      if (isStream) body.cancel();
      return;
    }
    if (this.#sink === undefined || this.#inner !== undefined) return;
    this.#timer?.cancel();
    if (!isStream) {
      this.#fail(saidBy(reply, body));
      return;
    }
    this.#inner = body;
    body.open(this.#sink);
  }

  #fail(said: Refusal): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#sink?.write(this.#parts.errorEvent(said));
    this.#sink?.end();
  }
}

/** What a reply in one piece says, where a stream is open already: what failed, in its own words. */
function saidBy({ status }: WalkReply, body: Uint8Array): Refusal {
  const parsed = parseJson(textOf(body));
  const value = parsed.kind === 'value' ? parsed.value : undefined;
  const error = isJsonObject(value) ? value['error'] : undefined;
  const text = isJsonObject(error) ? error['message'] : undefined;
  const codes = Object.keys(errorTable) as ErrorCode[];
  const code = codes.find((name) => errorTable[name].status === status);
  return refusal(code ?? 'upstream_failed', typeof text === 'string' ? text : undefined);
}
