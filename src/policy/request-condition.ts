import type { RequestCondition } from '../config/policy-config.ts';
import { matchesAnyName } from '../std/name-pattern.ts';

/** What a condition is asked of: who calls, and as far as it is known, what. */
export interface RequestFacts {
  readonly account: string;
  readonly keyId: string;
  readonly dialect: string;
  /** The AI gateway that the request goes through; null where it goes through none. */
  readonly gatewayId: string | null | undefined;
  /** By every name of it; empty where the request is about none. */
  readonly models: readonly string[] | undefined;
}

/** Whether a condition holds for sure: what asks for something that is not known yet does not. */
export function meetsCondition(when: RequestCondition, facts: RequestFacts): boolean {
  const { accounts, keys, gateways, dialects, models } = when;
  return (
    isListed(accounts, facts.account) &&
    isListed(keys, facts.keyId) &&
    isListed(dialects, facts.dialect) &&
    isListed(gateways, facts.gatewayId) &&
    (models === undefined || matchesAnyName(models, facts.models ?? []))
  );
}

function isListed(list: readonly string[] | undefined, fact: string | null | undefined): boolean {
  return list === undefined || (typeof fact === 'string' && list.includes(fact));
}
