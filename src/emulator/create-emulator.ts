import type { ScenarioFile, ScenarioStep } from '../config/scenario.ts';
import type { Refusal } from '../messages/errors.ts';
import { errorTable, isRefusal, refusal } from '../messages/errors.ts';
import type {
  HeaderList,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../messages/upstream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { Clock } from '../std/clock.ts';
import { AnswerPlayer } from './answer-player.ts';
import type { ModelDirectory } from './answer-models.ts';
import { answerModels } from './answer-models.ts';
import { planCaching } from './caching/plan-caching.ts';
import { PromptCache } from './caching/prompt-cache.ts';
import { countAnswer } from './context/count-answer.ts';
import { DeterministicRandom } from './deterministic-random.ts';
import { uuidOf } from './json-schema/string-formats.ts';
import type { MadeAnswer } from './make-answer.ts';
import { eventsOf, makeAnswer } from './make-answer.ts';
import type { EmulatorFile } from './emulator-file.ts';
import type { ModelFacts } from './model-facts.ts';
import type { RateExcess, RateLimitRules, RatePermit } from './rate-limits/rate-limiter.ts';
import { RateLimiter } from './rate-limits/rate-limiter.ts';
import type { AcceptedRequest } from './rules/read-request.ts';
import { readRequest } from './rules/read-request.ts';
import { ruleTexts } from './rules/rule-texts.ts';
import type { EmulatorFault } from './scenarios/faults-as-scenarios.ts';
import type { OrderedError } from './scenarios/request-scripts.ts';
import { RequestScripts } from './scenarios/request-scripts.ts';
import { scriptStream, scriptWhole } from './scenarios/script-stream.ts';
import { overridePace } from './scenarios/scripted-answer.ts';
import type { ErrorAnswer } from './scenarios/scripted-error.ts';
import { errorAnswer, scriptedError, wholeError } from './scenarios/scripted-error.ts';
import type { Pace } from './time-events.ts';
import { timeEvents, wholeAnswerMs } from './time-events.ts';

export type { EmulatorFault } from './scenarios/faults-as-scenarios.ts';

const KEY_BYTES = 32;
const UUID_BYTES = 16;

/** What an emulator is made from: everything it does follows from these and the request. */
export interface EmulatorOptions {
  readonly clock: Clock;
  /** The same seed and the same body have the same answer, to the byte. */
  readonly seed: string;
  readonly pace: Pace;
  readonly faults: readonly EmulatorFault[];
  readonly findModel: (name: string) => ModelFacts | undefined;
  /** The files of an account; without it there are none. */
  readonly findFile?: (account: string, id: string) => EmulatorFile | undefined;
  /** What `GET /v1/models` says. */
  readonly models: ModelDirectory;
  readonly scenarios?: ScenarioFile;
  /** Whether signatures of the real API's form, which it cannot check, are taken; so where absent. */
  readonly foreignSignatures?: 'accept' | 'refuse';
  /** Where absent, nothing is refused for its rate. */
  readonly limits?: RateLimitRules;
}

/** An upstream that can be told, at any time, what to answer from now on. */
export interface Emulator extends Upstream {
  /** Takes other scenarios; each begins anew. What is under way goes on. */
  useScenarios(scenarios: ScenarioFile): void;
}

/** An upstream in this process that answers as the Messages API does and asks no model. */
export function createEmulator(options: EmulatorOptions): Emulator {
  return new MessagesEmulator(options);
}

class MessagesEmulator implements Emulator {
  readonly name = 'emulator';
  readonly keepsAccountResources = false;
  readonly seesGatewayFiles = true;
  /** It stands in for the API: a key for that is as good as none. */
  readonly provider = 'anthropic';
  readonly #options: EmulatorOptions;
  readonly #signingKey: Uint8Array;
  readonly #organizationId: string;
  readonly #player: AnswerPlayer;
  readonly #limiter: RateLimiter;
  readonly #promptCache: PromptCache;
  readonly #scripts: RequestScripts;

  constructor(options: EmulatorOptions) {
    this.#options = options;
    this.#signingKey = new DeterministicRandom(options.seed, 'signing key').bytes(KEY_BYTES);
    const organization = new DeterministicRandom(options.seed, 'organization');
    this.#organizationId = uuidOf(organization.bytes(UUID_BYTES));
    this.#player = new AnswerPlayer(options.clock);
    this.#promptCache = new PromptCache({ clock: options.clock });
    const limits = options.limits ?? { everyone: {}, byAccount: new Map() };
    this.#limiter = new RateLimiter(options.clock, limits);
    this.#scripts = new RequestScripts(options.faults, options.scenarios);
  }

  useScenarios(scenarios: ScenarioFile): void {
    this.#scripts.use(scenarios);
  }

  async send(
    request: UpstreamRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const { operation } = request;
    if (operation === 'models.list' || operation === 'models.get') {
      const page = answerModels(request, this.#options.models);
      return isRefusal(page) ? page : this.#whole(request, page);
    }
    if (operation !== 'messages.create' && operation !== 'messages.count_tokens') {
      return refusal('not_found', ruleTexts.notServed(operation));
    }
    const early = this.#scripts.beforeValidation(request);
    if (early !== undefined) return this.#fail(request, { ...early, cancellation });
    const { findModel, findFile, foreignSignatures = 'accept' } = this.#options;
    const accepted = readRequest(request, {
      findModel,
      signingKey: this.#signingKey,
      foreignSignatures,
      ...(findFile === undefined ? {} : { findFile }),
    });
    if (accepted.kind === 'refusal') return accepted;
    if (operation === 'messages.create') return this.#create(request, accepted, cancellation);
    const step = this.#scripts.stepFor(request, accepted.request);
    if (isRefusal(step)) return step;
    const error = wholeError(step, false);
    return error === undefined
      ? this.#whole(request, countAnswer(accepted))
      : this.#fail(request, { error, step, cancellation });
  }

  close(): Promise<void> {
    this.#player.close();
    return Promise.resolve();
  }

  /** An accepted request for a message: its rate, its scenario, its answer. */
  async #create(
    request: UpstreamRequest,
    accepted: AcceptedRequest,
    cancellation: Cancellation,
  ): Promise<UpstreamAnswer | Refusal> {
    const { account } = request;
    const { inputTokens } = accepted;
    const modelClass = accepted.facts.rateLimitClass;
    const permit = this.#limiter.admit({ account, modelClass, inputTokens });
    if (permit.kind === 'excess') return this.#exceeded(request, permit);
    const step = this.#scripts.stepFor(request, accepted.request);
    if (isRefusal(step)) {
      permit.settleInput(0);
      return step;
    }
    const isStream = accepted.request.stream === true;
    const error = wholeError(step, isStream);
    if (error !== undefined) {
      permit.settleInput(0);
      return this.#fail(request, { error, step, cancellation, limits: permit.headers });
    }
    const made = this.#make(accepted, account, step);
    const { input_tokens: uncached, cache_creation_input_tokens: written } = made.counted;
    permit.settleInput(uncached + (written ?? 0));
    permit.drawOutput(made.answer.outputTokens);
    const answering = { made, step, permit, cancellation };
    return isStream ? this.#stream(request, answering) : this.#onePiece(request, answering);
  }

  #make(accepted: AcceptedRequest, account: string, step: ScenarioStep): MadeAnswer {
    const { seed, pace, clock } = this.#options;
    const { firstTokenMs } = overridePace(pace, step.pace);
    return makeAnswer(accepted, {
      seed,
      signingKey: this.#signingKey,
      cacheUse: this.#promptCache.use(planCaching(accepted, account), firstTokenMs),
      wallMs: clock.wallMs(),
      respond: step.respond ?? {},
    });
  }

  #whole(request: UpstreamRequest, body: object): UpstreamAnswer {
    return this.#player.whole(200, this.#headers(request), JSON.stringify(body));
  }

  async #onePiece(
    request: UpstreamRequest,
    { made, step, permit, cancellation }: Answering,
  ): Promise<UpstreamAnswer | Refusal> {
    const pace = overridePace(this.#options.pace, step.pace);
    const delayMs = wholeAnswerMs(made.answer.outputTokens, pace);
    if (!(await this.#player.wait(delayMs, cancellation))) {
      permit.drawOutput(-made.answer.outputTokens);
      return refusal('unavailable');
    }
    const body = JSON.stringify(made.message);
    const headers = [...this.#headers(request), ...permit.headers];
    const script = scriptWhole(body, step.faults ?? []);
    if (!script.isScripted) return this.#player.whole(200, headers, body);
    return this.#player.play({
      headers: ['content-type', 'application/json', ...headers],
      isEventStream: false,
      script,
      pingEveryMs: 0,
      cancellation,
      onDone: () => {},
    });
  }

  #stream(request: UpstreamRequest, answering: Answering): UpstreamAnswer {
    const { made, step, permit, cancellation } = answering;
    const pace = overridePace(this.#options.pace, step.pace);
    const timed = timeEvents(eventsOf(made), pace, made.random.fork('jitter'), made.eagerTools);
    return this.#player.play({
      headers: [
        'content-type',
        'text/event-stream; charset=utf-8',
        'cache-control',
        'no-cache',
        ...this.#headers(request),
        ...permit.headers,
      ],
      isEventStream: true,
      script: scriptStream(timed, step.faults ?? [], request.requestId),
      pingEveryMs: pace.pingEveryMs,
      cancellation,
      onDone: (sentShare) => {
        permit.drawOutput(-Math.floor(made.answer.outputTokens * (1 - sentShare)));
      },
    });
  }

  /** An error that a scenario orders, after the time that its first token would have taken. */
  async #fail(
    request: UpstreamRequest,
    { error, step, cancellation, limits }: Failing,
  ): Promise<UpstreamAnswer | Refusal> {
    const delayMs = step.pace?.first_token_ms ?? 0;
    if (!(await this.#player.wait(delayMs, cancellation))) return refusal('unavailable');
    const answer = scriptedError(error, request.requestId);
    return this.#error(request, answer, answer.status === 429 ? limits : undefined);
  }

  #exceeded(request: UpstreamRequest, excess: RateExcess): UpstreamAnswer {
    const { meter, perMinute, retryAfterMs, headers } = excess;
    const text = ruleTexts.rateExceeded(this.#organizationId, perMinute, meter);
    const said = refusal('rate_limited', text, { retryAfterMs });
    const { status } = errorTable.rate_limited;
    return this.#error(request, errorAnswer(said, status, request.requestId), headers);
  }

  #error(request: UpstreamRequest, answer: ErrorAnswer, more: HeaderList = []): UpstreamAnswer {
    const headers = [...this.#headers(request), ...answer.headers, ...more];
    return this.#player.whole(answer.status, headers, answer.body);
  }

  #headers(request: UpstreamRequest): HeaderList {
    return ['request-id', request.requestId, 'anthropic-organization-id', this.#organizationId];
  }
}

interface Answering {
  readonly made: MadeAnswer;
  readonly step: ScenarioStep;
  readonly permit: RatePermit;
  readonly cancellation: Cancellation;
}

interface Failing extends OrderedError {
  readonly cancellation: Cancellation;
  /** The headers of the rate limits, which an answer with 429 has. */
  readonly limits?: HeaderList;
}
