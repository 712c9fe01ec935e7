import type { RequestPolicy } from '../config/policy-config.ts';
import type { IncomingCall } from '../dialects/dialect.ts';
import { modelInBody } from '../dialects/model-place.ts';
import type { Operation } from '../messages/upstream.ts';
import type { JsonValue } from '../std/json.ts';
import type { AuthenticatedExchange, BodyEdit } from './exchange.ts';
import { namesOfModel, policiesFor } from './policies-for.ts';

/** A request before it is decoded, with what policies make of its model. */
export interface NamedCall {
  readonly incoming: IncomingCall;
  readonly edits: readonly BodyEdit[];
}

const operationsWithModel: ReadonlySet<Operation> = new Set([
  'messages.create',
  'messages.count_tokens',
  'complete.create',
]);

/** Whether requests of an operation name a model that they are about. */
export function namesModel(operation: Operation): boolean {
  return operationsWithModel.has(operation);
}

/**
 * Puts the model that policies say into what the caller sent: one for a request that names none, and
 * the one that a name of the installation's own stands for. It is done before the request is decoded,
 * so that every form reads it as if the caller had written it.
 */
export function nameModel(exchange: AuthenticatedExchange, incoming: IncomingCall): NamedCall {
  const { settings, request, walk } = exchange;
  const policies = (settings.policies ?? []).filter(saysModel);
  if (policies.length === 0 || !namesModel(request.operation)) return { incoming, edits: [] };
  const place = request.dialect.modelPlace ?? modelInBody;
  const edits = new Set<BodyEdit>();
  let named = incoming;
  for (const policy of policies) {
    const asked = place.read(named);
    if (!isAbout(policy, asked, exchange)) continue;
    const naming = namingOf(policy, asked);
    if (naming === undefined) continue;
    const { edit, model } = naming;
    const about = {
      edit,
      policy: policy.name,
      model,
      from: typeof asked === 'string' ? asked : '',
    };
    walk.log.info('request_edited', { requestId: request.id, ...about });
    named = place.write(named, model);
    edits.add(edit);
  }
  return { incoming: named, edits: [...edits] };
}

function isAbout(
  policy: RequestPolicy,
  asked: JsonValue | undefined,
  exchange: AuthenticatedExchange,
): boolean {
  const { profile } = exchange.settings;
  const models = typeof asked === 'string' ? namesOfModel([asked], profile) : [];
  return policiesFor(exchange, { gatewayId: undefined, models }).includes(policy);
}

interface Naming {
  readonly edit: 'model-defaulted' | 'model-aliased';
  readonly model: string;
}

/** What is no name at all is for the form to refuse. */
function namingOf(
  { model_default: byDefault, model_aliases: aliases }: RequestPolicy,
  asked: JsonValue | undefined,
): Naming | undefined {
  if (asked === undefined) {
    return byDefault === undefined ? undefined : { edit: 'model-defaulted', model: byDefault };
  }
  if (typeof asked !== 'string' || !Object.hasOwn(aliases, asked)) return undefined;
  const model = aliases[asked];
  return model === undefined ? undefined : { edit: 'model-aliased', model };
}

function saysModel({ model_default: byDefault, model_aliases: aliases }: RequestPolicy): boolean {
  return byDefault !== undefined || Object.keys(aliases).length > 0;
}
