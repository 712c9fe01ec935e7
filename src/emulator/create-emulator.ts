import { sourceOf } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import type { Refusal } from '../messages/errors.ts';
import { errorEvent, refusal } from '../messages/errors.ts';
import type { MessagesEvent } from '../messages/events.ts';
import { expandMessage } from '../messages/expand-message.ts';
import type { Message } from '../messages/response.ts';
import type {
  HeaderList,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../messages/upstream.ts';
import { buildMessage } from './answer/build-message.ts';
import type { ClippedAnswer } from './answer/clip-answer.ts';
import { clipAnswer } from './answer/clip-answer.ts';
import { cutDeltas } from './answer/cut-deltas.ts';
import { DeterministicRandom } from './deterministic-random.ts';
import type { EmulatorFault } from './fault-queue.ts';
import { FaultQueue, faultRefusal } from './fault-queue.ts';
import type { ModelFacts } from './model-facts.ts';
import { PacedSource } from './paced-source.ts';
import { planAnswer } from './answer/plan-answer.ts';
import type { AcceptedRequest } from './rules/read-request.ts';
import { readRequest } from './rules/read-request.ts';
import { ruleTexts } from './rules/rule-texts.ts';
import { uuidOf } from './json-schema/string-formats.ts';
import type { Pace } from './time-events.ts';
import { timeEvents, wholeAnswerMs } from './time-events.ts';

export type { EmulatorFault } from './fault-queue.ts';

const KEY_BYTES = 32;
const UUID_BYTES = 16;
const START_TOKENS_MAX = 4;

/** What an emulator is made from: everything it does follows from these and the request. */
export interface EmulatorOptions {
  readonly clock: Clock;
  /** The same seed and the same body have the same answer, to the byte. */
  readonly seed: string;
  readonly pace: Pace;
  readonly faults: readonly EmulatorFault[];
  readonly findModel: (name: string) => ModelFacts | undefined;
}

/** An upstream in this process that answers as the Messages API does and asks no model. */
export function createEmulator(options: EmulatorOptions): Upstream {
  return new Emulator(options);
}

class Emulator implements Upstream {
  readonly name = 'emulator';
  readonly keepsAccountResources = false;
  readonly #options: EmulatorOptions;
  readonly #faults: FaultQueue;
  readonly #signingKey: Uint8Array;
  readonly #organizationId: string;
  /** How to cut what is under way. */
  readonly #running = new Set<() => void>();

  constructor(options: EmulatorOptions) {
    this.#options = options;
    this.#faults = new FaultQueue(options.faults);
    this.#signingKey = new DeterministicRandom(options.seed, 'signing key').bytes(KEY_BYTES);
    const organization = new DeterministicRandom(options.seed, 'organization');
    this.#organizationId = uuidOf(organization.bytes(UUID_BYTES));
  }

  async send(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const { operation } = request;
    if (operation !== 'messages.create' && operation !== 'messages.count_tokens') {
      return refusal('not_found', ruleTexts.notServed(operation));
    }
    const accepted = readRequest(request, {
      findModel: this.#options.findModel,
      signingKey: this.#signingKey,
    });
    if (accepted.kind === 'refusal') return accepted;
    const fault = this.#faults.next();
    const isStream = operation === 'messages.create' && accepted.request.stream === true;
    const isLate = isStream && fault?.afterEvents !== undefined;
    if (fault !== undefined && !isLate) return faultRefusal(fault);
    if (operation === 'messages.count_tokens') {
      return this.#whole(request, { input_tokens: accepted.inputTokens });
    }
    const made = this.#make(accepted);
    if (isStream) return this.#stream(request, { made, fault, cancellation });
    const delayMs = wholeAnswerMs(made.answer.outputTokens, this.#options.pace);
    const isOver = delayMs > 0 && !(await this.#wait(delayMs, cancellation));
    return isOver ? refusal('unavailable') : this.#whole(request, made.message);
  }

  close(): Promise<void> {
    for (const cut of this.#running) cut();
    this.#running.clear();
    return Promise.resolve();
  }

  #make(accepted: AcceptedRequest): MadeAnswer {
    const { request, windowTokens, inputTokens } = accepted;
    const random = new DeterministicRandom(this.#options.seed, accepted.fingerprint);
    const answer = clipAnswer(planAnswer(request, random), {
      maxTokens: request.max_tokens ?? Infinity,
      windowTokensLeft: windowTokens - inputTokens,
      stopSequences: request.stop_sequences ?? [],
    });
    const making = { random: random.fork('message'), signingKey: this.#signingKey };
    const message = buildMessage(accepted, answer, making);
    return { answer, message, random: random.fork('stream') };
  }

  #whole(request: UpstreamRequest, body: object): UpstreamAnswer {
    return {
      kind: 'answer',
      status: 200,
      headers: this.#headers(request, ['content-type', 'application/json']),
      isEventStream: false,
      body: sourceOf(Buffer.from(JSON.stringify(body))),
    };
  }

  #stream(request: UpstreamRequest, streaming: Streaming): UpstreamAnswer {
    const { clock, pace } = this.#options;
    const { cancellation, fault } = streaming;
    let events = eventsOf(streaming.made);
    let lastText = '';
    if (fault?.afterEvents !== undefined) {
      // Never after `message_stop`: a stream ends once.
      events = events.slice(0, Math.min(fault.afterEvents, events.length - 1));
      lastText = errorEvent(faultRefusal(fault), request.requestId);
    }
    const body = new PacedSource(timeEvents(events, pace, lastText), {
      clock,
      pingEveryMs: pace.pingEveryMs,
      onDone: () => {
        this.#running.delete(cut);
        forget();
      },
    });
    const cut = (): void => {
      body.shutDown();
    };
    this.#running.add(cut);
    let forget = (): void => {};
    forget = cancellation.onCancel(() => {
      body.cancel();
    });
    return {
      kind: 'answer',
      status: 200,
      headers: this.#headers(request, [
        'content-type',
        'text/event-stream; charset=utf-8',
        'cache-control',
        'no-cache',
      ]),
      isEventStream: true,
      body,
    };
  }

  /** True once the time has passed, false where nobody waits for it any more. */
  #wait(delayMs: number, cancellation: Cancellation): Promise<boolean> {
    if (cancellation.cancelled) return Promise.resolve(false);
    return new Promise((resolve) => {
      const finish = (isComplete: boolean): void => {
        timer.cancel();
        this.#running.delete(cut);
        forget();
        resolve(isComplete);
      };
      const cut = (): void => {
        finish(false);
      };
      const timer = this.#options.clock.after(delayMs, () => {
        finish(true);
      });
      const forget = cancellation.onCancel(cut);
      this.#running.add(cut);
    });
  }

  #headers(request: UpstreamRequest, form: HeaderList): HeaderList {
    return [
      ...form,
      'request-id',
      request.requestId,
      'anthropic-organization-id',
      this.#organizationId,
    ];
  }
}

interface MadeAnswer {
  readonly answer: ClippedAnswer;
  readonly message: Message;
  readonly random: DeterministicRandom;
}

interface Streaming {
  readonly made: MadeAnswer;
  readonly fault: EmulatorFault | undefined;
  readonly cancellation: Cancellation;
}

function eventsOf({ answer, message, random }: MadeAnswer): readonly MessagesEvent[] {
  const cut = cutDeltas(random);
  const { clippedToolJson } = answer;
  return expandMessage(message, {
    cutText: cut,
    cutJson: cut,
    startOutputTokens: Math.min(answer.outputTokens, random.between(1, START_TOKENS_MAX)),
    ...(clippedToolJson === undefined ? {} : { clippedToolJson }),
  });
}
