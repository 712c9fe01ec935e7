import { modelsOf } from '../catalog/profiles.ts';
import { nearNames } from '../catalog/near-names.ts';
import { resolveAnyName } from '../catalog/resolve-model.ts';
import type { Principal } from '../access/authenticate.ts';
import { AskedBody } from '../gateway/asked-body.ts';
import type { DecodedExchange } from '../gateway/exchange.ts';
import type { ExplainedRequest } from '../gateway/explain-request.ts';
import { scopeOfCall } from '../gateway/scope-of-call.ts';
import { refusalText } from '../messages/errors.ts';
import { parseJson } from '../std/json.ts';
import type {
  ExplainAnswer,
  ExplainForm,
  ExplainKeyAnswer,
  ExplainLimitAnswer,
  ExplainModelAnswer,
  ExplainMoneyAnswer,
  ExplainPolicyAnswer,
  ExplainQuestion,
} from './contract-operations.ts';
import { explainDecisions } from './explain-decisions.ts';
import { encodeTargets, explainRouting } from './explain-routing.ts';
import { verdictOf } from './explain-verdict.ts';
import type { OperationParts } from './operation-parts.ts';
import { encodePlan } from './plan-orders.ts';
import { listedRates } from './price-orders.ts';

/** A question, and what the walk came to. */
export interface Explaining {
  readonly question: ExplainQuestion;
  readonly principal: Principal;
  readonly explained: ExplainedRequest;
}

/** What would happen to a request, in the words of this API. */
export function explainAnswer(asking: Explaining, operations: OperationParts): ExplainAnswer {
  const { explained, question } = asking;
  const { at } = explained;
  const decoded = decodedIn(explained);
  const targets = encodeTargets(explained, operations);
  return {
    verdict: verdictOf(explained, targets[0]?.upstream),
    form: question.form ?? 'messages',
    model: modelOf(asking),
    key: keyOf(asking),
    plan: explained.refused?.stage === 'plan' ? null : encodePlan(at.settings.plan),
    gateway: decoded?.gateway?.policy.id ?? null,
    policies: policiesOf(explained),
    edits: [...(decoded?.edits ?? [])],
    limits: at.permit.standings.map(({ meter, limit, remaining, resetMs }): ExplainLimitAnswer => ({
      meter,
      limit,
      remaining,
      reset_ms: resetMs,
    })),
    targets,
    ...explainRouting(explained),
    ...explainDecisions(explained),
    money: moneyOf(explained),
  };
}

function decodedIn({ at }: ExplainedRequest): DecodedExchange | undefined {
  return 'call' in at ? at : undefined;
}

function modelOf({ question, explained }: Explaining): ExplainModelAnswer {
  const decoded = decodedIn(explained);
  const sent = decoded === undefined ? undefined : modelInBody(decoded);
  return {
    asked: question.model ?? null,
    sent: sent ?? null,
    ...registered(decoded?.call.modelId ?? sent ?? question.model, asking(question, explained)),
  };
}

interface NameAsked {
  readonly form: ExplainForm;
  readonly settings: ExplainedRequest['at']['settings'];
}

function asking({ form = 'messages' }: ExplainQuestion, { at }: ExplainedRequest): NameAsked {
  return { form, settings: at.settings };
}

/** What the registry and the plan say of a name. */
function registered(
  name: string | undefined,
  asked: NameAsked,
): Pick<ExplainModelAnswer, 'id' | 'display_name' | 'is_listed' | 'near'> {
  const { plan, profile } = asked.settings;
  const model = name === undefined ? undefined : resolveAnyName(name, profile);
  if (model === undefined) {
    const is_listed = plan.modelIds === undefined ? null : false;
    return {
      id: null,
      display_name: null,
      is_listed,
      near: name === undefined ? [] : near(name, asked),
    };
  }
  const is_listed = plan.modelIds?.has(model.id) ?? true;
  return { id: model.id, display_name: model.displayName, is_listed, near: [] };
}

/** What stands in the canonical body, which policies and plans have put there. */
function modelInBody({ call, settings }: DecodedExchange): string | undefined {
  const parsed = parseJson(new AskedBody(call, settings.jsonBounds).textOf('model'));
  return parsed.kind === 'value' && typeof parsed.value === 'string' ? parsed.value : undefined;
}

function near(name: string, { form, settings: { plan, profile } }: NameAsked): readonly string[] {
  const sold = modelsOf(profile).filter(
    ({ id, retiredAt }) => retiredAt === undefined && (plan.modelIds?.has(id) ?? true),
  );
  const names = sold.flatMap(({ id, aliases, formNames }) => {
    if (form === 'messages') return [id, ...aliases];
    return form === 'workers-ai' ? formNames.workersAi : formNames.chatCompletions;
  });
  return nearNames(name, names);
}

function keyOf({ question, principal, explained }: Explaining): ExplainKeyAnswer {
  const { refused, at } = explained;
  const denied = refused?.stage === 'key' ? refused.said : undefined;
  return {
    id: question.key ?? null,
    account: principal.account,
    is_allowed: denied === undefined,
    rule: denied?.reason ?? null,
    text: denied === undefined ? null : refusalText(denied),
    needed_scope: scopeOfCall(at.request.dialect, at.request.operation),
    scopes: [...principal.scopes],
    models: principal.modelIds === null ? null : [...principal.modelIds],
  };
}

/** What each policy did is what the walk says in the log of a request that is served. */
function policiesOf({ policies, notes }: ExplainedRequest): readonly ExplainPolicyAnswer[] {
  const about = notes.filter(({ fields }) => fields['policy'] !== undefined);
  const names = [...policies.map(({ name }) => name), ...about.map((note) => nameIn(note.fields))];
  return [...new Set(names)].map((name) => {
    const own = about.filter(({ fields }) => nameIn(fields) === name);
    const refused = own.find(({ event }) => event === 'request_refused_by_policy')?.fields;
    return {
      name,
      edits: own
        .filter(({ event }) => event === 'request_edited')
        .map(({ fields }) => ({
          edit: String(fields['edit']),
          fields: fields['fields'] === undefined ? ['model'] : String(fields['fields']).split(','),
        })),
      refusal:
        refused === undefined
          ? null
          : { rule: String(refused['rule']), code: String(refused['code']) },
    };
  });
}

function nameIn(fields: ExplainedRequest['notes'][number]['fields']): string {
  return String(fields['policy']);
}

function moneyOf({ estimate, at }: ExplainedRequest): ExplainMoneyAnswer | null {
  if (estimate === undefined) return null;
  const { held, price, availableNanoUsd } = estimate;
  return {
    is_held: held !== undefined,
    held_nano: held === undefined ? null : String(held.nanoUsd),
    held_output_tokens: held?.outputTokens ?? null,
    input_tokens: held?.inputTokens ?? null,
    price_version: price?.version ?? null,
    markup_basis_points: at.settings.plan.markupBasisPoints,
    rates: price === undefined ? [] : listedRates(price),
    available_nano: availableNanoUsd === undefined ? null : String(availableNanoUsd),
  };
}
