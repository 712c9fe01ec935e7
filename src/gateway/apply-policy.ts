import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { judgeRequest, lookInto } from '../policy/judge-request.ts';
import type { AskedRequest } from '../policy/policy-rule.ts';
import { askedValue } from '../policy/policy-rule.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { BodyEdit, DecodedExchange } from './exchange.ts';
import { matchingPolicies, namesOfModel } from './policies-for.ts';

/**
 * Stage 6 of the walk for the policies of the installation: what a request may ask, and what it asks
 * where it does not say. What they change is named to the caller and in the log.
 */
export function applyPolicy(exchange: DecodedExchange): DecodedExchange | Refusal {
  const policies = matchingPolicies(exchange);
  if (policies.length === 0) return exchange;
  const { call, walk, request } = exchange;
  const judged = judgeRequest(policies, askedOf(exchange));
  if (judged.kind === 'refused') {
    const { said, policy, rule } = judged;
    const about = { policy, rule, code: said.code };
    walk.log.info('request_refused_by_policy', { requestId: request.id, ...about });
    return inCallersWords(said, exchange);
  }
  const { asked, edits } = judged;
  if (edits.length === 0) return exchange;
  for (const { edit, policy, fields } of edits) {
    const about = { edit, policy, fields: fields.join(',') };
    walk.log.info('request_edited', { requestId: request.id, ...about });
  }
  const { body, headers } = asked;
  const length = askedValue(asked, 'max_tokens');
  return {
    ...exchange,
    call: {
      ...call,
      ...(typeof length === 'number' ? { maxTokens: length } : {}),
      request: { ...call.request, body, headers },
    },
    edits: [...new Set<BodyEdit>([...(exchange.edits ?? []), ...edits.map(({ edit }) => edit)])],
  };
}

/**
 * Batches that an upstream keeps go there whole: nobody here sees what their requests ask, so a
 * caller that a policy is about cannot have them.
 */
export function refuseUnjudged(
  exchange: DecodedExchange,
  { targets }: RoutePlan,
): Refusal | undefined {
  const { request } = exchange;
  if (request.operation !== 'batches.create') return undefined;
  if (!targets.some(({ upstream }) => upstream.keepsAccountResources)) return undefined;
  const [policy] = matchingPolicies({ ...exchange, settings: aboutAllModels(exchange) });
  if (policy === undefined) return undefined;
  const text = `The upstream keeps batches itself, where their requests cannot be held to the policy "${policy.name}". Send them one by one.`;
  return refusal('permission_denied', text);
}

/** The settings with policies that are about some models made ones that are about all. */
function aboutAllModels({ settings }: DecodedExchange): DecodedExchange['settings'] {
  const policies = settings.policies?.map((policy) => ({
    ...policy,
    when: { ...policy.when, models: undefined },
  }));
  return { ...settings, policies };
}

function askedOf({ call, settings, request }: DecodedExchange): AskedRequest {
  const { body, headers, native } = call.request;
  const members = lookInto(body);
  const saysLength = call.hasDefaultLength !== true && members().has('max_tokens');
  return {
    operation: request.operation,
    model: call.model,
    models: namesOfModel([call.model, call.modelId], settings.profile),
    namesOf: (model) => namesOfModel([model], settings.profile),
    headers,
    body,
    bodyBytes: native?.body.length ?? body.length,
    members,
    lengthSaidBy: saysLength ? 'caller' : 'nobody',
  };
}

/** The rules speak of the canonical form; the caller may know the field by another name. */
function inCallersWords(said: Refusal, { call: { encoder } }: DecodedExchange): Refusal {
  if (said.param === undefined || encoder === undefined || said.reason !== undefined) return said;
  const { param } = encoder.refuseError(said);
  return param === undefined ? said : { ...said, param };
}
