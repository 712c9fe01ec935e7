import type { ScenarioResponse } from '../config/scenario.ts';
import type { MessagesEvent } from '../messages/events.ts';
import { expandMessage } from '../messages/expand-message.ts';
import type { Message } from '../messages/response.ts';
import { buildMessage } from './answer/build-message.ts';
import type { ClippedAnswer } from './answer/clip-answer.ts';
import { clipAnswer } from './answer/clip-answer.ts';
import { isResumedCall } from './answer/call-by-code.ts';
import { cutDeltas } from './answer/cut-deltas.ts';
import { cutJson } from './answer/cut-json.ts';
import { eagerTools } from './answer/eager-tools.ts';
import { planAnswer } from './answer/plan-answer.ts';
import { emptyAnswer } from './caching/empty-answer.ts';
import type { CacheUse } from './caching/prompt-cache.ts';
import { DeterministicRandom } from './deterministic-random.ts';
import type { AcceptedRequest } from './rules/read-request.ts';
import { overrideMessage, planScripted } from './scenarios/scripted-answer.ts';
import type { ThinkingEstimates } from './thinking/estimate-thinking.ts';
import { thinkingEstimates } from './thinking/estimate-thinking.ts';

const DAY_MS = 86_400_000;
const START_TOKENS_MAX = 4;

/** What an answer is made with. */
export interface AnswerMaking {
  readonly seed: string;
  readonly signingKey: Uint8Array;
  readonly cacheUse: CacheUse;
  /** When the request came, in milliseconds since the Unix epoch. */
  readonly wallMs: number;
  /** What a scenario has the answer say. */
  readonly respond: ScenarioResponse;
}

/** An answer in full, before it is sent in either form. */
export interface MadeAnswer {
  readonly answer: ClippedAnswer;
  readonly message: Message;
  /** What was counted, whatever a scenario has the message say. */
  readonly counted: Message['usage'];
  /** Tools whose arguments are streamed as they come. */
  readonly eagerTools: ReadonlySet<string>;
  readonly thinkingEstimates: ThinkingEstimates;
  readonly random: DeterministicRandom;
}

/** Writes the answer to a request; scripted content goes the same way as what the emulator writes. */
export function makeAnswer(accepted: AcceptedRequest, making: AnswerMaking): MadeAnswer {
  const { request, windowTokens, inputTokens } = accepted;
  const { seed, signingKey, cacheUse, respond } = making;
  const random = new DeterministicRandom(seed, accepted.fingerprint);
  // Times in an answer count from midnight in UTC, so that it stays the same through a day.
  const dayMs = Math.floor(making.wallMs / DAY_MS) * DAY_MS;
  const planned =
    respond.content === undefined
      ? planAnswer({ ...accepted, request: accepted.seenRequest }, random, dayMs)
      : planScripted(respond.content, random.fork('scenario'));
  const eager = eagerTools(request, accepted.betas);
  const clipped = clipAnswer(planned, {
    maxTokens: request.max_tokens ?? Infinity,
    windowTokensLeft: windowTokens - inputTokens,
    stopSequences: request.stop_sequences ?? [],
    eagerTools: eager,
    tokenizer: accepted.facts.tokenizer,
  });
  const answer = request.max_tokens === 0 ? emptyAnswer : clipped;
  const message = buildMessage(accepted, answer, {
    random: random.fork('message'),
    signingKey,
    cacheUse,
    dayMs,
  });
  return {
    answer,
    message: overrideMessage(message, respond),
    counted: message.usage,
    eagerTools: eager,
    thinkingEstimates: thinkingEstimates(accepted, answer.blocks),
    random: random.fork('stream'),
  };
}

/** The events of the answer's stream. */
export function eventsOf(made: MadeAnswer): readonly MessagesEvent[] {
  const { answer, message, random } = made;
  const { clippedToolJson } = answer;
  return expandMessage(message, {
    cutText: cutDeltas(random),
    cutJson: cutJson(random, made.eagerTools),
    startOutputTokens: Math.min(answer.outputTokens, random.between(1, START_TOKENS_MAX)),
    isPrepopulated: isResumedCall(message),
    thinkingEstimates: made.thinkingEstimates,
    ...(clippedToolJson === undefined ? {} : { clippedToolJson }),
  });
}
