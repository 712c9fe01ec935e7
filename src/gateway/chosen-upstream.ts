import type { DecodedCall } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { TargetStates } from '../routing/order-targets.ts';
import { planChosen } from '../routing/plan-chosen.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { RouteQuestion } from '../routing/route-table.ts';
import type { RoutedModel, WalkSettings } from './exchange.ts';

/** By it the console's playground says which upstream is to answer; no other listener reads it. */
export const UPSTREAM_HEADER = 'x-quatrain-upstream';

const NAME_LETTERS_MAX = 63;

/** An operator's choice for one request, which comes beside it: no caller of the public listener has it. */
export interface UpstreamChoice {
  /** The upstream that alone is to answer; absent where routes say who does. */
  readonly upstreamName?: string | undefined;
}

/** What of a request such a choice is held to. */
interface ChosenFor {
  readonly settings: Pick<WalkSettings, 'upstreams'>;
  readonly routed?: Pick<RoutedModel, 'upstreamName'>;
}

/** The plan for the upstream that was chosen; a dynamic route that names another one leads to nobody. */
export function planForChosen(
  { settings, routed }: ChosenFor,
  name: string,
  asked: { readonly question: RouteQuestion; readonly states: TargetStates },
): RoutePlan {
  const isElsewhere = routed?.upstreamName !== undefined && routed.upstreamName !== name;
  return isElsewhere ? { targets: [] } : planChosen(settings.upstreams, name, asked);
}

/** Why the upstream that was chosen for a request does not get it: nobody else does in its place. */
export function refuseChosen(
  { settings, call }: ChosenFor & { readonly call: Pick<DecodedCall, 'model'> },
  name: string,
  { targets, drained }: RoutePlan,
): Refusal | undefined {
  const { byName } = settings.upstreams;
  if (!byName.has(name)) {
    const called = name.slice(0, NAME_LETTERS_MAX);
    const known = [...byName.keys()].join(', ');
    return refused(`no upstream is called "${called}"; there are: ${known}`, 'upstream_not_found');
  }
  if (targets.length > 0) return undefined;
  if (drained !== undefined) {
    const text = `The upstream "${name}" is drained: it gets no requests until it is resumed.`;
    return refusal('unavailable', text, { reason: 'upstream_drained', param: UPSTREAM_HEADER });
  }
  const model = call.model ?? 'this model';
  return refused(`no route leads "${model}" to the upstream "${name}"`, 'upstream_not_routed');
}

/** What belongs to an account is at one upstream, and nobody can choose another one for it. */
export function refuseChoice(): Refusal {
  return refused(
    'only messages, counts of tokens and completions can be asked of a chosen upstream',
    'upstream_not_chosen',
  );
}

function refused(text: string, reason: string): Refusal {
  const detail = `${UPSTREAM_HEADER}: ${text}`;
  return refusal('invalid_request', detail, { reason, param: UPSTREAM_HEADER });
}
