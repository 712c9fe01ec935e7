import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import { accountOperations } from '../messages/upstream.ts';
import type { AttemptRules } from '../policy/attempt-rules.ts';
import { attemptRulesOf, oneAttempt } from '../policy/attempt-rules.ts';
import type { RoutePlan, RouteTarget } from '../routing/route-plan.ts';
import type { Cancellation } from '../std/cancellation.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { writeTraceparent } from '../telemetry/trace-context.ts';
import { asksForStream } from './asks-for-stream.ts';
import type { AwaitedContent } from './await-content.ts';
import { awaitContent } from './await-content.ts';
import { waitLeftS } from './caller-wait.ts';
import { isDrained } from './drained-answers.ts';
import type { AttemptedExchange, BodyEdit, DecodedExchange } from './exchange.ts';
import { guardsAnswer } from './guards-answer.ts';
import { planOf } from './plan-of.ts';
import type { TakeOutcome } from './record-exchange.ts';
import { recordExchange } from './record-exchange.ts';
import { renameModel } from './rename-model.ts';
import { repeatAttempts, ruledRetries, tooLate } from './repeat-attempts.ts';
import { reportAttempt } from './report-attempt.ts';
import type { RuledTurns } from './ruled-turns.ts';
import { ruledTurns } from './ruled-turns.ts';
import type { UnseenRetries } from './retry-unseen.ts';
import { unseenRetries } from './retry-unseen.ts';
import { stripBillingHeader } from './strip-billing-header.ts';
import type { Reported } from './settle-request.ts';

export interface Attempted {
  readonly exchange: AttemptedExchange;
  readonly outcome: UpstreamAnswer | Refusal;
  /** What was said of the usage of an answer that failed, where it was read before this. */
  readonly reported?: Reported;
}

/**
 * Stage 11 of the walk: asks the planned targets in turn, until one of them begins an answer. How often,
 * and after which pauses, an AI gateway may say.
 */
export async function attemptUpstreams(
  exchange: DecodedExchange,
  plan: RoutePlan,
): Promise<Attempted | Refusal> {
  const [first] = plan.targets;
  if (first === undefined) return refusal('unavailable', 'No upstream is configured.');
  const { request, walk } = exchange;
  const unseen = unseenRetries(exchange, plan);
  if (unseen !== undefined) return askUnseen(exchange, unseen);
  const rules = rulesOf(exchange);
  const turns = ruledTurns(exchange, plan, rules);
  if (turns !== undefined) return askInTurn(exchange, turns);
  if (walk.health !== undefined) exchange.trail.occupy(walk.health.loads.enter(first.healthKey));
  const attempted = towards(exchange, first);
  const outcome = await repeatAttempts(
    (cancellation) => attemptOnce(attempted, first, cancellation),
    ruledRetries(rules, walk),
    { clock: walk.clock, cancellation: request.cancellation },
  );
  return { exchange: attempted, outcome };
}

/** Attempts as an AI gateway orders them, each at the target whose turn it is. */
async function askInTurn(exchange: DecodedExchange, turns: RuledTurns): Promise<Attempted> {
  const { request, walk } = exchange;
  const asked = (): AttemptedExchange => {
    const { target } = turns;
    return { ...towards(exchange, target), healthKey: target.healthKey };
  };
  const outcome = await repeatAttempts(
    (cancellation) => attemptOnce(asked(), turns.target, cancellation),
    turns,
    { clock: walk.clock, cancellation: request.cancellation },
  );
  return { exchange: asked(), outcome };
}

/** Attempts that the caller sees nothing of: each ends with an answer that has begun, or with a failure. */
async function askUnseen(exchange: DecodedExchange, unseen: UnseenRetries): Promise<Attempted> {
  const { request, walk } = exchange;
  const context = { clock: walk.clock, cancellation: request.cancellation };
  let attempted: AttemptedExchange | undefined;
  let heldMs = 0;
  const outcome = await repeatAttempts(
    async (cancellation) => {
      const target = unseen.turn();
      if (isRefusal(target)) return target;
      const { healthKey } = target;
      const asked = { ...towards(exchange, target), healthKey };
      attempted = asked;
      const began = await beginAnswer(asked, {
        target,
        cancellation,
        beginMs: unseen.beginMs(target),
      });
      heldMs = began.heldMs;
      return reportAttempt(asked, began.awaited);
    },
    unseen,
    context,
  );
  unseen.end();
  const last = attempted ?? { ...exchange, upstream: unseen.first.upstream };
  return { exchange: { ...last, heldMs }, outcome };
}

/** The request as a target gets it. */
export function towards(
  exchange: DecodedExchange,
  { upstream, model }: RouteTarget,
): AttemptedExchange {
  const attempted = { ...exchange, upstream };
  const named = model === undefined ? attempted : renameModel(attempted, model);
  const isStripped = exchange.settings.billingHeaderStripped?.has(upstream.name) === true;
  return isStripped ? stripBillingHeader(named) : named;
}

interface Beginning {
  readonly target: RouteTarget;
  readonly cancellation: Cancellation;
  /** Until its first content; until its head where it comes in one piece. */
  readonly beginMs: number | undefined;
}

interface Begun {
  readonly awaited: AwaitedContent;
  /** How long its head was held back for its content. */
  readonly heldMs: number;
}

/** Asks a target and waits for how its answer begins, for as long as it may take. */
async function beginAnswer(
  attempted: AttemptedExchange,
  { target, cancellation, beginMs }: Beginning,
): Promise<Begun> {
  const { clock } = attempted.walk;
  const own = new CancellationSource();
  // Stays for as long as the answer does: whoever leaves then takes the upstream's share along.
  cancellation.onCancel(() => {
    own.cancel();
  });
  if (cancellation.cancelled) own.cancel();
  let isLate = false;
  const timer =
    beginMs === undefined
      ? undefined
      : clock.after(beginMs, () => {
          isLate = true;
          own.cancel();
        });
  const answer = await askOnce(attempted, target, own);
  const headMs = clock.monotonicMs();
  if (!asksForStream(attempted.call)) timer?.cancel();
  const awaited = await awaitContent(attempted, answer, own);
  timer?.cancel();
  const heldMs = clock.monotonicMs() - headMs;
  const isTooLate = isLate && isRefusal(awaited.outcome);
  return { awaited: isTooLate ? { ...awaited, outcome: tooLate(beginMs ?? 0) } : awaited, heldMs };
}

async function attemptOnce(
  attempted: AttemptedExchange,
  target: RouteTarget,
  cancellation: Cancellation,
): Promise<UpstreamAnswer | Refusal> {
  const outcome = await askOnce(attempted, target, cancellation);
  return reportAttempt(attempted, { outcome, usage: undefined });
}

async function askOnce(
  exchange: DecodedExchange,
  target: RouteTarget,
  cancellation: Cancellation,
): Promise<UpstreamAnswer | Refusal> {
  const { call, request, walk, bills, trail } = exchange;
  const { upstream } = target;
  const record = recordExchange(exchange, upstream.name);
  bills.sent(upstream.name);
  trail.begin(target, walk.clock);
  try {
    const shown = isVerbatim(exchange, record) ? call.request : canonicalOnly(call.request);
    const asked = { ...shown, ...traceOf(exchange), ...waitOf(exchange) };
    const outcome = await sendTo(exchange, target, { asked, cancellation });
    trail.head(walk.clock);
    return record?.(outcome) ?? outcome;
  } catch (error) {
    // A driver answers with a refusal; whatever it throws is a fault of ours.
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    walk.log.error('driver_fault', { requestId: request.id, upstream: upstream.name, reason });
    const outcome = refusal('internal');
    return record?.(outcome) ?? outcome;
  }
}

/**
 * An upstream whose answers are read on for callers who left hears of that until its answer begins;
 * from then on whoever reads the answer ends it.
 */
async function sendTo(
  exchange: DecodedExchange,
  { upstream }: RouteTarget,
  sending: { readonly asked: UpstreamRequest; readonly cancellation: Cancellation },
): Promise<UpstreamAnswer | Refusal> {
  const { asked, cancellation } = sending;
  if (!isDrained({ ...exchange, upstream })) return upstream.send(asked, cancellation);
  const own = new CancellationSource();
  const forget = cancellation.onCancel(() => {
    own.cancel();
  });
  const outcome = await upstream.send(asked, own);
  forget();
  return outcome;
}

/** What belongs to an account is asked for once: a second file or batch is another one. */
function rulesOf({ gateway, request, routed }: DecodedExchange): AttemptRules {
  if (gateway === undefined || accountOperations.has(request.operation)) return oneAttempt;
  const rules = attemptRulesOf(gateway.policy, gateway.options);
  // The last attempt may take long where nothing comes after it, and a route may lead on.
  return routed?.hasFallback === true ? { ...rules, limitsLast: true } : rules;
}

/** Made before the request was decoded: they are in the caller's own body too. */
const ownEdits: ReadonlySet<BodyEdit> = new Set<BodyEdit>(['model-defaulted', 'model-aliased']);

/** What was changed of the canonical body, is kept or looked at goes in the canonical form. */
function isVerbatim(exchange: DecodedExchange, record: TakeOutcome | undefined): boolean {
  const { edits, cacheStatus, bills } = exchange;
  const isKept = cacheStatus !== undefined || record !== undefined;
  // The end that a stream gets whose money runs out is written in events of the canonical form.
  const mayStop = bills.bill !== undefined && planOf(exchange).onExhausted === 'stop';
  const isChanged = edits?.some((edit) => !ownEdits.has(edit)) === true;
  return !isChanged && !isKept && !mayStop && !guardsAnswer(exchange);
}

/** An upstream is told which trace a request belongs to where the configuration says so. */
function traceOf({ walk, trace }: DecodedExchange): Pick<UpstreamRequest, 'trace'> {
  if (trace === undefined || walk.traces?.isPropagated !== true) return {};
  const state = trace.state === undefined ? [] : ['tracestate', trace.state];
  return { trace: ['traceparent', writeTraceparent(trace), ...state] };
}

/** Whoever waits no longer than the caller does need not work for nobody. */
function waitOf(exchange: DecodedExchange): Pick<UpstreamRequest, 'waitS'> {
  const waitS = waitLeftS(exchange);
  return waitS === undefined ? {} : { waitS };
}

function canonicalOnly({ native: _native, ...request }: UpstreamRequest): UpstreamRequest {
  return request;
}
