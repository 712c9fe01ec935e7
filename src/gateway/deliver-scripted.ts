import type { HeaderList, UpstreamAnswer } from '../messages/upstream.ts';
import type { ByteSource, StreamFault } from '../std/byte-stream.ts';
import { collect, sourceOf } from '../std/byte-stream.ts';
import type { FailedAnswer } from './answer-parts.ts';
import { headersOf } from './answer-parts.ts';
import { deliverEncoded } from './deliver-encoded.ts';
import type { AttemptedExchange, WalkReply } from './exchange.ts';
import { usageOfEvents } from './fold-answer.ts';
import { ScriptedRelay } from './relay-scripted.ts';
import { endingCodes, settleBeforeReply, settleRequest } from './settle-request.ts';

/** A break that a scenario orders is for the caller to see: nothing is held, and nothing mended. */
export async function deliverScripted(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
): Promise<WalkReply | FailedAnswer> {
  const { encoder } = exchange.call;
  const isStream = answer.isEventStream && answer.status === 200;
  if (encoder === undefined) return relayScripted(exchange, answer, headersOf(exchange, answer));
  // What is not translated is not the caller's form: it goes out under the head that it came with.
  if (!isStream) return relayScripted(exchange, answer, answer.headers);
  if (encoder.isStream) {
    return relayScripted(exchange, answer, headersOf(exchange, answer), encoder.startStream());
  }
  return breakInOnePiece(exchange, answer, encoder);
}

function relayScripted(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
  headers: HeaderList,
  encoder?: ConstructorParameters<typeof ScriptedRelay>[2],
): WalkReply {
  const { request, walk } = exchange;
  const firstByteAtMs = walk.clock.monotonicMs();
  const over = (end: keyof typeof endingCodes): void => {
    forget();
    void settleRequest(exchange, {
      status: answer.status,
      ...endingCodes[end],
      usage: relay.usage,
      hadContent: relay.bytesPassed > 0,
      responseBytes: relay.bytesPassed,
      firstByteAtMs,
    });
  };
  const relay: ScriptedRelay = new ScriptedRelay(answer, over, encoder);
  let forget = (): void => {};
  forget = request.cancellation.onCancel(() => {
    relay.cancel();
  });
  return { status: answer.status, headers, body: relay };
}

/** For a caller who asked for one piece: it breaks as the stream did, or is refused as what it is. */
async function breakInOnePiece(
  exchange: AttemptedExchange,
  answer: UpstreamAnswer,
  encoder: NonNullable<AttemptedExchange['call']['encoder']>,
): Promise<WalkReply | FailedAnswer> {
  const { request, settings, walk } = exchange;
  const collected = await collect(answer.body, settings.answerBytesMax, request.cancellation);
  if (collected.kind === 'bytes') {
    return deliverEncoded(exchange, { ...answer, body: sourceOf(collected.bytes) }, encoder);
  }
  const paid = await settleBeforeReply(exchange, {
    status: answer.status,
    ...endingCodes.broken,
    usage: usageOfEvents(collected.before),
    responseBytes: 0,
    firstByteAtMs: walk.clock.monotonicMs(),
  });
  const { status } = answer;
  const headers = [...headersOf(exchange, answer), ...paid];
  return { status, headers, body: brokenSource(collected.fault) };
}

function brokenSource(fault: StreamFault): ByteSource {
  return {
    open: (sink) => {
      sink.fail(fault);
    },
    resume: () => {},
    cancel: () => {},
  };
}
