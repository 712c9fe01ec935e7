import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { UpstreamAnswer } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import { sourceOf } from '../std/byte-stream.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import { collectAnswer } from './answer-parts.ts';
import type { Attempted } from './attempt-upstreams.ts';
import { attemptUpstreams } from './attempt-upstreams.ts';
import type { DecodedExchange } from './exchange.ts';
import { matchingPolicies } from './policies-for.ts';
import { thinkingStripped } from './strip-thinking.ts';

/**
 * Stage 11 of the walk, and where a policy asks for it once more: thinking is signed by whoever
 * thought it, so a conversation that went on elsewhere is refused there for it (lessons C.2, 18 and
 * 19). Then its earlier thinking is left out, the request is asked anew, and the caller is told.
 */
export async function attemptRepaired(
  exchange: DecodedExchange,
  plan: RoutePlan,
): Promise<Attempted | Refusal> {
  const attempted = await attemptUpstreams(exchange, plan);
  if (isRefusal(attempted) || !repairs(exchange)) return attempted;
  const { outcome, text } = await complaintIn(attempted);
  const body = text === undefined ? undefined : thinkingStripped(exchange.call.request.body, text);
  if (body === undefined) return { ...attempted, outcome };
  const { call, walk, request, edits = [] } = exchange;
  const edit = 'thinking-stripped';
  walk.log.info('request_edited', { requestId: request.id, edit, upstream: nameOf(attempted) });
  const repaired = { ...exchange, call: { ...call, request: { ...call.request, body } } };
  return attemptUpstreams({ ...repaired, edits: [...edits, edit] }, startingAt(attempted, plan));
}

function repairs(exchange: DecodedExchange): boolean {
  return matchingPolicies(exchange).some((policy) => policy.thinking_on_switch !== 'keep');
}

interface Complaint {
  readonly outcome: UpstreamAnswer | Refusal;
  /** What the upstream says of the request; undefined where it says no such thing. */
  readonly text?: string | undefined;
}

/** Reads an answer only where it refuses the request, and then passes on the same one. */
async function complaintIn({ exchange, outcome }: Attempted): Promise<Complaint> {
  if (isRefusal(outcome)) {
    // An upstream in this process says it so.
    return { outcome, text: outcome.code === 'invalid_request' ? outcome.detail : undefined };
  }
  const isComplaint = outcome.status === 400 && outcome.form === undefined;
  if (!isComplaint || outcome.isScripted === true) return { outcome };
  const bytes = await collectAnswer(exchange, outcome);
  if ('failed' in bytes) return { outcome: bytes.failed };
  return { outcome: { ...outcome, body: sourceOf(bytes) }, text: messageIn(bytes) };
}

function messageIn(bytes: Uint8Array): string | undefined {
  const parsed = parseJson(textOf(bytes));
  const said = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
  const { error } = said;
  const message = isJsonObject(error) ? error['message'] : undefined;
  return typeof message === 'string' ? message : undefined;
}

/** Whoever complained is asked again first. */
function startingAt({ exchange }: Attempted, plan: RoutePlan): RoutePlan {
  const isSame = ({ upstream }: RoutePlan['targets'][number]): boolean =>
    upstream === exchange.upstream;
  const others = plan.targets.filter((target) => !isSame(target));
  return { ...plan, targets: [...plan.targets.filter(isSame), ...others] };
}

function nameOf({ exchange }: Attempted): string {
  return exchange.upstream.name;
}
