import type { JsonValue } from '../std/json.ts';
import type { RouteCondition } from './route-condition.ts';
import { holds } from './route-condition.ts';
import type { SpendBudget, SpendFacts } from './spend-limits.ts';
import type { CalendarUnit } from './spend-window.ts';
import { calendarWindowAt, nanoUsdOf } from './spend-window.ts';

/** What becomes of a request that a policy is about; Workers reference §3.6. */
export type PolicyAction =
  | { readonly kind: 'allow' | 'block' }
  /** Lets it pass for as long as there is something left. */
  | { readonly kind: 'cap'; readonly limitUsd: number; readonly unit: CalendarUnit };

/** Who may ask a gateway for what. */
export interface AccessPolicy {
  readonly kind: 'policy';
  readonly name: string;
  readonly isEnabled: boolean;
  /** The public id of a key, with `*` for any letters. */
  readonly actor: string;
  /** `provider/model`, where `*` stands for any letters but a slash. */
  readonly resource: string;
  /** In the words of whoever wrote it, and what they mean; always true where absent. */
  readonly conditionText: string | undefined;
  readonly condition: RouteCondition | undefined;
  readonly action: PolicyAction;
}

/** A policy as a gateway has it. */
export interface StoredPolicy {
  readonly account: string;
  readonly gatewayId: string;
  readonly id: string;
  readonly policy: AccessPolicy;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** What policies know of a request. */
export interface PolicyFacts extends SpendFacts {
  /** Whose key it is. */
  readonly actor: string;
}

/** A budget, and the policy that it is of. */
export interface PolicyBudget extends SpendBudget {
  readonly policyId: string;
}

export type PolicyVerdict =
  | { readonly kind: 'denied' }
  | { readonly kind: 'allowed'; readonly budgets: readonly PolicyBudget[] };

/**
 * What the policies of a gateway say of a request. Without any, everything passes; as soon as there
 * is one, what none lets through does not. One that blocks goes before all others.
 */
export function judgeByPolicies(
  policies: readonly StoredPolicy[],
  facts: PolicyFacts,
): PolicyVerdict {
  const enabled = policies.filter(({ policy }) => policy.isEnabled);
  if (enabled.length === 0) return { kind: 'allowed', budgets: [] };
  const about = enabled.filter(({ policy }) => isAbout(policy, facts));
  const isBlocked = about.some(({ policy }) => policy.action.kind === 'block');
  if (about.length === 0 || isBlocked) return { kind: 'denied' };
  return { kind: 'allowed', budgets: about.flatMap((stored) => budgetOf(stored, facts)) };
}

function budgetOf({ id, policy: { action } }: StoredPolicy, { atMs }: PolicyFacts): PolicyBudget[] {
  if (action.kind !== 'cap') return [];
  return [
    {
      policyId: id,
      name: JSON.stringify(['policy', id]),
      limitNanoUsd: nanoUsdOf(action.limitUsd),
      window: calendarWindowAt(action.unit, atMs),
    },
  ];
}

function isAbout({ actor, resource, condition }: AccessPolicy, facts: PolicyFacts): boolean {
  const resources = facts.providers.flatMap((provider) =>
    facts.models.map((model) => (model.includes('/') ? model : `${provider}/${model}`)),
  );
  return (
    fitsPattern(actor, facts.actor) &&
    resources.some((name) => fitsPattern(resource, name)) &&
    (condition === undefined || holds(condition, (path) => factAt(path, facts)))
  );
}

/** Names that conditions may ask about: `actor`, `model`, `provider`, and what is below `metadata`. */
function factAt(path: string, facts: PolicyFacts): JsonValue | undefined {
  if (path === 'actor') return facts.actor;
  if (path === 'model') return facts.models[0];
  if (path === 'provider') return facts.providers[0];
  const key = path.replace(/^metadata\./, '');
  return Object.hasOwn(facts.metadata, key) ? facts.metadata[key] : undefined;
}

/** Whether a text fits a pattern, in one pass over each part: a star reaches no further than a slash. */
export function fitsPattern(pattern: string, text: string): boolean {
  const parts = pattern.split('/');
  const texts = text.split('/');
  return (
    parts.length === texts.length && parts.every((part, at) => fitsPart(part, texts[at] ?? ''))
  );
}

function fitsPart(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const middle of rest) {
    const found = text.indexOf(middle, at);
    if (found < 0 || found + middle.length > end) return false;
    at = found + middle.length;
  }
  return text.endsWith(last);
}
